//! The raw callbacks of shared caches. Each takes the cache's index and a key.
//!
//! Reads answer with the tag of what they found, plus one, and its length in bytes; 0 for none, -1
//! for one that had expired; [`NOT_A_STRING`] if the key is none. Numbers and texts they return; other
//! bytes are kept for [`found_bytes`]. Those around fetches are in [`super::shared_fetches`].

use napi::sys;

use super::batch::NUMBER;
use super::clock::HybridClock;
use super::hot::NOT_A_STRING;
use super::port::{Ports, with_ports};
use super::raw::{self, Call, Failure, Outcome, UNDEFINED, callbacks};
use super::shared_arguments::{
    TEXTS, condition, condition_argument, is_narrow, live_until, tagging_argument, value_argument,
    write_time,
};
use crate::cache::{Full, Units};
use crate::shared::{Addition, Event, Happened, Incremented, NotAdded, Read, Value, now};

callbacks! { export_shared:
    /// `sharedGet(index, key, now?)`
    c"sharedGet" get(call: 3) {
        value_read(call, Operation::Get)
    }

    /// `sharedTake(index, key, now?)`
    c"sharedTake" take(call: 3) {
        value_read(call, Operation::Take)
    }

    /// `sharedPeek(index, key, now?)`
    c"sharedPeek" peek(call: 3) {
        value_read(call, Operation::Peek)
    }

    /// `sharedVersion(index, key, now?)`: reads like `sharedGet`, keeps what it found for
    /// `foundValue` and returns the number of its version, 0 for none, -1 for one that had expired.
    c"sharedVersion" version(call: 3) {
        version_read(call, Operation::Get)
    }

    /// `sharedPeekVersion(index, key, now?)`: the same, but looks like `sharedPeek`.
    c"sharedPeekVersion" peek_version(call: 3) {
        version_read(call, Operation::Peek)
    }

    /// `foundValue()`: what was found and kept, as a read returns it.
    c"foundValue" found_value(call: 1) {
        match with_ports(|ports| ports.found.take()) {
            Some(value) => found(call, value),
            None => call.answer(0),
        }
    }

    /// `keptValue(number)`: a value of an event, as a read returns it; only once.
    c"keptValue" kept_value(call: 1) {
        let number = call.number(0)? as u64;
        match with_ports(|ports| ports.kept.take(number)) {
            Some(value) => found(call, value),
            None => call.answer(0),
        }
    }

    /// `foundBytes(target)`: copies the bytes and returns how many there are; if they do not fit,
    /// only that, and they stay to be fetched.
    c"foundBytes" found_bytes(call: 1) {
        let length = call.with_bytes_mut(0, |target| {
            with_ports(|ports| {
                let Some(Value::Bytes(_, bytes)) = &ports.found else {
                    return 0;
                };
                let length = bytes.len();
                if length <= target.len() {
                    target[..length].copy_from_slice(bytes);
                    ports.found = None;
                }
                length
            })
        })?;
        raw::number(call.env, length as f64)
    }

    /// `nudge(port, number, pressing)`: has the facade's `deliver` find this number due, after the
    /// current turn. What is pressing keeps the process alive until then.
    c"nudge" nudge(call: 3) {
        let (port, number, pressing) = (call.uint(0)?, call.uint(1)?, call.boolean(2)?);
        with_ports(|ports| ports.port(port).nudge(number, pressing))?;
        UNDEFINED
    }

    /// `nextDue(port)`: the next number that is due in this round, 0 for none.
    c"nextDue" next_due(call: 1) {
        let port = call.uint(0)?;
        let due = with_ports(|ports| ports.port(port).next_due())?;
        raw::number(call.env, due.map_or(0.0, f64::from))
    }

    /// `hasOwnEvents()`: whether this thread's calls have caused events that were not collected.
    c"hasOwnEvents" has_own_events(call: 1) {
        raw::boolean(call.env, with_ports(|ports| !ports.events.is_empty()))
    }

    /// `sharedHas(index, key, now?)`
    c"sharedHas" has(call: 3) {
        let found = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            let store = &cache.handle.store;
            Ok(match call.optional_number(2)? {
                Some(now) => store.has(key, &now, caller),
                None => store.has(key, &HybridClock, caller),
            })
        })?;
        match found {
            Some(found) => raw::boolean(call.env, found),
            None => UNDEFINED,
        }
    }

    /// `sharedContains(index, key)`: whether there is an entry, expired or not.
    c"sharedContains" contains(call: 2) {
        let found = on_cache(call, |ports, index, key| {
            Ok((ports.cache(index).handle.store.contains(key), Vec::new()))
        })?;
        match found {
            Some(found) => raw::boolean(call.env, found),
            None => UNDEFINED,
        }
    }

    /// `sharedSet(index, key, tag, payload, condition, ttl, expiresAt, tags?, now?)`: NaN as `condition`,
    /// `ttl` or `expiresAt` is none; null as `tags` keeps them. `undefined` if the condition does not hold, false if the value is larger than
    /// the store may be.
    c"sharedSet" set(call: 9) {
        let value = value_argument(call, 2)?;
        let condition = condition_argument(call, 4)?;
        let mut write = write_time(call.optional_number(8)?, call.number_unless_nan(5)?);
        write.tags = tagging_argument(call, 7)?;
        if let Some(expires_at) = call.number_unless_nan(6)? {
            live_until(&mut write, expires_at);
        }
        let stored = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            let store = &cache.handle.store;
            if call.has(8) {
                store.see_foreign_clock();
            }
            let (stored, events) = match condition {
                Some(condition) => store.set_if(key, value, condition, &write, caller),
                None => {
                    let (stored, events) = store.set(key, value, &write, caller);
                    (stored.map(Some), events)
                }
            };
            Ok((stored.map_err(store_full)?, events))
        })?;
        match stored.flatten() {
            Some(stored) => raw::boolean(call.env, stored),
            None => UNDEFINED,
        }
    }

    /// `sharedRemoveIf(index, key, condition, expired, now?)`: whether it held. The entry, a kept one where
    /// there is no valid one, is gone as deleted or as `expired`.
    c"sharedRemoveIf" remove_if(call: 5) {
        let condition = condition(call.number(2)?);
        let expired = call.boolean(3)?;
        let now = call.optional_number(4)?.unwrap_or_else(now);
        let removed = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            Ok(cache.handle.store.remove_if(key, condition, expired, now, caller))
        })?;
        match removed {
            Some(removed) => raw::boolean(call.env, removed),
            None => UNDEFINED,
        }
    }

    /// `sharedTouch(index, key, ttl, now?)`: whether there was a valid entry; NaN as `ttl` for none.
    c"sharedTouch" touch(call: 4) {
        let write = write_time(call.optional_number(3)?, call.number_unless_nan(2)?);
        let touched = on_cache(call, |ports, index, key| {
            let store = &ports.cache(index).handle.store;
            if call.has(3) {
                store.see_foreign_clock();
            }
            Ok((store.touch(key, &write), Vec::new()))
        })?;
        match touched {
            Some(touched) => raw::boolean(call.env, touched),
            None => UNDEFINED,
        }
    }

    /// `sharedExpire(index, key)`: removes the entry as one that has expired.
    c"sharedExpire" expire(call: 2) {
        on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            Ok(((), cache.handle.store.expire(key, caller)))
        })?;
        UNDEFINED
    }

    /// `sharedRemainingTtl(index, key, now?)`: milliseconds, infinite for ever, 0 for none.
    c"sharedRemainingTtl" remaining_ttl(call: 3) {
        let at = call.optional_number(2)?.unwrap_or_else(now);
        let remaining = on_cache(call, |ports, index, key| {
            let found = ports.cache(index).handle.store.info(key, &at);
            let valid = found.filter(|(info, _)| !info.stale);
            Ok((valid.map_or(0.0, |(info, _)| info.expires_at - at), Vec::new()))
        })?;
        match remaining {
            Some(remaining) => raw::number(call.env, remaining),
            None => UNDEFINED,
        }
    }

    /// `sharedIncrement(index, key, by, ttl, onlyIfPresent, now?)`: the sum; `NaN` as `ttl` for none of
    /// its own. Answers 1, 2 if the number was started, 0 if there is none and none was to be started, -1 if
    /// there is something else than a number, -2 if the sum would be none, -3 if the entry would be larger than
    /// the store may be; beside it, the milliseconds that the number has left.
    c"sharedIncrement" increment(call: 6) {
        let addition = Addition { by: call.number(2)?, only_if_present: call.boolean(4)? };
        let write = write_time(call.optional_number(5)?, call.number_unless_nan(3)?);
        let outcome = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            if call.has(5) {
                cache.handle.store.see_foreign_clock();
            }
            let caller = Some((cache.id, cache.interest));
            Ok(cache.handle.store.increment(key, addition, &write, caller))
        })?;
        match outcome {
            Some(Ok(Some(Incremented { sum, remaining, created }))) => {
                call.answer_number(remaining);
                call.answer(1 + i32::from(created))?;
                raw::number(call.env, sum)
            }
            Some(Ok(None)) => call.answer(0),
            Some(Err(NotAdded::NotANumber)) => call.answer(-1),
            Some(Err(NotAdded::NoSum)) => call.answer(-2),
            Some(Err(NotAdded::TooLarge)) => call.answer(-3),
            Some(Err(NotAdded::Full(full))) => Err(store_full(full)),
            None => call.answer(NOT_A_STRING),
        }
    }

    /// `sharedDelete(index, key, asynchronously)`
    c"sharedDelete" delete(call: 3) {
        let happened = if call.boolean(2)? {
            Happened::DeletedAsync
        } else {
            Happened::Deleted
        };
        let removed = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            Ok(cache.handle.store.remove(key, happened, caller))
        })?;
        match removed {
            Some(removed) => raw::boolean(call.env, removed),
            None => UNDEFINED,
        }
    }
}

pub(super) fn store_full(_: Full) -> Failure {
    Failure::Error("the store is full: it holds as many entries as it can number".into())
}

enum Operation {
    Get,
    Take,
    Peek,
}

fn read(call: &Call<3>, operation: Operation) -> Result<Option<Read>, Failure> {
    let now = call.optional_number(2)?;
    on_cache(call, |ports, index, key| {
        let cache = ports.cache(index);
        let caller = Some((cache.id, cache.interest));
        let store = &cache.handle.store;
        Ok(match (operation, now) {
            (Operation::Get, Some(now)) => store.get(key, &now, caller),
            (Operation::Get, None) => store.get(key, &HybridClock, caller),
            (Operation::Take, Some(now)) => store.take(key, &now, caller),
            (Operation::Take, None) => store.take(key, &HybridClock, caller),
            (Operation::Peek, Some(now)) => (store.peek(key, &now), Vec::new()),
            (Operation::Peek, None) => (store.peek(key, &HybridClock), Vec::new()),
        })
    })
}

fn value_read(call: &Call<3>, operation: Operation) -> Outcome {
    match read(call, operation)? {
        Some(Read::Hit(value, _)) => found(call, value),
        Some(Read::Expired) => call.answer(-1),
        Some(Read::Missing) => call.answer(0),
        None => call.answer(NOT_A_STRING),
    }
}

/// Keeps what was found for [`found_value`] and returns its version.
fn version_read(call: &Call<3>, operation: Operation) -> Outcome {
    match read(call, operation)? {
        Some(Read::Hit(value, version)) => {
            with_ports(|ports| ports.found = Some(value));
            raw::number(call.env, version as f64)
        }
        Some(Read::Expired) => raw::number(call.env, -1.0),
        Some(Read::Missing) => raw::number(call.env, 0.0),
        None => UNDEFINED,
    }
}

/// Answers with tag and length, and returns the value or keeps its bytes.
fn found<const N: usize>(call: &Call<N>, value: Value) -> Outcome {
    match &value {
        Value::Number(number) => {
            answer_found(call, NUMBER, 0)?;
            raw::number(call.env, *number)
        }
        Value::Bytes(tag, bytes) if TEXTS.contains(tag) => {
            answer_found(call, *tag, bytes.len())?;
            text(call.env, *tag, bytes)
        }
        Value::Bytes(tag, bytes) => {
            answer_found(call, *tag, bytes.len())?;
            with_ports(|ports| ports.found = Some(value));
            UNDEFINED
        }
    }
}

fn answer_found<const N: usize>(call: &Call<N>, tag: u8, length: usize) -> Result<(), Failure> {
    call.answer_also(i32::try_from(length).unwrap_or(i32::MAX));
    call.answer(i32::from(tag) + 1).map(|_| ())
}

fn text(env: sys::napi_env, tag: u8, bytes: &[u8]) -> Outcome {
    if is_narrow(tag) {
        return raw::string(env, Units::Narrow(bytes));
    }
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
    raw::string(env, Units::Wide(&units.collect::<Vec<_>>()))
}

/// Runs a step on the cache and key of the first two arguments and keeps its events.
pub(super) fn on_cache<const N: usize, R>(
    call: &Call<N>,
    step: impl FnOnce(&mut Ports, u32, Units<'_>) -> Result<(R, Vec<Event>), Failure>,
) -> Result<Option<R>, Failure> {
    let index = call.uint(0)?;
    call.with_string(1, |key| {
        with_ports(|ports| {
            ports.require_store(index)?;
            let (result, events) = step(ports, index, key)?;
            ports.add_events(index, events);
            Ok(result)
        })
    })
}
