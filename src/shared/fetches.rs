//! Steps of a [`SharedStore`] around fetches that its callers share.

use std::sync::Arc;

use super::flights::{Begun, Cause};
use super::inbox::Inbox;
use super::messages::{Event, Outcome, Read};
use super::shard::{Shard, WriteTime};
use super::store::{Caller, SharedStore};
use super::value::Value;
use crate::cache::{Clock, Full, Units};

/// What a caller wants of a fetch.
pub struct Request {
    /// It is not to be given what the store holds.
    pub anew: bool,
    /// Milliseconds for which something may have expired that it is given all the same; `None` if it does
    /// not want to know of such.
    pub stale_within: Option<f64>,
    /// The number of its message, if it is to wait.
    pub waiter: u32,
}

impl SharedStore {
    /// Joins the flight of a key, or else reads it unless it is to be fetched anew, or else starts a
    /// flight. What is late by no more than is wanted is read all the same. A flight that was not begun by a
    /// miss is joined only if nothing valid is there.
    pub fn begin(
        &self,
        key: Units<'_>,
        code_units: &[u16],
        request: &Request,
        clock: &impl Clock,
        inbox: &Arc<Inbox>,
        caller: Caller,
    ) -> (Begun, Vec<Event>) {
        let &Request { anew, waiter, .. } = request;
        self.step(key, caller, |shard, reporter| {
            let wanted = request.stale_within;
            let stale = wanted.and_then(|within| stale(shard, key, within, clock));
            let mut refreshes = false;
            if let Some((value, true)) = &stale
                && !anew
            {
                if shard.flights.flies(code_units) {
                    // Counted as a miss.
                    shard.get(key, clock, reporter);
                    return Begun::Stale(value.clone());
                }
                refreshes = true;
            }
            let is_outdone = !anew && is_outdone(shard, key, code_units, clock);
            if !is_outdone && shard.flights.join(code_units, inbox, waiter) {
                return Begun::Wait;
            }
            let read = if anew {
                Read::Missing
            } else {
                shard.get(key, clock, reporter)
            };
            if let Read::Hit(..) = read {
                return Begun::Held(read);
            }
            let cause = match (anew, refreshes) {
                (true, _) => Cause::Forced,
                (false, true) => Cause::Refresh,
                (false, false) => Cause::Miss,
            };
            Begun::Lead {
                flight: shard.flights.lead(code_units, inbox, cause),
                expired: matches!(read, Read::Expired),
                stale: stale.map(|(value, _)| value),
                refreshes,
            }
        })
    }

    /// Reads what is late by so many milliseconds at the most, if a flight is under way and nothing has
    /// overtaken it. That is counted as a miss.
    pub fn stale(
        &self,
        key: Units<'_>,
        code_units: &[u16],
        flight: u64,
        within: f64,
        clock: &impl Clock,
        caller: Caller,
    ) -> (Option<Value>, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            let (value, is_within) = stale(shard, key, within, clock)?;
            if !is_within || !shard.flights.is_current(code_units, flight) {
                return None;
            }
            shard.get(key, clock, reporter);
            Some(value)
        })
    }

    /// Ends a flight and tells all who wait for it.
    pub fn finish(&self, key: Units<'_>, code_units: &[u16], flight: u64, outcome: &Outcome) {
        let landed = self.shard(key).flights.land(code_units, flight, outcome);
        landed.tell(outcome);
    }

    /// Lets a waiter leave the flight of a key. False if a message is on its way to it.
    pub fn leave(
        &self,
        key: Units<'_>,
        code_units: &[u16],
        inbox: &Arc<Inbox>,
        waiter: u32,
        reason: Value,
    ) -> bool {
        let mut shard = self.shard(key);
        shard.flights.leave(code_units, inbox, waiter, reason)
    }

    /// Notes that the leader's own callers have left; whether the flight is over.
    pub fn release(&self, key: Units<'_>, code_units: &[u16], flight: u64) -> bool {
        self.shard(key).flights.release(code_units, flight)
    }

    /// Passes a flight on that its leader knows nothing of.
    pub fn give_up_flight(&self, key: Units<'_>, code_units: &[u16], flight: u64) {
        self.shard(key).flights.give_up(code_units, flight);
    }

    /// Passes the flights of an environment that has ended to others.
    pub fn abandon(&self, gone: &Arc<Inbox>) {
        for shard in &self.shards {
            shard.lock().flights.abandon(gone);
        }
    }

    /// Writes what a flight has fetched, unless the key was written or removed since it began; whether
    /// it did.
    pub fn keep(
        self: &Arc<Self>,
        key: Units<'_>,
        code_units: &[u16],
        flight: u64,
        value: Value,
        write: &WriteTime,
        caller: Caller,
    ) -> (Result<bool, Full>, Vec<Event>) {
        self.write(key, caller, |shard, version, reporter| {
            if !shard.flights.is_current(code_units, flight) {
                return Ok(false);
            }
            shard.set(key, value, version, write, reporter)
        })
    }

    /// Notes that a fetch begins only now: what was written or removed since its flight began, by hooks
    /// of its own miss, does not make it late.
    pub fn resume(&self, key: Units<'_>, code_units: &[u16], flight: u64) {
        self.shard(key).flights.resume(code_units, flight);
    }

    /// Has another caller of the leader's own wait for a flight that is under way and that nothing has
    /// overtaken, if it is the caller's to join; whether it does.
    pub fn hold(
        &self,
        key: Units<'_>,
        code_units: &[u16],
        flight: u64,
        anew: bool,
        clock: &impl Clock,
    ) -> bool {
        let mut shard = self.shard(key);
        if !anew && is_outdone(&shard, key, code_units, clock) {
            return false;
        }
        shard.flights.hold(code_units, flight)
    }
}

/// Whether the key has a flight that yields, and something valid.
fn is_outdone(shard: &Shard, key: Units<'_>, code_units: &[u16], clock: &impl Clock) -> bool {
    shard.flights.yields(code_units) && shard.is_valid(key, clock)
}

/// What the key has, valid or not, and whether it has expired but is late by so many milliseconds at the
/// most.
fn stale(shard: &Shard, key: Units<'_>, within: f64, clock: &impl Clock) -> Option<(Value, bool)> {
    let (info, read) = shard.info(key, clock)?;
    let Read::Hit(value, _) = read else {
        return None;
    };
    Some((value, info.stale && clock.now() - info.expires_at <= within))
}
