//! Steps of a [`SharedStore`] that are done only if a key's entry is as the caller expects it.

use std::sync::Arc;

use super::messages::{Event, Happened};
use super::shard::WriteTime;
use super::store::{Caller, SharedStore};
use super::value::Value;
use crate::cache::{Full, Units};

/// What a valid entry of the key must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is none.
    Absent,
    /// There is one.
    Present,
    /// It has not been written since it had this version. No version is used twice in a store, so one that
    /// was removed and written again is another one.
    Version(u64),
}

impl Condition {
    fn holds(self, version: Option<u64>) -> bool {
        match self {
            Condition::Absent => version.is_none(),
            Condition::Present => version.is_some(),
            Condition::Version(expected) => version == Some(expected),
        }
    }
}

impl SharedStore {
    /// Writes if the condition holds; `None` if not, false if the value is larger than the store may be.
    pub fn set_if(
        self: &Arc<Self>,
        key: Units<'_>,
        value: Value,
        condition: Condition,
        write: &WriteTime,
        caller: Caller,
    ) -> (Result<Option<bool>, Full>, Vec<Event>) {
        self.write(key, caller, |shard, version, reporter| {
            if !condition.holds(shard.version(key, &write.now, reporter)) {
                return Ok(None);
            }
            shard.flights.overtake(key);
            shard.set(key, value, version, write, reporter).map(Some)
        })
    }

    /// Removes the key's entry if the condition holds, as deleted or as one that has expired; whether it
    /// held. Where there is no valid entry, what has expired and is kept goes.
    pub fn remove_if(
        &self,
        key: Units<'_>,
        condition: Condition,
        expired: bool,
        now: f64,
        caller: Caller,
    ) -> (bool, Vec<Event>) {
        let (held, events) = self.step(key, caller, |shard, reporter| {
            if !condition.holds(shard.version(key, &now, reporter)) {
                return None;
            }
            shard.flights.overtake(key);
            Some(if expired {
                shard.expire(key, reporter)
            } else {
                shard.remove(key, Happened::Deleted, reporter)
            })
        });
        // The value itself is freed here, without the lock.
        (held.is_some(), events)
    }
}
