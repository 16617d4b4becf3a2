//! Entries that are in no queue: a heap for each grace, by their stamps.
//!
//! Within one grace, an infinite one included, that is the order of expiry and of the time up to which entries are
//! kept: as long as the first has not expired, no other has. Programs have few graces. Where there are more than
//! [`MOST_GRACES`] at once, the entries of those that come last are in one heap, by the stamps up to which they are
//! kept, whose first need not be the first to expire.
//!
//! How a heap works belongs in [`super::heap`], what times mean in [`super::deadlines`].

use super::heap::Heap;
use super::lifetime::Lifetime;
use super::slots::{Queue, Slot, Slots, UNQUEUED};

/// Graces that have heaps of their own.
const MOST_GRACES: usize = if cfg!(test) { 3 } else { 16 };

/// The mixed heap's number in place of a queue's. Those before it are the others', the last one first.
const MIXED: Queue = UNQUEUED;

struct OfGrace {
    grace: f64,
    heap: Heap,
}

pub(super) struct Heaps {
    by_grace: Vec<OfGrace>,
    mixed: Heap,
}

fn numbered(index: usize) -> Queue {
    MIXED - 1 - index as Queue
}

impl Heaps {
    pub(super) fn new() -> Self {
        Heaps {
            by_grace: Vec::new(),
            mixed: Heap::new(),
        }
    }

    /// Whether a queue's number is that of a heap.
    pub(super) fn have(queue: Queue) -> bool {
        usize::from(MIXED - queue) <= MOST_GRACES
    }

    /// Adds an entry, whose slot is in no queue.
    pub(super) fn insert(&mut self, slot: Slot, stamp: f64, lifetime: Lifetime, slots: &mut Slots) {
        let number = self.number_for(lifetime.grace());
        slots.set_unqueued(slot, number);
        let order = match number {
            MIXED => stamp + lifetime.grace(),
            _ => stamp,
        };
        self.heap_mut(number).insert(slot, order, lifetime, slots);
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, slot: Slot, slots: &mut Slots) {
        self.heap_mut(slots.queue(slot)).remove(slot, slots);
    }

    /// How long an entry in one of them lives.
    pub(super) fn lifetime(&self, slot: Slot, slots: &Slots) -> Lifetime {
        self.heap(slots.queue(slot)).lifetime(slot, slots)
    }

    /// The first of each heap, and the stamp up to which it is kept.
    pub(super) fn firsts(&self) -> impl Iterator<Item = (f64, Slot)> {
        let heaps = self.by_grace.iter();
        let firsts = heaps.filter_map(|OfGrace { grace, heap }| {
            let (stamp, slot) = heap.first()?;
            Some((stamp + grace, slot))
        });
        firsts.chain(self.mixed.first())
    }

    /// The first of each heap in which entries are kept after they have expired. Of the mixed one that
    /// is all that is looked at.
    pub(super) fn firsts_kept(&self) -> impl Iterator<Item = Slot> {
        let keeping = self.by_grace.iter().filter(|of| of.grace > 0.0);
        let heaps = keeping.map(|of| &of.heap).chain([&self.mixed]);
        heaps.filter_map(Heap::first).map(|(_, slot)| slot)
    }

    /// Bytes held for the nodes.
    pub(super) fn bytes(&self) -> usize {
        let heaps = self.by_grace.iter().map(|of| of.heap.bytes());
        heaps.sum::<usize>() + self.mixed.bytes()
    }

    /// The heap of a grace, or one that is empty, else the mixed one.
    fn number_for(&mut self, grace: f64) -> Queue {
        let mut known = self.by_grace.iter();
        if let Some(index) = known.position(|of| of.grace == grace) {
            return numbered(index);
        }
        let mut known = self.by_grace.iter();
        if let Some(index) = known.position(|of| of.heap.first().is_none()) {
            self.by_grace[index].grace = grace;
            return numbered(index);
        }
        if self.by_grace.len() == MOST_GRACES {
            return MIXED;
        }
        let heap = Heap::new();
        self.by_grace.push(OfGrace { grace, heap });
        numbered(self.by_grace.len() - 1)
    }

    fn heap(&self, number: Queue) -> &Heap {
        match number {
            MIXED => &self.mixed,
            _ => &self.by_grace[usize::from(MIXED - number) - 1].heap,
        }
    }

    fn heap_mut(&mut self, number: Queue) -> &mut Heap {
        match number {
            MIXED => &mut self.mixed,
            _ => &mut self.by_grace[usize::from(MIXED - number) - 1].heap,
        }
    }
}

#[cfg(test)]
impl Heaps {
    /// The slots in them; panics unless each knows its heap and its position.
    pub(super) fn validate(&self, slots: &Slots) -> Vec<Slot> {
        let mut all = self.mixed.validate(slots);
        assert!(all.iter().all(|&slot| slots.queue(slot) == MIXED));
        for (index, OfGrace { grace, heap }) in self.by_grace.iter().enumerate() {
            for slot in heap.validate(slots) {
                assert_eq!(slots.queue(slot), numbered(index));
                assert_eq!(heap.lifetime(slot, slots).grace(), *grace);
                all.push(slot);
            }
        }
        all
    }
}
