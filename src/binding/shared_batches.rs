//! The raw callbacks of shared caches for many keys at once; how they come is told in
//! [`super::batches`]. Each key's shard is locked for it alone.

use std::collections::VecDeque;
use std::sync::Arc;

use napi::{Env, sys};
use napi_derive::napi;

use super::batch::{Pending, Rows};
use super::batches::{Keys, with_keys};
use super::clock::HybridClock;
use super::port::with_ports;
use super::raw::{self, Call, Failure, UNDEFINED, callbacks};
use super::shared_arguments::{live_until, tagging_argument, value_argument_of, write_time};
use super::shared_cold::first_rows;
use super::shared_hot::store_full;
use crate::shared::{Caller, Event, Happened, Read, SharedStore};

/// Keys that are written at once: each value is an argument of its own.
const MOST_VALUES: usize = 128;

/// Arguments of `sharedSetMany` before the values.
const BEFORE_VALUES: usize = 7;

callbacks! { export_shared_batches:
    /// `sharedGetMany(index, text, count, now?)`: for each key 1, 0 for none, -1 for one that had expired.
    /// Answers how many values `foundMany` has.
    c"sharedGetMany" get_many(call: 4) {
        let now = call.optional_number(3)?;
        let mut found = Vec::new();
        on_store(call, |store, caller, keys, events| {
            keys.each(|key| {
                let (read, own) = match now {
                    Some(now) => store.get(key, &now, caller),
                    None => store.get(key, &HybridClock, caller),
                };
                events.extend(own);
                match read {
                    Read::Hit(value, version) => {
                        found.push((version, value));
                        1
                    }
                    Read::Expired => -1,
                    Read::Missing => 0,
                }
            });
        })?;
        let count = found.len() as i32;
        let former = with_ports(|ports| {
            ports.found_many.replace(Pending::Values(found.into()))
        });
        // What nobody has collected is freed when nothing is borrowed.
        drop(former);
        call.answer(count)
    }

    /// `sharedHasMany(index, text, count, now?)`: for each key 1 or 0.
    c"sharedHasMany" has_many(call: 4) {
        let now = call.optional_number(3)?;
        on_store(call, |store, caller, keys, events| {
            keys.each(|key| {
                let (found, own) = match now {
                    Some(now) => store.has(key, &now, caller),
                    None => store.has(key, &HybridClock, caller),
                };
                events.extend(own);
                i32::from(found)
            });
        })?;
        UNDEFINED
    }

    /// `sharedDeleteMany(index, text, count)`: for each key 1 or 0.
    c"sharedDeleteMany" delete_many(call: 3) {
        on_store(call, |store, caller, keys, events| {
            keys.each(|key| {
                let (removed, own) = store.remove(key, Happened::Deleted, caller);
                events.extend(own);
                i32::from(removed)
            });
        })?;
        UNDEFINED
    }

    /// `sharedSetMany(index, text, count, ttl, expiresAt, now, tags, ...payloads)`: the integers of the batch after
    /// the lengths are the tags of the values; NaN is none.
    c"sharedSetMany" set_many(call: 135) {
        let given = call.number_unless_nan(5)?;
        let mut write = write_time(given, call.number_unless_nan(3)?);
        if let Some(expires_at) = call.number_unless_nan(4)? {
            live_until(&mut write, expires_at);
        }
        write.tags = tagging_argument(call, 6)?;
        let count = (call.uint(2)? as usize).min(MOST_VALUES);
        let mut values = Vec::with_capacity(count);
        for (i, tag) in call.batch(2 * count)[count..].iter().enumerate() {
            values.push(value_argument_of(call, tag.get() as u8, BEFORE_VALUES + i)?);
        }
        let mut failed = None;
        on_store(call, |store, caller, keys, events| {
            if given.is_some() {
                store.see_foreign_clock();
            }
            let mut values = values.into_iter();
            keys.each(|key| {
                let Some(value) = values.next() else {
                    return 0;
                };
                let (stored, own) = store.set(key, value, &write, caller);
                events.extend(own);
                stored.map_or_else(
                    |full| {
                        failed = Some(full);
                        0
                    },
                    i32::from,
                )
            });
        })?;
        match failed {
            Some(full) => Err(store_full(full)),
            None => UNDEFINED,
        }
    }
}

/// The values that `sharedGetMany` has just found, in order: rows without keys, each with its version.
#[napi(catch_unwind)]
pub fn found_many(env: &Env) -> napi::Result<Rows<'_>> {
    let found = with_ports(|ports| ports.found_many.take());
    first_rows(
        env,
        found.unwrap_or_else(|| Pending::Values(VecDeque::new())),
    )
}

/// Runs a step on the store of the first argument, and the keys of a batch, and keeps its events.
fn on_store<const N: usize>(
    call: &Call<N>,
    step: impl FnOnce(&Arc<SharedStore>, Caller, Keys<'_>, &mut Vec<Event>),
) -> Result<(), Failure> {
    let index = call.uint(0)?;
    with_keys(call, |keys| {
        with_ports(|ports| {
            ports.require_store(index)?;
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            let mut events = Vec::new();
            step(&cache.handle.store, caller, keys, &mut events);
            ports.add_events(index, events);
            Ok(())
        })
    })
}
