//! The seam between a store and the policy by which it evicts. A policy owns the index and the order:
//! which slot a key has, and which entry goes when room is needed. Records, deadlines, weights, tags and
//! statistics know nothing of it.
//!
//! Each call is passed on to the policy that the store was made with; nothing is decided here.

use super::recency::{Recency, Side};
use super::s3fifo::S3Fifo;
use super::slots::{Slot, Slots};
use super::units::Units;

/// By what rule a store chooses the entry that makes room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Eviction {
    /// The entry used longest ago.
    #[default]
    Lru,
    /// S3-FIFO: first what has come and was not used again.
    S3Fifo,
}

impl Eviction {
    /// The one that users call so.
    pub fn named(name: &str) -> Option<Self> {
        [Eviction::Lru, Eviction::S3Fifo]
            .into_iter()
            .find(|eviction| eviction.name() == name)
    }

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Eviction::Lru => "lru",
            Eviction::S3Fifo => "s3-fifo",
        }
    }
}

/// What is held too much of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Entries,
    Weight,
}

pub(super) enum Policy {
    Lru(Recency),
    S3Fifo(S3Fifo),
}

impl Policy {
    pub(super) fn new(eviction: Eviction) -> Self {
        match eviction {
            Eviction::Lru => Policy::Lru(Recency::new()),
            Eviction::S3Fifo => Policy::S3Fifo(S3Fifo::new()),
        }
    }

    pub(super) fn eviction(&self) -> Eviction {
        match self {
            Policy::Lru(_) => Eviction::Lru,
            Policy::S3Fifo(_) => Eviction::S3Fifo,
        }
    }

    /// Entries held.
    pub(super) fn len(&self) -> usize {
        match self {
            Policy::Lru(lru) => lru.len(),
            Policy::S3Fifo(s3fifo) => s3fifo.len(),
        }
    }

    /// The slot of a key. That is no use of the entry.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        match self {
            Policy::Lru(lru) => lru.find(key, hash, slots),
            Policy::S3Fifo(s3fifo) => s3fifo.find(key, hash, slots),
        }
    }

    /// The slot of a key, whose entry is used.
    pub(super) fn hit(&mut self, key: Units<'_>, hash: u32, slots: &mut Slots) -> Option<Slot> {
        match self {
            Policy::Lru(lru) => lru.hit(key, hash, slots),
            Policy::S3Fifo(s3fifo) => s3fifo.hit(key, hash, slots),
        }
    }

    /// Notes a use of the entry in this slot.
    pub(super) fn hit_at(&mut self, slot: Slot, hash: u32, slots: &mut Slots) {
        match self {
            Policy::Lru(lru) => lru.hit_at(slot, hash),
            Policy::S3Fifo(s3fifo) => s3fifo.hit_at(slot, slots),
        }
    }

    /// Adds an entry. The key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32, slots: &mut Slots) {
        match self {
            Policy::Lru(lru) => lru.insert(slot, hash),
            Policy::S3Fifo(s3fifo) => s3fifo.insert(slot, hash, slots),
        }
    }

    /// Adds an entry that another store held. `is_proven`: it is not among the least valuable of these.
    pub(super) fn load(&mut self, slot: Slot, hash: u32, is_proven: bool, slots: &mut Slots) {
        match self {
            Policy::Lru(lru) => lru.insert(slot, hash),
            Policy::S3Fifo(s3fifo) => s3fifo.load(slot, hash, is_proven, slots),
        }
    }

    /// Notes that the entry in this slot weighs so much more than before. A new one weighed nothing, and one
    /// that was removed weighs nothing any more.
    pub(super) fn weigh(&mut self, slot: Slot, more: f64, slots: &Slots) {
        match self {
            Policy::Lru(_) => {}
            Policy::S3Fifo(s3fifo) => s3fifo.weigh(slot, more, slots),
        }
    }

    /// Removes the entry of a key; returns its slot.
    pub(super) fn remove(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        match self {
            Policy::Lru(lru) => lru.remove(key, hash, slots),
            Policy::S3Fifo(s3fifo) => s3fifo.remove(key, hash, slots),
        }
    }

    /// Removes the entry in this slot; whether there was one.
    pub(super) fn remove_at(&mut self, slot: Slot, hash: u32, slots: &Slots) -> bool {
        match self {
            Policy::Lru(lru) => lru.remove_at(slot, hash),
            Policy::S3Fifo(s3fifo) => s3fifo.remove_at(slot, hash, slots),
        }
    }

    /// Removes the entry that is to make room, another than the one in the slot `kept`; returns its slot.
    pub(super) fn evict(
        &mut self,
        kept: Option<Slot>,
        excess: Excess,
        slots: &mut Slots,
        weights: &[f64],
    ) -> Option<Slot> {
        match self {
            Policy::Lru(lru) => lru.evict(kept, slots),
            Policy::S3Fifo(s3fifo) => s3fifo.evict(kept, excess, slots, weights),
        }
    }

    /// Gets ready for a walk, and gives up one that is under way; false if this is to be called again, so that
    /// none of these calls takes long.
    pub(super) fn begin_walk(&mut self) -> bool {
        match self {
            Policy::Lru(lru) => lru.begin_walk(),
            Policy::S3Fifo(s3fifo) => {
                s3fifo.begin_walk();
                true
            }
        }
    }

    /// The slots of some entries of a walk, at most so many, and where they stand to those of earlier steps. `None` at the
    /// end. Some may have come free meanwhile.
    pub(super) fn walk_some(&mut self, most: usize) -> Option<(Vec<Slot>, Side)> {
        match self {
            Policy::Lru(lru) => lru.walk_some(most),
            Policy::S3Fifo(s3fifo) => s3fifo.walk_some(most).map(|slots| (slots, Side::After)),
        }
    }

    /// Gives a walk up.
    pub(super) fn end_walk(&mut self) {
        match self {
            Policy::Lru(lru) => lru.end_walk(),
            Policy::S3Fifo(s3fifo) => s3fifo.end_walk(),
        }
    }

    /// All slots, least valuable first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        let (lru, s3fifo) = match self {
            Policy::Lru(lru) => (Some(lru), None),
            Policy::S3Fifo(s3fifo) => (None, Some(s3fifo)),
        };
        let used = lru.into_iter().flat_map(Recency::iter);
        used.chain(s3fifo.into_iter().flat_map(S3Fifo::iter))
    }

    /// The same, but what was used after all that was not, as far as the policy counts uses.
    pub(super) fn iter_by_worth(&self, slots: &Slots) -> impl Iterator<Item = Slot> {
        let (lru, s3fifo) = match self {
            Policy::Lru(lru) => (Some(lru), None),
            Policy::S3Fifo(s3fifo) => (None, Some(s3fifo)),
        };
        let used = lru.into_iter().flat_map(Recency::iter);
        let ranked = s3fifo
            .into_iter()
            .flat_map(|s3fifo| s3fifo.iter_by_worth(slots));
        used.chain(ranked)
    }

    /// Whether an entry is worth more than those that were never used, as far as the policy counts uses.
    pub(super) fn is_proven(&self, slot: Slot, slots: &Slots) -> bool {
        match self {
            Policy::Lru(_) => true,
            Policy::S3Fifo(_) => S3Fifo::is_proven(slot, slots),
        }
    }

    /// About how many bytes are in use.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Policy::Lru(lru) => lru.bytes(),
            Policy::S3Fifo(s3fifo) => s3fifo.bytes(),
        }
    }
}

#[cfg(test)]
impl Policy {
    /// Panics unless the policy is consistent with itself, and with records and weights.
    pub(super) fn validate(&self, slots: &Slots, weights: &[f64]) {
        match self {
            Policy::Lru(lru) => lru.validate(),
            Policy::S3Fifo(s3fifo) => s3fifo.validate(slots, weights),
        }
    }
}
