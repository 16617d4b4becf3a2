//! When entries expire: the store's time to live, and the own ones of single entries.
//!
//! Every entry has a stamp, made so that one comparison decides for all kinds of entry: it has
//! expired once more than the store's time to live lies between its stamp and now. Entries that
//! live as long as the store says stand in the order of their writing, which is that of their
//! expiry; the others in an ordered set beside it.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::clock::Clock;
use super::slots::{Slot, Slots};

pub(super) struct Deadlines {
    /// 0: entries without a time to live of their own never expire.
    ttl: f64,
    slots: Slots,
    /// Entries with a time to live of their own, by stamp.
    own: BTreeSet<(Stamp, Slot)>,
    /// No stamp in the order of writing is earlier, as long as `in_order` holds.
    oldest: f64,
    newest: f64,
    /// No write had an earlier time than the one before it.
    in_order: bool,
}

#[derive(Clone, Copy, PartialEq)]
struct Stamp(f64);

impl Eq for Stamp {}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Deadlines {
    pub(super) fn new(ttl: f64) -> Self {
        Deadlines {
            ttl,
            slots: Slots::new(),
            own: BTreeSet::new(),
            oldest: f64::NEG_INFINITY,
            newest: f64::NEG_INFINITY,
            in_order: true,
        }
    }

    /// Whether any entry can expire, so that times matter.
    pub(super) fn matter(&self) -> bool {
        self.ttl > 0.0 || !self.own.is_empty()
    }

    /// The stamp of an entry written now, with a time to live of its own (0: for ever) or without.
    pub(super) fn stamp(&self, now: f64, own_ttl: Option<f64>) -> f64 {
        match own_ttl.unwrap_or(self.ttl) {
            ttl if ttl > 0.0 && ttl.is_finite() => now + (ttl - self.ttl),
            _ => f64::INFINITY,
        }
    }

    /// Whether an entry with this stamp has expired.
    pub(super) fn has_passed(&self, stamp: f64, clock: &impl Clock) -> bool {
        self.matter() && clock.has_passed(self.ttl, stamp)
    }

    pub(super) fn has_room(&self) -> bool {
        self.slots.has_room()
    }

    /// Takes a slot for a new entry.
    pub(super) fn take(&mut self, hash: u32, stamp: f64, own: bool) -> Slot {
        let slot = self.slots.take(hash);
        self.enter(slot, stamp, own);
        slot
    }

    /// Gives an entry a new stamp.
    pub(super) fn renew(&mut self, slot: Slot, old: f64, new: f64, own: bool) {
        self.leave(slot, old);
        self.enter(slot, new, own);
    }

    /// Gives the slot of an entry back.
    pub(super) fn release(&mut self, slot: Slot, stamp: f64) {
        self.leave(slot, stamp);
        self.slots.release(slot);
    }

    /// Whether the entry has a time to live of its own.
    pub(super) fn is_own(&self, slot: Slot) -> bool {
        !self.slots.is_ordered(slot)
    }

    /// The entry that expires first of those with a time to live of their own, if it has expired.
    pub(super) fn own_expired(&self, clock: &impl Clock) -> Option<(Slot, u32)> {
        let &(Stamp(stamp), slot) = self.own.first()?;
        clock
            .has_passed(self.ttl, stamp)
            .then(|| (slot, self.slots.hash(slot)))
    }

    /// The oldest write, unless it is known that it cannot have expired: a full cache asks at
    /// every write, and as long as times only grow, the oldest stamp seen answers without a lookup.
    pub(super) fn oldest_write(&mut self, clock: &impl Clock) -> Option<(Slot, u32)> {
        if self.ttl <= 0.0 || (self.in_order && !clock.has_passed(self.ttl, self.oldest)) {
            return None;
        }
        let oldest = self.slots.oldest();
        if oldest.is_none() {
            self.oldest = f64::NEG_INFINITY;
            self.newest = f64::NEG_INFINITY;
            self.in_order = true;
        }
        oldest
    }

    /// Learns the stamp of the oldest write.
    pub(super) fn see_oldest(&mut self, stamp: f64) {
        self.oldest = stamp;
    }

    /// The slot written longest ago, and the earliest stamp of an entry with a time to live of
    /// its own.
    pub(super) fn first(&self) -> (Option<(Slot, u32)>, Option<f64>) {
        (self.slots.oldest(), self.own.first().map(|own| own.0.0))
    }

    /// Bytes held for slots and order.
    pub(super) fn bytes(&self) -> usize {
        /// An element with its share of a B-tree's nodes, which are at least half full.
        const OWN: usize = 2 * size_of::<(Stamp, Slot)>();
        self.slots.bytes() + self.own.len() * OWN
    }

    fn enter(&mut self, slot: Slot, stamp: f64, own: bool) {
        if own {
            self.own.insert((Stamp(stamp), slot));
            return;
        }
        self.slots.append(slot);
        self.in_order &= stamp >= self.newest;
        self.newest = stamp;
    }

    fn leave(&mut self, slot: Slot, stamp: f64) {
        if self.slots.is_ordered(slot) {
            self.slots.unlink(slot);
        } else {
            self.own.remove(&(Stamp(stamp), slot));
        }
    }
}

#[cfg(test)]
impl Deadlines {
    /// Slots by kind: the oldest write first, and the own times to live by stamp.
    pub(super) fn validate(&self) -> (Vec<Slot>, Vec<Slot>) {
        let own: Vec<Slot> = self.own.iter().map(|&(_, slot)| slot).collect();
        (self.slots.validate(&own), own)
    }
}
