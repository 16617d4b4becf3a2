//! A walk over the slots of queues, in steps between which slots are removed, added and moved on. Each that is there
//! throughout comes once.
//!
//! Slots are moved from the front of a queue to the end of one. Those that the walk has yet to come to are noted
//! as they are moved, and come at the end.

use super::fifo::{Fifo, Links};
use super::slots::Slot;

/// The part of a queue that is still to be visited.
struct Rest {
    next: Slot,
    last: Slot,
}

pub(super) struct FifoWalk<const QUEUES: usize> {
    /// Of each queue.
    rests: [Option<Rest>; QUEUES],
    /// What was moved before its turn.
    escaped: Vec<Slot>,
    /// How many of these have been visited.
    visited: usize,
}

impl<const QUEUES: usize> FifoWalk<QUEUES> {
    /// A walk over what is in the queues now, in their order.
    pub(super) fn new(queues: [&Fifo; QUEUES]) -> Self {
        let rest = |queue: &Fifo| {
            let (next, last) = (queue.first()?, queue.last()?);
            Some(Rest { next, last })
        };
        FifoWalk {
            rests: queues.map(rest),
            escaped: Vec::new(),
            visited: 0,
        }
    }

    /// The next slots, at most so many; none at the end.
    pub(super) fn step(&mut self, most: usize, links: &Links) -> Vec<Slot> {
        let mut slots = Vec::new();
        for rest in &mut self.rests {
            while slots.len() < most
                && let Some(Rest { next, .. }) = *rest
            {
                slots.push(next);
                leave(rest, next, links);
            }
        }
        let from = self.visited;
        self.visited = self.escaped.len().min(from + most - slots.len());
        slots.extend(&self.escaped[from..self.visited]);
        slots
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.escaped.capacity() * size_of::<Slot>()
    }

    /// Notes that a slot is about to be removed from a queue.
    pub(super) fn removes(&mut self, slot: Slot, queue: usize, links: &Links) {
        leave(&mut self.rests[queue], slot, links);
    }

    /// Notes that a slot is about to be moved from the front of a queue, where at most one other is before it.
    pub(super) fn moves(&mut self, slot: Slot, queue: usize, links: &Links) {
        let rest = &mut self.rests[queue];
        if let Some(Rest { next, last }) = *rest
            && (next == slot || next != last && links.next(next) == Some(slot))
        {
            self.escaped.push(slot);
        }
        leave(rest, slot, links);
    }
}

/// Takes a slot out of the rest of its queue.
fn leave(rest: &mut Option<Rest>, slot: Slot, links: &Links) {
    let Some(Rest { next, last }) = rest else {
        return;
    };
    if *next == slot {
        if *last == slot {
            *rest = None;
        } else if let Some(after) = links.next(slot) {
            *next = after;
        }
    } else if *last == slot
        && let Some(before) = links.prev(slot)
    {
        *last = before;
    }
}
