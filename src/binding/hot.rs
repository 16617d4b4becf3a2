//! The raw callbacks: the operations that programs call all the time.
//!
//! Each takes the cache's number and a key. Results are small integers in the array of answers: a
//! positive slot for an entry, 0 for none, a negative one for an entry that had expired, [`STALE`] for one
//! that has expired and is kept; [`NOT_A_STRING`] if the key is none. Writes answer `slot << 2`, plus [`UPDATED`] and [`FREED`].

use napi::sys;

use super::clock::HybridClock;
use super::raw::{self, Call, Failure, Outcome, UNDEFINED, callbacks};
use super::table::{Cache, change_cache, with_cache};
use super::tags::{tag_written, tags_argument};
use crate::cache::{Full, Key, Lookup, Units, Written};

/// The key had an entry before.
const UPDATED: i32 = 1;
/// The key is not a string.
pub(super) const NOT_A_STRING: i32 = i32::MIN;
/// Slots were freed and wait to be collected.
pub(super) const FREED: i32 = 2;
/// The key's entry has expired and is kept, for who takes it stale.
const STALE: i32 = NOT_A_STRING + 1;

callbacks! { export_caches:
    /// `get(id, key, now?)`
    c"get" get(call: 3) {
        lookup(call, |cache, key, now| match now {
            Some(now) => cache.store.get(key, &now),
            None => cache.store.get(key, &HybridClock),
        })
    }

    /// `has(id, key, now?)`
    c"has" has(call: 3) {
        lookup(call, |cache, key, now| match now {
            Some(now) => cache.store.has(key, &now),
            None => cache.store.has(key, &HybridClock),
        })
    }

    /// `contains(id, key)`: whether there is an entry, expired or not.
    c"contains" contains(call: 2) {
        match on_key_of(call, |cache, key| cache.store.contains(key))? {
            Some(found) => raw::boolean(call.env, found),
            None => UNDEFINED,
        }
    }

    /// `set(id, key, weight?, ttl?, grace?)`: writes, and makes room first. `ttl` and `grace` are the
    /// entry's own, NaN for none.
    c"set" set(call: 5) {
        let weight = if call.has(2) { call.number(2)? } else { 0.0 };
        let ttl = if call.has(3) { call.number_unless_nan(3)? } else { None };
        let grace = if call.has(4) { call.number_unless_nan(4)? } else { None };
        let written = on_key(call, |cache, key| {
            let own = cache.kept_lifetime(ttl, grace);
            let now = cache.now_for(own);
            let written = cache.store.set(key, weight, now, own);
            written_flags(written, !cache.store.freed().is_empty())
        })?;
        written_result(call, written)
    }

    /// `setIfFits(id, key, weight, ttl, grace, tags?)`: writes if no room has to be made; else 0.
    c"setIfFits" set_if_fits(call: 6) {
        let (weight, ttl) = (call.number(2)?, call.number_unless_nan(3)?);
        let grace = call.number_unless_nan(4)?;
        let tags = tags_argument(call, 5)?;
        let written = on_key(call, |cache, key| {
            if cache.store.exceeds(key, weight) {
                return Ok(0);
            }
            let own = cache.kept_lifetime(ttl, grace);
            let now = cache.now_for(own);
            let written = cache.store.insert(key, weight, now, own);
            tag_written(cache, written, tags.as_ref());
            written_flags(written, false)
        })?;
        written_result(call, written)
    }

    /// `insert(id, key, weight, ttl, grace, now, tags?)`: writes without making room.
    c"insert" insert(call: 7) {
        let (weight, ttl) = (call.number(2)?, call.number_unless_nan(3)?);
        let (grace, now) = (call.number_unless_nan(4)?, call.number(5)?);
        let tags = tags_argument(call, 6)?;
        let written = on_key(call, |cache, key| {
            let own = cache.kept_lifetime(ttl, grace);
            let written = cache.store.insert(key, weight, now, own);
            tag_written(cache, written, tags.as_ref());
            written_flags(written, false)
        })?;
        written_result(call, written)
    }

    /// `touch(id, key, ttl, now?)`: 1 if a valid entry was renewed, 0 if there is none.
    c"touch" touch(call: 4) {
        let ttl = call.number_unless_nan(2)?;
        let given = call.optional_number(3)?;
        let touched = on_key_of(call, |cache, key| {
            let now = given.unwrap_or_else(|| cache.now_for(cache.own_lifetime(ttl)));
            cache.store.touch(key, ttl, now)
        })?;
        call.answer(touched.map_or(NOT_A_STRING, |slot| i32::from(slot.is_some())))
    }

    /// `peek(id, key, now?)`: the slot of a valid entry, which stays as it is.
    c"peek" peek(call: 3) {
        let given = call.optional_number(2)?;
        let found = on_key_of(call, |cache, key| match given {
            Some(now) => cache.store.peek(key, &now),
            None => cache.store.peek(key, &HybridClock),
        })?;
        call.answer(found.map_or(NOT_A_STRING, |slot| slot.map_or(0, |slot| slot as i32)))
    }

    /// `take(id, key, now?)`: reads, and removes the entry; its slot, which is free.
    c"take" take(call: 3) {
        let given = call.optional_number(2)?;
        let taken = on_key(call, |cache, key| {
            let lookup = match given {
                Some(now) => cache.store.get(key, &now),
                None => cache.store.get(key, &HybridClock),
            };
            if let Lookup::Hit(slot) = lookup {
                cache.store.remove_at(slot);
            }
            lookup
        })?;
        lookup_result(call, taken)
    }

    /// `remainingTtl(id, key, now?)`: milliseconds, infinite for ever, 0 for none.
    c"remainingTtl" remaining_ttl(call: 3) {
        let given = call.optional_number(2)?;
        let remaining = on_key_of(call, |cache, key| {
            let now = given.unwrap_or_else(|| cache.now());
            let valid = cache.store.info(key, &now).filter(|info| !info.stale);
            valid.map_or(0.0, |info| info.expires_at - now)
        })?;
        match remaining {
            Some(remaining) => raw::number(call.env, remaining),
            None => UNDEFINED,
        }
    }

    /// `expire(id, key)`: removes the entry as one that has expired.
    c"expire" expire(call: 2) {
        remove(call, |cache, key| cache.store.expire(key))
    }

    /// `exceeds(id, key, weight)`: whether room has to be made for a write.
    c"exceeds" exceeds(call: 3) {
        let weight = call.number(2)?;
        match on_key_of(call, |cache, key| cache.store.exceeds(key, weight))? {
            Some(exceeds) => raw::boolean(call.env, exceeds),
            None => UNDEFINED,
        }
    }

    /// `delete(id, key)`
    c"delete" delete(call: 2) {
        remove(call, |cache, key| cache.store.remove(key))
    }

    /// `evict(id, key)`: removes the entry as too heavy.
    c"evict" evict(call: 2) {
        remove(call, |cache, key| cache.store.evict(key))
    }

    /// `expireKept(id, key, weight, now)`: removes one entry that has expired and is kept, if the key
    /// does not fit otherwise.
    c"expireKept" expire_kept(call: 4) {
        let (weight, now) = (call.number(2)?, call.number(3)?);
        remove(call, |cache, key| cache.store.expire_kept_for(key, weight, &now))
    }

    /// `expireKeptExcess(id, now)`: the same if more is held than the limits allow.
    c"expireKeptExcess" expire_kept_excess(call: 2) {
        let now = call.number(1)?;
        remove_chosen(call, |cache| cache.store.expire_kept_excess(&now))
    }

    /// `evictNext(id, key, weight)`: evicts one entry if the key does not fit otherwise.
    c"evictNext" evict_next(call: 3) {
        let weight = call.number(2)?;
        remove(call, |cache, key| cache.store.evict_next(key, weight))
    }

    /// `evictExcess(id)`: evicts one entry if more is held than the limits allow.
    c"evictExcess" evict_excess(call: 1) {
        remove_chosen(call, |cache| cache.store.evict_excess())
    }

    /// `expireNext(id, now)`: removes one entry that has expired.
    c"expireNext" expire_next(call: 2) {
        let now = call.number(1)?;
        remove_chosen(call, |cache| cache.store.expire_next(&now))
    }

    /// `removedKey(id)`: the key that the last step that chose one itself has removed.
    c"removedKey" removed_key(call: 1) {
        let removed = with_cache(call.uint(0)?, |cache| cache.removed.take());
        match removed {
            Some(key) => raw::string(call.env, key.units()),
            None => UNDEFINED,
        }
    }

    /// `recycleFreed(id)`: the values of all freed slots were dropped.
    c"recycleFreed" recycle_freed(call: 1) {
        change_cache(call.env, call.uint(0)?, |cache| cache.store.recycle_freed());
        UNDEFINED
    }

    /// `countMiss(id)`
    c"countMiss" count_miss(call: 1) {
        with_cache(call.uint(0)?, |cache| cache.store.count_miss());
        UNDEFINED
    }
}

/// Runs a step that reads on the cache and the key that are the first two arguments. Removing one
/// expired entry is too little to be reported.
fn on_key_of<const N: usize, R>(
    call: &Call<N>,
    step: impl FnOnce(&mut Cache, Units<'_>) -> R,
) -> Result<Option<R>, Failure> {
    let id = call.uint(0)?;
    call.with_string(1, |key| Ok(with_cache(id, |cache| step(cache, key))))
}

/// Runs a step that writes on the cache and the key that are the first two arguments.
pub(super) fn on_key<const N: usize, R>(
    call: &Call<N>,
    step: impl FnOnce(&mut Cache, Units<'_>) -> R,
) -> Result<Option<R>, Failure> {
    let id = call.uint(0)?;
    call.with_string(1, |key| {
        Ok(change_cache(call.env, id, |cache| step(cache, key)))
    })
}

fn lookup(
    call: &Call<3>,
    step: impl FnOnce(&mut Cache, Units<'_>, Option<f64>) -> Lookup,
) -> Outcome {
    let now = call.optional_number(2)?;
    let lookup = on_key_of(call, |cache, key| step(cache, key, now))?;
    lookup_result(call, lookup)
}

fn lookup_result<const N: usize>(call: &Call<N>, lookup: Option<Lookup>) -> Outcome {
    match lookup {
        Some(Lookup::Hit(slot)) => call.answer(slot as i32),
        Some(Lookup::Expired(slot)) => call.answer(-(slot as i32)),
        Some(Lookup::Stale) => call.answer(STALE),
        Some(Lookup::Missing) => call.answer(0),
        None => call.answer(NOT_A_STRING),
    }
}

pub(super) fn remove<const N: usize>(
    call: &Call<N>,
    step: impl FnOnce(&mut Cache, Units<'_>) -> Option<Key>,
) -> Outcome {
    let removed = on_key(call, |cache, key| {
        let removed = step(cache, key);
        removed_slot(cache, removed)
    })?;
    match removed {
        Some(slot) => call.answer(slot),
        None => call.answer(NOT_A_STRING),
    }
}

/// The same for a step that itself chooses what it removes.
fn remove_chosen<const N: usize>(
    call: &Call<N>,
    step: impl FnOnce(&mut Cache) -> Option<Key>,
) -> Outcome {
    let removed = change_cache(call.env, call.uint(0)?, |cache| {
        let removed = step(cache);
        removed_slot(cache, removed)
    });
    call.answer(removed)
}

fn removed_slot(cache: &mut Cache, removed: Option<Key>) -> i32 {
    let slot = removed.as_ref().map_or(0, |key| key.slot() as i32);
    cache.removed = removed;
    slot
}

pub(super) fn written_flags(written: Result<Written, Full>, freed: bool) -> Result<i32, Full> {
    let freed = if freed { FREED } else { 0 };
    Ok(freed
        | match written? {
            Written::Inserted(slot) => (slot as i32) << 2,
            Written::Updated(slot) => (slot as i32) << 2 | UPDATED,
            Written::Refused => 0,
        })
}

pub(super) fn written_result<const N: usize>(
    call: &Call<N>,
    written: Option<Result<i32, Full>>,
) -> Outcome {
    match written {
        Some(Ok(flags)) => call.answer(flags),
        Some(Err(Full)) => Err(Failure::Error(
            "the cache is full: it holds as many entries as it can number".into(),
        )),
        None => call.answer(NOT_A_STRING),
    }
}
