//! Steps of a [`Store`] as parts of a batch: each is the single step, but that no slot comes free before
//! the caller, who learns of all of them at once, has dropped the values.

use super::clock::Clock;
use super::slots::Slot;
use super::store::{Lookup, Store};
use super::units::Units;

impl Store {
    /// As [`Store::get`], for what is valid: its slot. All else is counted as a miss; what had expired is
    /// freed.
    pub fn get_in_batch(&mut self, key: Units<'_>, clock: &impl Clock) -> Option<Slot> {
        let lookup = self.get(key, clock);
        if let Lookup::Expired(_) = lookup {
            self.count_miss();
        }
        self.valid_in_batch(lookup)
    }

    /// As [`Store::has`]; what had expired is freed.
    pub fn has_in_batch(&mut self, key: Units<'_>, clock: &impl Clock) -> Option<Slot> {
        let lookup = self.has(key, clock);
        self.valid_in_batch(lookup)
    }

    /// As [`Store::remove`]: the slot, which is freed.
    pub fn remove_in_batch(&mut self, key: Units<'_>) -> Option<Slot> {
        let slot = self.remove(key)?.slot();
        self.withhold(slot);
        Some(slot)
    }

    /// Removes what is in these slots; what has gone from them meanwhile does not matter.
    pub fn free_all(&mut self, slots: &[Slot]) {
        for &slot in slots {
            self.free(slot);
        }
    }

    fn valid_in_batch(&mut self, lookup: Lookup) -> Option<Slot> {
        match lookup {
            Lookup::Hit(slot) => Some(slot),
            Lookup::Expired(slot) => {
                self.withhold(slot);
                None
            }
            Lookup::Stale | Lookup::Missing => None,
        }
    }

    /// Makes the slot that came free last a freed one.
    fn withhold(&mut self, slot: Slot) {
        self.deadlines.slots.withhold(slot);
        self.freed.push(slot);
    }
}
