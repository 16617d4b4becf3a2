//! What shared caches do with the tags of entries, but for writing them with values.

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::cold::into_error;
use super::cold_tags::{tag_list, tag_strings};
use super::port::with_ports;
use super::shared_cold::on_store;
use crate::cache::{Pattern, Units};
use crate::shared::Read;

/// What is known of an entry.
#[napi(object, object_from_js = false)]
pub struct SharedInfo<'env> {
    /// Ttl, start, expiry, weight, and 1 if it is stale.
    pub facts: Vec<f64>,
    /// Its tags.
    pub tags: Vec<Unknown<'env>>,
}

/// What is known of an entry whose value is kept for `foundValue`.
#[napi(catch_unwind)]
pub fn shared_info(
    env: &Env,
    index: u32,
    key: Utf16String,
    now: f64,
) -> Result<Option<SharedInfo<'_>>> {
    let mut scratch = vec![0; key.len()];
    let found = with_ports(|ports| {
        ports.require_store(index)?;
        let store = &ports.cache(index).handle.store;
        let found = store.tagged_info(Units::new(&key, &mut scratch), &now);
        Ok(found.map(|(info, read, tags)| {
            if let Read::Hit(value, _) = read {
                ports.found = Some(value);
            }
            (info, tags)
        }))
    });
    let Some((info, tags)) = found.map_err(into_error)? else {
        return Ok(None);
    };
    let stale = f64::from(u8::from(info.stale));
    Ok(Some(SharedInfo {
        facts: vec![info.ttl, info.start, info.expires_at, info.weight, stale],
        tags: tag_strings(env, &tags)?,
    }))
}

/// Removes every entry that carries any of these tags and whose key has this prefix; returns how many.
#[napi(catch_unwind)]
pub fn shared_delete_tagged(
    index: u32,
    tags: Vec<Utf16String>,
    prefix: Utf16String,
) -> Result<u32> {
    let (tags, prefix) = (tag_list(&tags), Pattern::prefix(&prefix));
    on_store(index, |cache| {
        let caller = Some((cache.id, cache.interest));
        let store = &cache.handle.store;
        let (count, events) = store.remove_tagged(&tags, &prefix, caller);
        (count as u32, events)
    })
}

/// Notes the tags that what a flight fetches will carry; of a destroyed store in vain.
#[napi(catch_unwind)]
pub fn shared_tag_flight(index: u32, key: Utf16String, flight: f64, tags: Vec<Utf16String>) {
    let mut scratch = vec![0; key.len()];
    let tags = tag_list(&tags);
    with_ports(|ports| {
        let store = &ports.cache(index).handle.store;
        store.tag_flight(Units::new(&key, &mut scratch), &key, flight as u64, tags);
    });
}
