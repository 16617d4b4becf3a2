//! What an entry is found by: handles in the map, probes that are compared with them, and the keys
//! of entries that were removed.
//!
//! How strings are stored and hashed is in [`super::units`].

use std::borrow::Borrow;
use std::cell::Cell;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::slots::{NO_SLOT, Slot, Slots};
use super::units::{Text, Units};

/// The key of an entry that was removed, with the slot that it had.
#[derive(Debug)]
pub struct Key {
    text: Text,
    slot: Slot,
}

impl Key {
    pub(super) fn new(text: Text, slot: Slot) -> Self {
        Key { text, slot }
    }

    /// The code units.
    pub fn units(&self) -> Units<'_> {
        self.text.units()
    }

    /// The slot of the entry that had this key.
    pub fn slot(&self) -> Slot {
        self.slot
    }
}

/// What stands in the map for an entry: 8 bytes, so that the nodes that `lru` links stay small and
/// moving one to the front touches little memory. The key itself is in the slot's record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle {
    pub(super) hash: u32,
    pub(super) slot: Slot,
}

/// What an entry is looked up by: a hash with either the units or the slot. The slot lets the
/// expiry order remove an entry without reading its key.
///
/// A probe that was found equal to a handle knows its slot: `lru` peeks at values, not at keys.
pub(super) struct Probe<'a> {
    hash: u32,
    slot: Cell<Slot>,
    by_units: Option<(Units<'a>, &'a Slots)>,
}

impl<'a> Probe<'a> {
    /// By units: `slots` has the keys to compare with.
    pub(super) fn of(units: Units<'a>, hash: u32, slots: &'a Slots) -> Self {
        Probe {
            hash,
            slot: Cell::new(NO_SLOT),
            by_units: Some((units, slots)),
        }
    }

    /// By slot.
    pub(super) fn at(slot: Slot, hash: u32) -> Self {
        Probe {
            hash,
            slot: Cell::new(slot),
            by_units: None,
        }
    }

    /// The slot of the handle that the probe was found equal to.
    pub(super) fn found_slot(&self) -> Slot {
        self.slot.get()
    }
}

/// The form in which the map compares handles and probes with each other: it asks what is looked
/// up whether it is what is held, one virtual call for each.
pub(super) trait Comparable {
    fn handle(&self) -> Handle;
    fn is(&self, held: Handle) -> bool;
}

impl Comparable for Handle {
    fn handle(&self) -> Handle {
        *self
    }
    fn is(&self, held: Handle) -> bool {
        *self == held
    }
}

impl Comparable for Probe<'_> {
    fn handle(&self) -> Handle {
        Handle {
            hash: self.hash,
            slot: self.slot.get(),
        }
    }
    fn is(&self, held: Handle) -> bool {
        if self.hash != held.hash {
            return false;
        }
        let Some((units, slots)) = self.by_units else {
            return self.slot.get() == held.slot;
        };
        let equal = slots.units(held.slot) == units;
        if equal {
            self.slot.set(held.slot);
        }
        equal
    }
}

impl PartialEq for dyn Comparable + '_ {
    fn eq(&self, held: &Self) -> bool {
        self.is(held.handle())
    }
}

impl Eq for dyn Comparable + '_ {}

impl Hash for dyn Comparable + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.handle().hash);
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot
    }
}

impl Eq for Handle {}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash);
    }
}

impl<'a> Borrow<dyn Comparable + 'a> for Handle {
    fn borrow(&self) -> &(dyn Comparable + 'a) {
        self
    }
}

/// Passes the stored hash on to the map, which takes its bucket from the low bits and its tag
/// from the high ones: the 32 bits stand in both halves.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys hash themselves to 32 bits");
    }
    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash) << 32 | u64::from(hash);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

pub(super) type SpreadState = BuildHasherDefault<Spread>;
