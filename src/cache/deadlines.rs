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
use super::units::Text;

pub(super) struct Deadlines {
    /// 0: entries without a time to live of their own never expire.
    ttl: f64,
    pub(super) slots: Slots,
    /// Entries with a time to live of their own, by stamp.
    own: BTreeSet<(Stamp, Slot)>,
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
        }
    }

    /// Whether any entry can expire, so that times matter.
    pub(super) fn matter(&self) -> bool {
        self.ttl > 0.0 || !self.own.is_empty()
    }

    /// Whether an entry has expired.
    pub(super) fn has_passed(&self, slot: Slot, clock: &impl Clock) -> bool {
        self.matter() && clock.has_passed(self.ttl, self.slots.stamp(slot))
    }

    /// Takes a slot, `reused` if that is one, for a new entry, written now, with a time to live of
    /// its own (0: for ever) or without.
    pub(super) fn take(
        &mut self,
        reused: Option<Slot>,
        text: Text,
        hash: u32,
        now: f64,
        own_ttl: Option<f64>,
    ) -> Slot {
        let stamp = self.stamp(now, own_ttl);
        let slot = self.slots.take(reused, text, hash, stamp);
        self.enter(slot, stamp, own_ttl.is_some());
        slot
    }

    /// Notes that an entry is written again.
    pub(super) fn renew(&mut self, slot: Slot, now: f64, own_ttl: Option<f64>) {
        let stamp = self.stamp(now, own_ttl);
        let own = own_ttl.is_some();
        // Within one millisecond the first write decides the order of expiry.
        if self.slots.stamp(slot) == stamp && own != self.slots.is_ordered(slot) {
            return;
        }
        self.leave(slot);
        self.slots.set_stamp(slot, stamp);
        self.enter(slot, stamp, own);
    }

    /// Releases the slot of an entry; returns its key.
    pub(super) fn release(&mut self, slot: Slot) -> Text {
        self.leave(slot);
        self.slots.release(slot)
    }

    /// An entry that has expired: the first of those with a time to live of their own, else the
    /// oldest write.
    pub(super) fn expired(&self, clock: &impl Clock) -> Option<Slot> {
        let own = self.own.first().map(|&(_, slot)| slot);
        let due = own.filter(|&slot| self.has_passed(slot, clock));
        due.or_else(|| {
            let oldest = self.slots.oldest()?;
            (self.ttl > 0.0 && self.has_passed(oldest, clock)).then_some(oldest)
        })
    }

    /// The time after which [`Deadlines::expired`] may find something; infinity for never.
    pub(super) fn next(&self) -> f64 {
        let own = self.own.first().map_or(f64::INFINITY, |own| own.0.0);
        let oldest = self.slots.oldest().filter(|_| self.ttl > 0.0);
        let written = oldest.map_or(f64::INFINITY, |slot| self.slots.stamp(slot));
        own.min(written) + self.ttl
    }

    /// Bytes held for slots and order.
    pub(super) fn bytes(&self) -> usize {
        /// An element with its share of a B-tree's nodes, which are at least half full.
        const OWN: usize = 2 * size_of::<(Stamp, Slot)>();
        self.slots.bytes() + self.own.len() * OWN
    }

    fn stamp(&self, now: f64, own_ttl: Option<f64>) -> f64 {
        match own_ttl.unwrap_or(self.ttl) {
            ttl if ttl > 0.0 && ttl.is_finite() => now + (ttl - self.ttl),
            _ => f64::INFINITY,
        }
    }

    fn enter(&mut self, slot: Slot, stamp: f64, own: bool) {
        if own {
            self.own.insert((Stamp(stamp), slot));
        } else {
            self.slots.append(slot);
        }
    }

    fn leave(&mut self, slot: Slot) {
        if self.slots.is_ordered(slot) {
            self.slots.unlink(slot);
        } else {
            self.own.remove(&(Stamp(self.slots.stamp(slot)), slot));
        }
    }
}

#[cfg(test)]
impl Deadlines {
    /// Slots by kind: the oldest write first, and the own times to live by stamp.
    pub(super) fn validate(&self, released: &[Slot]) -> (Vec<Slot>, Vec<Slot>) {
        let own: Vec<Slot> = self.own.iter().map(|&(_, slot)| slot).collect();
        (self.slots.validate(&own, released), own)
    }
}
