//! The operations that take time anyway, exported by `napi-derive`.
//!
//! A panic in any of them becomes a JavaScript error (`catch_unwind`).

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::raw::{self, Failure};
use super::table::{Registration, background, change_cache, with_cache};
use crate::cache::{Eviction, Lifetimes, Limits, Pattern, Removed, Slot, Store, Tally, Units};

/// A cache just opened.
#[napi(object, object_from_js = false)]
pub struct Opened {
    /// Its number, for every call.
    pub id: u32,
    /// Keeps it: the cache is freed when this is collected.
    pub registration: External<Registration>,
}

/// What a cache does with lifetimes, beside its time to live.
#[napi(object, object_to_js = false)]
pub struct OpenLifetimes {
    /// How long entries are kept after they have expired, in milliseconds.
    pub grace: f64,
    /// Whether a hit renews its entry.
    pub update_age_on_get: bool,
    /// By which part lifetimes may be shortened.
    pub jitter: f64,
    /// Where the random parts begin.
    pub jitter_seed: f64,
}

impl From<OpenLifetimes> for Lifetimes {
    fn from(lifetimes: OpenLifetimes) -> Self {
        Lifetimes {
            grace: lifetimes.grace,
            update_age_on_get: lifetimes.update_age_on_get,
            jitter: lifetimes.jitter,
            jitter_seed: lifetimes.jitter_seed.to_bits(),
        }
    }
}

/// Opens a cache on this thread.
#[napi(catch_unwind)]
pub fn open(
    env: Env,
    max_size: f64,
    max_weight: f64,
    ttl: f64,
    lifetimes: Option<OpenLifetimes>,
    eviction: Option<String>,
) -> Opened {
    let limits = Limits {
        max_size,
        max_weight,
        ttl,
    };
    let lifetimes = lifetimes.map_or_else(Lifetimes::default, Into::into);
    // The facade has checked the name.
    let eviction = eviction.as_deref().and_then(Eviction::named);
    let eviction = eviction.unwrap_or_default();
    let (id, registration) = Registration::open(env.raw(), limits, lifetimes, eviction);
    Opened { id, registration }
}

/// Sets other limits, and tells whether more is held than they allow.
#[napi(catch_unwind)]
pub fn resize(id: u32, max_size: f64, max_weight: f64, ttl: f64) -> bool {
    with_cache(id, |cache| {
        cache.store.resize(Limits {
            max_size,
            max_weight,
            ttl,
        });
        cache.store.is_excessive()
    })
}

/// The native clock: milliseconds since the epoch.
#[napi(catch_unwind)]
pub fn now() -> f64 {
    crate::shared::now()
}

/// Hits, misses, evictions, expirations, size, weight.
#[napi(catch_unwind)]
pub fn stats(id: u32) -> Vec<f64> {
    with_cache(id, |cache| {
        let stats = cache.store.stats();
        vec![
            stats.hits as f64,
            stats.misses as f64,
            stats.evictions as f64,
            stats.expirations as f64,
            cache.store.len() as f64,
            cache.store.weight(),
        ]
    })
}

/// Native bytes, entries, slots, those of entries that are gone included, hits and misses.
#[napi(catch_unwind)]
pub fn metrics(id: u32) -> Vec<f64> {
    with_cache(id, |cache| {
        let stats = cache.store.stats();
        vec![
            cache.bytes() as f64,
            cache.store.len() as f64,
            cache.store.slots() as f64,
            stats.hits as f64,
            stats.misses as f64,
        ]
    })
}

/// Sets the counters to zero.
#[napi(catch_unwind)]
pub fn reset_stats(id: u32) {
    with_cache(id, |cache| cache.store.reset_stats());
}

/// Entries held, expired ones included.
#[napi(catch_unwind)]
pub fn size(id: u32) -> u32 {
    with_cache(id, |cache| cache.store.len() as u32)
}

/// Number and weight of the entries whose keys start with a prefix, expired ones included.
#[napi(catch_unwind)]
pub fn tally(id: u32, prefix: Utf16String) -> Vec<f64> {
    let pattern = Pattern::prefix(&prefix);
    let mut tally = Tally::default();
    with_cache(id, |cache| {
        cache.store.tally(0, usize::MAX, &pattern, &mut tally);
    });
    vec![tally.entries as f64, tally.weight]
}

/// All bytes outside its heap that V8 has been told of. `process.memoryUsage().external` counts
/// array buffers only.
#[napi(catch_unwind)]
pub fn external_bytes(env: Env) -> Result<i64> {
    raw::adjust_external_memory(env.raw(), 0).map_err(into_error)
}

/// Slot, ttl, start, expiry, weight, 1 if it is stale, and the number of tags, of an entry that is valid or
/// kept.
#[napi(catch_unwind)]
pub fn info(id: u32, key: Utf16String, now: f64) -> Option<Vec<f64>> {
    let mut scratch = vec![0; key.len()];
    let (info, tags) = with_cache(id, |cache| {
        let info = cache.store.info(Units::new(&key, &mut scratch), &now)?;
        Some((info, cache.store.tags(info.slot).len()))
    })?;
    Some(vec![
        f64::from(info.slot),
        info.ttl,
        info.start,
        info.expires_at,
        info.weight,
        f64::from(u8::from(info.stale)),
        tags as f64,
    ])
}

/// Removes what has expired, at most so many entries, and returns how many that was.
#[napi(catch_unwind)]
pub fn prune(env: Env, id: u32, most: f64) -> u32 {
    change_cache(env.raw(), id, |cache| {
        let now = cache.now();
        cache.store.prune(&now, most as usize) as u32
    })
}

/// Removes every entry; the slots start anew.
#[napi(catch_unwind)]
pub fn clear(env: Env, id: u32) {
    let remains = change_cache(env.raw(), id, |cache| cache.store.clear());
    background().discard(remains.entries(), remains);
}

/// Removes every entry whose key matches and returns how many that was; negative if that was every
/// entry, and the slots start anew.
#[napi(catch_unwind)]
pub fn delete_matching(
    env: Env,
    id: u32,
    pattern: Utf16String,
    wildcard: bool,
    literal: Option<u32>,
) -> i32 {
    let pattern = compile(&pattern, wildcard, literal);
    let removed = change_cache(env.raw(), id, |cache| cache.store.remove_matching(&pattern));
    removed_count(removed)
}

/// How many entries were removed; negative if that was every entry, and the slots start anew.
pub(super) fn removed_count(removed: Removed) -> i32 {
    match removed {
        Removed::Some(count) => count as i32,
        Removed::All(remains) => {
            let count = remains.entries() as i32;
            background().discard(remains.entries(), remains);
            -count
        }
    }
}

/// Whether a key matches.
#[napi(catch_unwind)]
pub fn matches(
    key: Utf16String,
    pattern: Utf16String,
    wildcard: bool,
    literal: Option<u32>,
) -> bool {
    let mut scratch = vec![0; key.len()];
    compile(&pattern, wildcard, literal).matches(Units::new(&key, &mut scratch))
}

/// The slots whose values are to be dropped.
#[napi(catch_unwind)]
pub fn freed(id: u32) -> Uint32Array {
    Uint32Array::new(with_cache(id, |cache| cache.store.freed().to_vec()))
}

/// The slots of all entries, least recently used first; with a time, of those that are valid then.
#[napi(catch_unwind)]
pub fn slots(id: u32, now: Option<f64>) -> Uint32Array {
    let slots = with_cache(id, |cache| {
        let slots = cache.store.keys().map(|(slot, _)| slot);
        slots
            .filter(|&slot| is_valid_at(&cache.store, slot, now))
            .collect()
    });
    Uint32Array::new(slots)
}

fn is_valid_at(store: &Store, slot: Slot, now: Option<f64>) -> bool {
    now.is_none_or(|now| store.is_valid(slot, &now))
}

/// Keys, joined in chunks: creating one string for some sixty keys, which JavaScript then cuts,
/// takes a fifth of the time of creating each.
#[napi(object, object_from_js = false)]
pub struct JoinedKeys<'env> {
    /// Whole keys, one after the other, never across two chunks.
    pub chunks: Vec<Unknown<'env>>,
    /// The length of each key in code units.
    pub lengths: Uint32Array,
    /// The slot of each entry; empty where there are none.
    pub slots: Uint32Array,
}

/// All keys, least recently used first; with a time, those of the entries that are valid then.
#[napi(catch_unwind)]
pub fn keys(env: &Env, id: u32, now: Option<f64>) -> Result<JoinedKeys<'_>> {
    joined_keys(env, id, now, |store, push| store.keys().for_each(push))
}

/// The same in the order in which a dump has them.
#[napi(catch_unwind)]
pub fn keys_to_dump(env: &Env, id: u32, now: Option<f64>) -> Result<JoinedKeys<'_>> {
    joined_keys(env, id, now, |store, push| {
        store.keys_by_worth().for_each(push)
    })
}

/// The keys that match, least recently used first; with a time, of the entries that are valid then.
#[napi(catch_unwind)]
pub fn matching_keys(
    env: &Env,
    id: u32,
    pattern: Utf16String,
    wildcard: bool,
    literal: Option<u32>,
    now: Option<f64>,
) -> Result<JoinedKeys<'_>> {
    let pattern = compile(&pattern, wildcard, literal);
    joined_keys(env, id, now, |store, push| {
        let matching = store.keys().filter(|&(_, key)| pattern.matches(key));
        matching.for_each(push);
    })
}

/// Entries of a scan, and where it goes on.
#[napi(object, object_from_js = false)]
pub struct Scanned<'env> {
    /// See [`JoinedKeys`].
    pub chunks: Vec<Unknown<'env>>,
    /// See [`JoinedKeys`].
    pub lengths: Uint32Array,
    /// See [`JoinedKeys`].
    pub slots: Uint32Array,
    /// The slot that comes next, unless that was all.
    pub next: Option<u32>,
}

/// The next valid entries that match, in the order of slots from `from` on, 0 being the first.
#[napi(catch_unwind)]
pub fn scan(
    env: &Env,
    id: u32,
    from: u32,
    pattern: Utf16String,
    wildcard: bool,
    now: f64,
    literal: Option<u32>,
) -> Result<Scanned<'_>> {
    let pattern = compile(&pattern, wildcard, literal);
    let mut joined = Joined::default();
    let mut slots = Vec::new();
    let mut next = Some(from);
    with_cache(id, |cache| {
        let store = &cache.store;
        while let Some(slot) = next
            && slots.is_empty()
        {
            next = store.scan_matching(slot, Store::SCAN_STEP, &pattern, &now, |slot, key| {
                joined.push(key);
                slots.push(slot);
            });
        }
    });
    let (chunks, lengths) = joined.into_js(env)?;
    Ok(Scanned {
        chunks,
        lengths,
        slots: Uint32Array::new(slots),
        next,
    })
}

/// The keys that `list` gives to the function that is its second argument; with a time, of the entries that are valid
/// then.
fn joined_keys(
    env: &Env,
    id: u32,
    now: Option<f64>,
    list: impl FnOnce(&Store, &mut dyn FnMut((Slot, Units<'_>))),
) -> Result<JoinedKeys<'_>> {
    let mut joined = Joined::default();
    let mut slots = Vec::new();
    with_cache(id, |cache| {
        let store = &cache.store;
        list(store, &mut |(slot, key)| {
            if is_valid_at(store, slot, now) {
                joined.push(key);
                slots.push(slot);
            }
        });
    });
    joined.into_keys(env, slots)
}

/// A cut string keeps the whole chunk alive: the most bytes that a kept key may pin.
const CHUNK_BYTES: usize = 4096;

/// Keys on their way to JavaScript.
#[derive(Default)]
pub(super) struct Joined {
    chunks: Vec<Chunk>,
    lengths: Vec<u32>,
}

enum Chunk {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
}

impl Joined {
    pub(super) fn into_js<'env>(self, env: &'env Env) -> Result<(Vec<Unknown<'env>>, Uint32Array)> {
        let chunks = self.chunks.iter().map(|chunk| string(env, chunk.units()));
        Ok((
            chunks.collect::<Result<_>>()?,
            Uint32Array::new(self.lengths),
        ))
    }

    /// With the slots of the entries, where they are asked for.
    pub(super) fn into_keys(self, env: &Env, slots: Vec<u32>) -> Result<JoinedKeys<'_>> {
        let (chunks, lengths) = self.into_js(env)?;
        Ok(JoinedKeys {
            chunks,
            lengths,
            slots: Uint32Array::new(slots),
        })
    }

    pub(super) fn push(&mut self, key: Units<'_>) {
        self.lengths.push(key.len() as u32);
        // An empty key takes part in no chunk, so that every chunk has something to cut.
        if key.is_empty() {
            return;
        }
        match (key, self.chunks.last_mut()) {
            (Units::Narrow(bytes), Some(Chunk::Narrow(chunk)))
                if chunk.len() + bytes.len() <= CHUNK_BYTES =>
            {
                chunk.extend(bytes);
            }
            (Units::Wide(units), Some(Chunk::Wide(chunk)))
                if size_of_val(&**chunk) + size_of_val(units) <= CHUNK_BYTES =>
            {
                chunk.extend(units);
            }
            (Units::Narrow(bytes), _) => {
                let mut chunk = Vec::with_capacity(CHUNK_BYTES.max(bytes.len()));
                chunk.extend(bytes);
                self.chunks.push(Chunk::Narrow(chunk));
            }
            (Units::Wide(units), _) => self.chunks.push(Chunk::Wide(units.to_vec())),
        }
    }
}

impl Chunk {
    fn units(&self) -> Units<'_> {
        match self {
            Chunk::Narrow(bytes) => Units::Narrow(bytes),
            Chunk::Wide(units) => Units::Wide(units),
        }
    }
}

/// A string for JavaScript.
pub(super) fn string<'env>(env: &'env Env, units: Units<'_>) -> Result<Unknown<'env>> {
    let value = raw::string(env.raw(), units).map_err(into_error)?;
    // SAFETY: the string was just created in this environment's open scope.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), value) })
}

/// Of a wildcard pattern, the first `literal` units are those of a prefix.
pub(super) fn compile(pattern: &[u16], wildcard: bool, literal: Option<u32>) -> Pattern {
    if !wildcard {
        return Pattern::prefix(pattern);
    }
    let literal = literal.unwrap_or(0) as usize;
    let (prefix, pattern) = pattern.split_at(literal.min(pattern.len()));
    Pattern::within(prefix, pattern)
}

pub(super) fn into_error(failure: Failure) -> Error {
    match failure {
        Failure::Pending => Error::new(Status::PendingException, String::new()),
        Failure::Error(message) => Error::from_reason(message),
    }
}
