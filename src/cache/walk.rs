//! A walk over all entries of a [`Store`] in the order of use, in steps between which the store is used: what a save
//! makes. Nothing is counted, used or removed.

use super::clock::Clock;
use super::recency::Side;
use super::slots::Slot;
use super::store::Store;

impl Store {
    /// Gets ready for a walk, and gives up one that is under way; false if this is to be called again, so that
    /// none of these calls takes long.
    pub fn begin_walk(&mut self) -> bool {
        self.policy.begin_walk()
    }

    /// The slots of some valid entries, at most so many, the least valuable first, and where they stand to those
    /// of earlier steps. `None` at the end. An entry that is held throughout a walk comes exactly once.
    pub fn walk_some(&mut self, most: usize, clock: &impl Clock) -> Option<(Vec<Slot>, Side)> {
        loop {
            let (mut slots, side) = self.policy.walk_some(most)?;
            slots.retain(|&slot| self.deadlines.slots.is_taken(slot) && self.is_valid(slot, clock));
            if !slots.is_empty() {
                return Some((slots, side));
            }
        }
    }

    /// Gives a walk up.
    pub fn end_walk(&mut self) {
        self.policy.end_walk();
    }
}
