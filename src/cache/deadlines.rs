//! When entries expire: those that live as long as the store says, and those with lifetimes of their
//! own.
//!
//! Every entry has a stamp, made so that one comparison decides for all kinds of entry: it has
//! expired once more than the store's time to live lies between its stamp and now.
//!
//! Entries of the same lifetime stand in a queue, in the order of their writing, which is that of their
//! expiry: to write one costs the same whatever its lifetime is. Programs have few lifetimes. Where there
//! are more than [`MOST_QUEUES`] at once, the entries of those that come last are in [heaps](super::heaps).

use super::clock::Clock;
use super::heaps::Heaps;
use super::lifetime::Lifetime;
use super::slots::{Queue, Slot, Slots};
use super::units::Text;

/// Lifetimes that have queues beside the store's own. To look for one among so many, and for the
/// first deadline of all, takes some 10 ns.
const MOST_QUEUES: usize = if cfg!(test) { 2 } else { 16 };

pub(super) struct Deadlines {
    /// What the store began with: the lifetime of queue 0, and what stamps are relative to.
    base: Lifetime,
    /// Of entries without a lifetime of their own, where that is not the base.
    default: Option<Lifetime>,
    pub(super) slots: Slots,
    /// The lifetimes of the queues from 1 on.
    queues: Vec<Lifetime>,
    /// Entries that are in no queue.
    unqueued: Heaps,
    /// How many entries are not in queue 0.
    others: usize,
    /// Whether any entry was ever to be kept after it has expired.
    keeps: bool,
}

impl Deadlines {
    pub(super) fn new(default: Lifetime) -> Self {
        Deadlines {
            base: default,
            default: None,
            slots: Slots::new(),
            queues: Vec::new(),
            unqueued: Heaps::new(),
            others: 0,
            keeps: default.grace() > 0.0,
        }
    }

    /// The lifetime of entries without one of their own.
    pub(super) fn default(&self) -> Lifetime {
        self.default.unwrap_or(self.base)
    }

    /// Gives entries written from now on another lifetime, unless they have one of their own.
    pub(super) fn set_default(&mut self, lifetime: Lifetime) {
        self.default = (lifetime != self.base).then_some(lifetime);
    }

    /// Whether any entry can expire, so that times matter.
    pub(super) fn matter(&self) -> bool {
        self.base.ttl() > 0.0 || self.others > 0
    }

    /// Whether an entry has expired.
    pub(super) fn has_passed(&self, slot: Slot, clock: &impl Clock) -> bool {
        self.matter() && clock.has_passed(self.base.ttl(), self.slots.stamp(slot))
    }

    /// Whether an entry that has expired is kept for now, for who takes it stale.
    pub(super) fn is_in_grace(&self, slot: Slot, clock: &impl Clock) -> bool {
        let grace = self.lifetime(slot).grace();
        grace > 0.0 && !clock.has_passed(self.base.ttl() + grace, self.slots.stamp(slot))
    }

    /// How long an entry lives.
    pub(super) fn lifetime(&self, slot: Slot) -> Lifetime {
        match self.slots.queue(slot) {
            0 => self.base,
            queue if Heaps::have(queue) => self.unqueued.lifetime(slot, &self.slots),
            queue => self.queues[usize::from(queue) - 1],
        }
    }

    /// When the lifetime of an entry that can expire began.
    pub(super) fn start(&self, slot: Slot) -> f64 {
        self.slots.stamp(slot) - (self.lifetime(slot).ttl() - self.base.ttl())
    }

    /// Takes a slot, `reused` if that is one, for a new entry, written now, with a lifetime of its own or
    /// without.
    pub(super) fn take(
        &mut self,
        reused: Option<Slot>,
        text: Text,
        hash: u32,
        now: f64,
        own: Option<Lifetime>,
    ) -> Slot {
        let own = own.or(self.default);
        let stamp = self.stamp(now, own);
        let slot = self.slots.take(reused, text, hash, stamp);
        self.enter(slot, stamp, own);
        slot
    }

    /// Gives a slot that was taken, and stands in no queue, its lifetime, which began at `start`.
    pub(super) fn place(&mut self, slot: Slot, start: f64, own: Option<Lifetime>) {
        let own = own.or(self.default);
        let stamp = self.stamp(start, own);
        self.slots.set_stamp(slot, stamp);
        self.enter(slot, stamp, own);
    }

    /// Notes that an entry is written again, or renewed.
    pub(super) fn renew(&mut self, slot: Slot, now: f64, own: Option<Lifetime>) {
        let own = own.or(self.default);
        let stamp = self.stamp(now, own);
        // Within one millisecond the first write decides the order of expiry.
        if self.slots.stamp(slot) == stamp && self.has_lifetime(slot, own) {
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

    /// An entry that has expired and is not kept: the first of those with lifetimes of their own, else
    /// the oldest write.
    pub(super) fn expired(&self, clock: &impl Clock) -> Option<Slot> {
        let ttl = self.base.ttl();
        let own = self.first_own();
        let due = own.filter(|&(kept, _)| clock.has_passed(ttl, kept));
        due.map(|(_, slot)| slot).or_else(|| {
            let oldest = self.slots.oldest(0)?;
            let kept = self.slots.stamp(oldest) + self.base.grace();
            (ttl > 0.0 && clock.has_passed(ttl, kept)).then_some(oldest)
        })
    }

    /// An entry that has expired but is kept, the first of some queue or heap.
    pub(super) fn expired_in_grace(&self, clock: &impl Clock) -> Option<Slot> {
        if !self.keeps {
            return None;
        }
        self.first_in_grace(clock)
    }

    #[inline(never)]
    fn first_in_grace(&self, clock: &impl Clock) -> Option<Slot> {
        let firsts = (0..=self.queues.len()).filter_map(|queue| {
            let grace = match queue {
                0 => self.base.grace(),
                _ => self.queues[queue - 1].grace(),
            };
            (grace > 0.0)
                .then(|| self.slots.oldest(queue as Queue))
                .flatten()
        });
        firsts
            .chain(self.unqueued.firsts_kept())
            .find(|&slot| self.has_passed(slot, clock))
    }

    /// The time after which [`Deadlines::expired`] may find something; infinity for never.
    pub(super) fn next(&self) -> f64 {
        let own = self.first_own().map_or(f64::INFINITY, |(kept, _)| kept);
        let oldest = self.slots.oldest(0).filter(|_| self.base.ttl() > 0.0);
        let written = oldest.map_or(f64::INFINITY, |slot| {
            self.slots.stamp(slot) + self.base.grace()
        });
        own.min(written) + self.base.ttl()
    }

    /// Bytes held for slots and order.
    pub(super) fn bytes(&self) -> usize {
        self.slots.bytes() + self.unqueued.bytes()
    }

    fn stamp(&self, now: f64, own: Option<Lifetime>) -> f64 {
        let base = self.base.ttl();
        let ttl = own.map_or(base, Lifetime::ttl);
        if ttl > 0.0 {
            now + (ttl - base)
        } else {
            f64::INFINITY
        }
    }

    fn has_lifetime(&self, slot: Slot, own: Option<Lifetime>) -> bool {
        match own {
            None => self.slots.queue(slot) == 0,
            Some(own) => self.lifetime(slot) == own,
        }
    }

    /// Of the entries outside queue 0 the one that is to go first, and the stamp up to which it is kept.
    fn first_own(&self) -> Option<(f64, Slot)> {
        if self.others == 0 {
            return None;
        }
        self.first_of_others()
    }

    #[inline(never)]
    fn first_of_others(&self) -> Option<(f64, Slot)> {
        let queued = self.queues.iter().enumerate().filter_map(|(i, lifetime)| {
            let slot = self.slots.oldest(i as Queue + 1)?;
            Some((self.slots.stamp(slot) + lifetime.grace(), slot))
        });
        queued
            .chain(self.unqueued.firsts())
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn enter(&mut self, slot: Slot, stamp: f64, own: Option<Lifetime>) {
        match own.filter(|own| *own != self.base) {
            None => self.slots.append(0, slot),
            Some(own) => self.enter_own(slot, stamp, own),
        }
    }

    #[inline(never)]
    fn enter_own(&mut self, slot: Slot, stamp: f64, lifetime: Lifetime) {
        self.others += 1;
        self.keeps |= lifetime.grace() > 0.0;
        if let Some(queue) = self.queue_for(lifetime) {
            self.slots.append(queue, slot);
            return;
        }
        self.unqueued.insert(slot, stamp, lifetime, &mut self.slots);
    }

    /// The queue of a lifetime, or one that is empty; none if all are others'.
    fn queue_for(&mut self, lifetime: Lifetime) -> Option<Queue> {
        let numbered = |i: usize| i as Queue + 1;
        if let Some(i) = self.queues.iter().position(|known| *known == lifetime) {
            return Some(numbered(i));
        }
        let empty = |&i: &usize| self.slots.oldest(numbered(i)).is_none();
        if let Some(i) = (0..self.queues.len()).find(empty) {
            self.queues[i] = lifetime;
            return Some(numbered(i));
        }
        if self.queues.len() == MOST_QUEUES {
            return None;
        }
        self.queues.push(lifetime);
        Some(self.slots.add_queue())
    }

    fn leave(&mut self, slot: Slot) {
        match self.slots.queue(slot) {
            0 => self.slots.unlink(slot),
            queue => self.leave_other(slot, queue),
        }
    }

    #[inline(never)]
    fn leave_other(&mut self, slot: Slot, queue: Queue) {
        self.others -= 1;
        if Heaps::have(queue) {
            self.unqueued.remove(slot, &mut self.slots);
        } else {
            self.slots.unlink(slot);
        }
    }
}

#[cfg(test)]
impl Deadlines {
    /// Slots by kind: those of queue 0, the oldest write first, and the others by the time up to which
    /// they are kept.
    pub(super) fn validate(&self, released: &[Slot]) -> (Vec<Slot>, Vec<Slot>) {
        let unqueued = self.unqueued.validate(&self.slots);
        let mut queues = self.slots.validate(&unqueued, released);
        let ordered = queues.remove(0);
        let mut own: Vec<Slot> = queues.into_iter().flatten().chain(unqueued).collect();
        assert_eq!(
            own.len(),
            self.others,
            "entries outside queue 0 are counted"
        );
        let kept = |slot: Slot| self.slots.stamp(slot) + self.lifetime(slot).grace();
        own.sort_by(|&a, &b| kept(a).total_cmp(&kept(b)));
        (ordered, own)
    }
}
