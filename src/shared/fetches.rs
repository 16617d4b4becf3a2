//! Steps of a [`SharedStore`] around fetches that its callers share.

use std::sync::Arc;

use super::flights::Begun;
use super::inbox::Inbox;
use super::messages::{Event, Outcome, Read};
use super::shard::WriteTime;
use super::store::{Caller, SharedStore};
use super::value::Value;
use crate::cache::{Clock, Full, Units};

impl SharedStore {
    /// Joins the flight of a key, or else reads it unless it is to be fetched `anew`, or else starts a
    /// flight.
    #[expect(clippy::too_many_arguments)]
    pub fn begin(
        &self,
        key: Units<'_>,
        code_units: &[u16],
        anew: bool,
        clock: &impl Clock,
        inbox: &Arc<Inbox>,
        waiter: u32,
        caller: Caller,
    ) -> (Begun, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            if shard.flights.join(code_units, inbox, waiter) {
                return Begun::Wait;
            }
            if anew {
                return Begun::Lead {
                    flight: shard.flights.lead(code_units, inbox),
                    expired: false,
                };
            }
            match shard.get(key, clock, reporter) {
                hit @ Read::Hit(..) => Begun::Held(hit),
                miss => Begun::Lead {
                    flight: shard.flights.lead(code_units, inbox),
                    expired: matches!(miss, Read::Expired),
                },
            }
        })
    }

    /// Ends a flight and tells all who wait for it.
    pub fn finish(&self, key: Units<'_>, code_units: &[u16], flight: u64, outcome: &Outcome) {
        let landed = self.shard(key).flights.land(code_units, flight);
        landed.tell(outcome);
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

    /// Whether a flight is under way and nothing has overtaken it.
    pub fn is_under_way(&self, key: Units<'_>, code_units: &[u16], flight: u64) -> bool {
        self.shard(key).flights.is_current(code_units, flight)
    }
}
