//! Lists of what shared stores hold, whole and in steps, and counts of it.

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::batch::{Pending, Rows};
use super::clock::HybridClock;
use super::cold::{Joined, JoinedKeys, compile};
use super::port::SharedCache;
use super::shared_cold::{first_rows, on_store};
use crate::cache::Pattern;
use crate::shared::{Listing, Position, now};

/// The keys that start with a prefix; all without one.
pub(super) fn within(prefix: &Option<Utf16String>) -> Pattern {
    Pattern::prefix(prefix.as_deref().unwrap_or_default())
}

/// The keys of valid entries that start with a prefix, or all.
#[napi(catch_unwind)]
pub fn shared_keys(
    env: &Env,
    index: u32,
    prefix: Option<Utf16String>,
    at: Option<f64>,
) -> Result<JoinedKeys<'_>> {
    let mut joined = Joined::default();
    let listing = list(index, &prefix, false, at)?;
    listing.entries().for_each(|(key, _)| joined.push(key));
    joined.into_keys(env, Vec::new())
}

/// The valid entries whose keys start with a prefix, or all.
#[napi(catch_unwind)]
pub fn shared_entries(
    env: &Env,
    index: u32,
    prefix: Option<Utf16String>,
    at: Option<f64>,
) -> Result<Rows<'_>> {
    first_rows(env, Pending::Entries(list(index, &prefix, true, at)?, 0))
}

fn list(
    index: u32,
    prefix: &Option<Utf16String>,
    values: bool,
    at: Option<f64>,
) -> Result<Listing> {
    let at = at.unwrap_or_else(now);
    let listed = |cache: &SharedCache| cache.handle.store.list(&within(prefix), values, at);
    on_store(index, |cache| (listed(cache), Vec::new()))
}

/// Entries of a scan, and where it goes on.
#[napi(object, object_from_js = false)]
pub struct SharedScanned<'env> {
    /// The first of their rows.
    pub first: Rows<'env>,
    /// Shard and slot that come next, unless that was all.
    pub next: Option<Vec<u32>>,
}

/// The next valid entries that match, from a shard and slot on.
#[napi(catch_unwind)]
pub fn shared_scan(
    env: &Env,
    index: u32,
    from: (u32, u32),
    pattern: Utf16String,
    wildcard: bool,
    now: Option<f64>,
    literal: Option<u32>,
) -> Result<SharedScanned<'_>> {
    let pattern = compile(&pattern, wildcard, literal);
    let (shard, slot) = from;
    let from = Position { shard, slot };
    let (listing, next) = on_store(index, |cache| {
        let store = &cache.handle.store;
        let scanned = match now {
            Some(now) => store.scan(from, &pattern, &now),
            None => store.scan(from, &pattern, &HybridClock),
        };
        (scanned, Vec::new())
    })?;
    Ok(SharedScanned {
        first: first_rows(env, Pending::Entries(listing, 0))?,
        next: next.map(|Position { shard, slot }| vec![shard, slot]),
    })
}

/// Number and bytes of the entries whose keys start with a prefix, expired ones included.
#[napi(catch_unwind)]
pub fn shared_tally(index: u32, prefix: Utf16String) -> Result<Vec<f64>> {
    let pattern = Pattern::prefix(&prefix);
    on_store(index, |cache| {
        let tally = cache.handle.store.tally(&pattern);
        (vec![tally.entries as f64, tally.weight], Vec::new())
    })
}
