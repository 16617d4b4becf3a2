//! What the entries of a [`SharedStore`] whose keys match come to, counted while others go on using
//! the store.

use super::shard::SCANNED_AT_ONCE;
use super::store::SharedStore;
use super::sync::give_up;
use crate::cache::{Pattern, Tally};

impl SharedStore {
    /// Counts the entries that match, some slots at a time, and their bytes. Those that come and go
    /// meanwhile may or may not be counted.
    pub fn tally(&self, pattern: &Pattern) -> Tally {
        let mut tally = Tally::default();
        for shard in &self.shards {
            let mut from = Some(0);
            while let Some(slot) = from {
                let shard = shard.lock();
                from = shard.core.tally(slot, SCANNED_AT_ONCE, pattern, &mut tally);
                give_up(shard);
            }
        }
        tally
    }
}
