//! The raw callbacks around fetches that the callers of shared caches have in common.

use std::sync::Arc;

use napi::sys;

use super::clock::HybridClock;
use super::port::{Led, with_ports};
use super::raw::{self, Call, UNDEFINED, callbacks};
use super::shared_arguments::{tagging_argument, value_argument, write_time};
use super::shared_hot::{on_cache, store_full};
use crate::cache::Units;
use crate::shared::{Begun, Outcome, Read, Request};

callbacks! { export_fetches:
    /// `sharedBegin(index, key, waiter, anew, staleWithin, now?)`: -1 to wait, 0 for a value found, -2 for
    /// one that is stale, else four times the number of the flight to lead, plus one if the entry had
    /// expired, plus two if the caller is to use it and to fetch in the background. NaN as `staleWithin`:
    /// the caller does not want to know of what is stale. Answers 1 if something was found, for
    /// `foundValue`.
    c"sharedBegin" begin(call: 6) {
        let request = Request {
            waiter: call.uint(2)?,
            anew: call.boolean(3)?,
            stale_within: call.number_unless_nan(4)?,
        };
        let now = call.optional_number(5)?;
        call.answer(0)?;
        let begun = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let (store, port) = (Arc::clone(&cache.handle.store), cache.port);
            let caller = Some((cache.id, cache.interest));
            let inbox = Arc::clone(&ports.port(port).inbox);
            let units: Vec<u16> = key.code_units();
            let (begun, events) = match now {
                Some(now) => store.begin(key, &units, &request, &now, &inbox, caller),
                None => store.begin(key, &units, &request, &HybridClock, &inbox, caller),
            };
            let mut found = None;
            let answer = match begun {
                Begun::Wait => {
                    let flight = Led { port, store, key: units.into() };
                    ports.port(port).wait_for(request.waiter, flight)?;
                    -1.0
                }
                Begun::Held(Read::Hit(value, _)) => {
                    found = Some(value);
                    0.0
                }
                Begun::Held(_) => 0.0,
                Begun::Stale(value) => {
                    found = Some(value);
                    -2.0
                }
                Begun::Lead { flight, expired, stale, refreshes } => {
                    found = stale;
                    ports.led.insert(flight, Led { port, store, key: units.into() });
                    (flight * 4 + u64::from(expired) + 2 * u64::from(refreshes)) as f64
                }
            };
            if found.is_some() {
                call.answer(1)?;
                ports.found = found;
            }
            Ok((answer, events))
        })?;
        match begun {
            Some(answer) => raw::number(call.env, answer),
            None => UNDEFINED,
        }
    }

    /// `sharedStale(index, key, flight, within, now?)`: whether there is something that is late by so many
    /// milliseconds at the most while this flight is under way; it is kept for `foundValue`.
    c"sharedStale" stale(call: 5) {
        let (flight, within) = (call.number(2)? as u64, call.number(3)?);
        let now = call.optional_number(4)?;
        let is_found = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            let store = &cache.handle.store;
            let units: Vec<u16> = key.code_units();
            let (found, events) = match now {
                Some(now) => store.stale(key, &units, flight, within, &now, caller),
                None => store.stale(key, &units, flight, within, &HybridClock, caller),
            };
            let is_found = found.is_some();
            if is_found {
                ports.found = found;
            }
            Ok((is_found, events))
        })?;
        raw::boolean(call.env, is_found == Some(true))
    }

    /// `sharedKeep(index, key, flight, tag, payload, ttl, grace, tags?, now?)`: writes what was fetched unless the
    /// flight was overtaken or is over; whether it did. NaN as `ttl` or `grace` is that of the store.
    c"sharedKeep" keep(call: 9) {
        let flight = call.number(2)? as u64;
        let value = value_argument(call, 3)?;
        let mut write = write_time(call.optional_number(8)?, call.number_unless_nan(5)?);
        write.own_grace = call.number_unless_nan(6)?;
        write.tags = tagging_argument(call, 7)?;
        let kept = on_cache(call, |ports, index, key| {
            let cache = ports.cache(index);
            let caller = Some((cache.id, cache.interest));
            let store = &cache.handle.store;
            if call.has(8) {
                store.see_foreign_clock();
            }
            let (kept, events) =
                store.keep(key, &key.code_units::<Vec<u16>>(), flight, value, &write, caller);
            Ok((kept.map_err(store_full)?, events))
        })?;
        match kept {
            Some(kept) => raw::boolean(call.env, kept),
            None => UNDEFINED,
        }
    }

    /// `sharedResume(index, key, flight)`: the fetch begins only now.
    c"sharedResume" resume(call: 3) {
        let flight = call.number(2)? as u64;
        on_cache(call, |ports, index, key| {
            let store = &ports.cache(index).handle.store;
            store.resume(key, &key.code_units::<Vec<u16>>(), flight);
            Ok(((), Vec::new()))
        })?;
        UNDEFINED
    }

    /// `sharedHold(index, key, flight, anew, now?)`: has another caller of this facade wait for a flight that
    /// it leads; false if that is over or was overtaken, or is not to be joined.
    c"sharedHold" hold(call: 5) {
        let (flight, anew) = (call.number(2)? as u64, call.boolean(3)?);
        let now = call.optional_number(4)?;
        let is_held = on_cache(call, |ports, index, key| {
            let store = &ports.cache(index).handle.store;
            let units: Vec<u16> = key.code_units();
            let is_held = match now {
                Some(now) => store.hold(key, &units, flight, anew, &now),
                None => store.hold(key, &units, flight, anew, &HybridClock),
            };
            Ok((is_held, Vec::new()))
        })?;
        raw::boolean(call.env, is_held == Some(true))
    }

    /// `sharedRelease(flight)`: all callers of this facade have left a flight that it leads; whether it is
    /// over.
    c"sharedRelease" release(call: 1) {
        let flight = call.number(0)? as u64;
        let is_over = with_ports(|ports| {
            let Some(Led { store, key, .. }) = ports.led.get(&flight) else {
                return true;
            };
            let mut scratch = vec![0; key.len()];
            let is_over = store.release(Units::new(key, &mut scratch), key, flight);
            if is_over {
                ports.led.remove(&flight);
            }
            is_over
        });
        raw::boolean(call.env, is_over)
    }

    /// `sharedLeave(port, waiter, tag, payload)`: waits no more, for the reason that is encoded.
    c"sharedLeave" leave(call: 4) {
        let (port, waiter) = (call.uint(0)?, call.uint(1)?);
        let reason = value_argument(call, 2)?;
        with_ports(|ports| ports.port(port).leave(waiter, reason))?;
        UNDEFINED
    }

    /// `sharedFinish(flight, failed, tag, payload)`: tells those who wait.
    c"sharedFinish" finish(call: 4) {
        let flight = call.number(0)? as u64;
        let failed = call.boolean(1)?;
        let value = value_argument(call, 2)?;
        let outcome = if failed {
            Outcome::Failed(value)
        } else {
            Outcome::Fetched(value)
        };
        if let Some(Led { store, key, .. }) = with_ports(|ports| ports.led.remove(&flight)) {
            let mut scratch = vec![0; key.len()];
            store.finish(Units::new(&key, &mut scratch), &key, flight, &outcome);
        }
        UNDEFINED
    }
}
