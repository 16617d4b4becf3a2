//! Queues of slots that are linked by number, each slot in at most one of them, and the memory of the links.
//!
//! What the queues are for is the policy's; the order of expiry has queues of its own in the records.

use super::slots::{NO_SLOT, Slot};

/// One queue: first in, first out.
#[derive(Default)]
pub(super) struct Fifo {
    first: Slot,
    last: Slot,
    pub(super) len: usize,
    /// The sum of the weights of its entries, where there are any. It serves to compare queues only, and
    /// need not be exact.
    pub(super) weight: f64,
}

#[derive(Clone, Copy, Default)]
struct Link {
    prev: Slot,
    next: Slot,
}

/// Links of one chunk: 4 KB. Only the first chunk ever moves, so that growing copies nothing as a whole.
const CHUNK: usize = 512;

/// The neighbours of each slot in its queue.
#[derive(Default)]
pub(super) struct Links {
    chunks: Vec<Vec<Link>>,
}

impl Fifo {
    /// The slot that came first.
    pub(super) fn first(&self) -> Option<Slot> {
        (self.first != NO_SLOT).then_some(self.first)
    }

    /// The slot that came last.
    pub(super) fn last(&self) -> Option<Slot> {
        (self.last != NO_SLOT).then_some(self.last)
    }

    /// Adds a slot that is in no queue.
    pub(super) fn push(&mut self, slot: Slot, links: &mut Links) {
        links.reserve(slot);
        let last = std::mem::replace(&mut self.last, slot);
        if last == NO_SLOT {
            self.first = slot;
        } else {
            links.at_mut(last).next = slot;
        }
        *links.at_mut(slot) = Link {
            prev: last,
            next: NO_SLOT,
        };
        self.len += 1;
    }

    /// Removes a slot, which must be in this queue.
    pub(super) fn remove(&mut self, slot: Slot, links: &mut Links) {
        let Link { prev, next } = links.at(slot);
        if prev == NO_SLOT {
            self.first = next;
        } else {
            links.at_mut(prev).next = next;
        }
        if next == NO_SLOT {
            self.last = prev;
        } else {
            links.at_mut(next).prev = prev;
        }
        self.len -= 1;
    }

    /// Adds to the weight.
    pub(super) fn weigh(&mut self, more: f64) {
        // What rounding has left over goes with the last entry.
        self.weight = if self.len == 0 {
            0.0
        } else {
            self.weight + more
        };
    }

    /// Its slots, the one that came first first.
    pub(super) fn iter(&self, links: &Links) -> impl Iterator<Item = Slot> {
        std::iter::successors(self.first(), |&slot| links.next(slot))
    }
}

impl Links {
    /// The slot after this one in its queue.
    pub(super) fn next(&self, slot: Slot) -> Option<Slot> {
        let next = self.at(slot).next;
        (next != NO_SLOT).then_some(next)
    }

    /// The slot before this one in its queue.
    pub(super) fn prev(&self, slot: Slot) -> Option<Slot> {
        let prev = self.at(slot).prev;
        (prev != NO_SLOT).then_some(prev)
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let links: usize = match self.chunks.split_first() {
            Some((first, others)) => first.capacity() + others.len() * CHUNK,
            None => 0,
        };
        links * size_of::<Link>() + self.chunks.capacity() * size_of::<Vec<Link>>()
    }

    fn at(&self, slot: Slot) -> Link {
        self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }

    fn at_mut(&mut self, slot: Slot) -> &mut Link {
        &mut self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }

    /// Makes room for a slot.
    fn reserve(&mut self, slot: Slot) {
        let (number, index) = (slot as usize / CHUNK, slot as usize % CHUNK);
        while self.chunks.len() <= number {
            self.chunks.push(Vec::new());
        }
        let chunk = &mut self.chunks[number];
        if chunk.len() <= index {
            if number > 0 {
                chunk.reserve_exact(CHUNK);
                chunk.resize(CHUNK, Link::default());
            } else {
                chunk.resize(index + 1, Link::default());
            }
        }
    }
}

#[cfg(test)]
impl Fifo {
    /// The slots in order; panics unless both directions agree.
    pub(super) fn validate(&self, links: &Links) -> Vec<Slot> {
        let forward: Vec<Slot> = self.iter(links).collect();
        let mut prev = NO_SLOT;
        for &slot in &forward {
            assert_eq!(links.at(slot).prev, prev, "slot {slot} points back");
            prev = slot;
        }
        assert_eq!(self.last, prev, "the last slot ends the queue");
        assert_eq!(self.len, forward.len(), "slots are counted");
        forward
    }
}
