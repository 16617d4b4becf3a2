//! Scans of a [`SharedStore`]: entries are taken a few at a time while others go on using the store.
//! A scan holds nothing between its steps, so one that is given up leaves nothing behind.

use super::listing::Listing;
use super::store::SharedStore;
use super::sync::give_up;
use crate::cache::{Clock, Pattern, Slot};

/// Where a scan goes on: shard and slot. The default is the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Which shard.
    pub shard: u32,
    /// The first slot that was not looked at.
    pub slot: Slot,
}

impl SharedStore {
    /// Lists the next valid entries that match, with their values, in the order of shards and slots:
    /// those among some slots, and of so many more only if there are none. Returns where to go on.
    /// Nothing is counted, used or removed. An entry that is held throughout a scan comes exactly once.
    pub fn scan(
        &self,
        from: Position,
        pattern: &Pattern,
        clock: &impl Clock,
    ) -> (Listing, Option<Position>) {
        let mut listing = Listing::default();
        let mut next = Some(from);
        while let Some(Position { shard: index, slot }) = next
            && listing.len() == 0
        {
            let Some(shard) = self.shards.get(index as usize) else {
                return (listing, None);
            };
            let shard = shard.lock();
            let further = shard.scan_some(slot, pattern, clock, |used, key, value| {
                listing.push(used, key, Some(value.clone()));
            });
            give_up(shard);
            next = match further {
                Some(slot) => Some(Position { shard: index, slot }),
                None if index as usize + 1 < self.shards.len() => Some(Position {
                    shard: index + 1,
                    slot: 0,
                }),
                None => None,
            };
        }
        (listing, next)
    }
}
