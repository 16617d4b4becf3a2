//! Steps of a [`SharedStore`] on how long entries live, and looks that change nothing.

use std::sync::Arc;

use super::messages::{Event, Read};
use super::shard::WriteTime;
use super::store::{Caller, SharedStore};
use crate::cache::{Clock, Info, Units};

impl SharedStore {
    /// Renews a valid entry, or gives it another lifetime, and makes it the most recently used. Whether
    /// there was one.
    pub fn touch(self: &Arc<Self>, key: Units<'_>, write: &WriteTime) -> bool {
        let (touched, _) = self.write(key, None, |shard, _, _| shard.touch(key, write));
        touched
    }

    /// Removes the key's entry as one that has expired.
    pub fn expire(&self, key: Units<'_>, caller: Caller) -> Vec<Event> {
        let (expired, events) = self.step(key, caller, |shard, reporter| {
            shard.flights.overtake(key);
            shard.expire(key, reporter)
        });
        // The value is freed here, without the lock.
        drop(expired);
        events
    }

    /// Reads a valid entry that stays as it is: nothing is counted, used or removed.
    pub fn peek(&self, key: Units<'_>, clock: &impl Clock) -> Read {
        self.shard(key).peek(key, clock)
    }

    /// What is known of an entry, and its value; nothing is counted, used or removed.
    pub fn info(&self, key: Units<'_>, clock: &impl Clock) -> Option<(Info, Read)> {
        self.shard(key).info(key, clock)
    }
}
