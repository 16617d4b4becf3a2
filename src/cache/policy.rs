//! The seam between a store and the policy by which it evicts. A policy owns the index and the order:
//! which slot a key has, and which entry goes when room is needed. Records, deadlines, weights, tags and
//! statistics know nothing of it.
//!
//! Each call is passed on to the policy that the store was made with; nothing is decided here.

use super::recency::{Recency, Side};
use super::slots::{Slot, Slots};
use super::units::Units;

pub(super) enum Policy {
    Lru(Recency),
}

impl Policy {
    pub(super) fn new() -> Self {
        Policy::Lru(Recency::new())
    }

    /// Entries held.
    pub(super) fn len(&self) -> usize {
        match self {
            Policy::Lru(recency) => recency.len(),
        }
    }

    /// The slot of a key. That is no use of the entry.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        match self {
            Policy::Lru(recency) => recency.find(key, hash, slots),
        }
    }

    /// The slot of a key, whose entry is used.
    pub(super) fn hit(&mut self, key: Units<'_>, hash: u32, slots: &mut Slots) -> Option<Slot> {
        match self {
            Policy::Lru(recency) => recency.hit(key, hash, slots),
        }
    }

    /// Notes a use of the entry in this slot.
    pub(super) fn hit_at(&mut self, slot: Slot, hash: u32) {
        match self {
            Policy::Lru(recency) => recency.hit_at(slot, hash),
        }
    }

    /// Adds an entry. The key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32) {
        match self {
            Policy::Lru(recency) => recency.insert(slot, hash),
        }
    }

    /// Removes the entry of a key; returns its slot.
    pub(super) fn remove(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        match self {
            Policy::Lru(recency) => recency.remove(key, hash, slots),
        }
    }

    /// Removes the entry in this slot; whether there was one.
    pub(super) fn remove_at(&mut self, slot: Slot, hash: u32) -> bool {
        match self {
            Policy::Lru(recency) => recency.remove_at(slot, hash),
        }
    }

    /// Removes the entry that is to make room, another than the one in the slot `kept`; returns its slot.
    pub(super) fn evict(&mut self, kept: Option<Slot>, slots: &Slots) -> Option<Slot> {
        match self {
            Policy::Lru(recency) => recency.evict(kept, slots),
        }
    }

    /// See [`Recency::begin_walk`].
    pub(super) fn begin_walk(&mut self) -> bool {
        match self {
            Policy::Lru(recency) => recency.begin_walk(),
        }
    }

    /// See [`Recency::walk_some`].
    pub(super) fn walk_some(&mut self, most: usize) -> Option<(Vec<Slot>, Side)> {
        match self {
            Policy::Lru(recency) => recency.walk_some(most),
        }
    }

    /// See [`Recency::end_walk`].
    pub(super) fn end_walk(&mut self) {
        match self {
            Policy::Lru(recency) => recency.end_walk(),
        }
    }

    /// All slots, least valuable first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        match self {
            Policy::Lru(recency) => recency.iter(),
        }
    }

    /// About how many bytes are in use.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Policy::Lru(recency) => recency.bytes(),
        }
    }
}

#[cfg(test)]
impl Policy {
    /// Panics unless the policy is consistent.
    pub(super) fn validate(&self) {
        match self {
            Policy::Lru(recency) => recency.validate(),
        }
    }
}
