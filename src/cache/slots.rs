//! Slot numbers: which are free, and in what order the entries in the others were written.
//!
//! A slot is the index of an entry's value in the array that JavaScript keeps. Entries written
//! under one time to live expire in the order of their writing, so that order is an intrusive
//! list over the slots.

/// Number of an entry's slot, from 1; 0 means "none".
pub type Slot = u32;

/// The most slots one cache can have. Results carry a slot and two flags in 31 bits.
pub const MAX_SLOTS: u32 = (1 << 29) - 1;

/// `prev` of a free slot.
const FREE: Slot = Slot::MAX;

/// `prev` of a slot that is in use but not in the order of writing.
const UNORDERED: Slot = Slot::MAX - 1;

#[derive(Clone, Copy)]
struct Link {
    prev: Slot,
    next: Slot,
    hash: u32,
}

/// The slots of one cache. Link 0 is the sentinel: its `next` is the oldest write, its `prev`
/// the newest.
pub(super) struct Slots {
    links: Vec<Link>,
    /// Head of the list of free slots, linked by `next`; 0 ends it.
    free: Slot,
}

impl Slots {
    pub(super) fn new() -> Self {
        Slots {
            links: vec![Link {
                prev: 0,
                next: 0,
                hash: 0,
            }],
            free: 0,
        }
    }

    /// Whether another slot can be had.
    pub(super) fn has_room(&self) -> bool {
        self.free != 0 || self.links.len() <= MAX_SLOTS as usize
    }

    /// Takes a slot, not in order yet: the one freed last, else a new number.
    pub(super) fn take(&mut self, hash: u32) -> Slot {
        let link = Link {
            prev: UNORDERED,
            next: 0,
            hash,
        };
        if self.free == 0 {
            self.links.push(link);
            return (self.links.len() - 1) as Slot;
        }
        let slot = self.free;
        self.free = self.links[slot as usize].next;
        self.links[slot as usize] = link;
        slot
    }

    /// Gives a slot back that is not in order any more.
    pub(super) fn release(&mut self, slot: Slot) {
        let link = &mut self.links[slot as usize];
        debug_assert_eq!(link.prev, UNORDERED, "slot {slot} is free or in order");
        link.prev = FREE;
        link.next = self.free;
        self.free = slot;
    }

    /// Whether a slot in use stands in the order of writing.
    pub(super) fn is_ordered(&self, slot: Slot) -> bool {
        self.links[slot as usize].prev != UNORDERED
    }

    /// The hash of the key that has the slot.
    pub(super) fn hash(&self, slot: Slot) -> u32 {
        self.links[slot as usize].hash
    }

    /// The slot written longest ago, with the hash of its key.
    pub(super) fn oldest(&self) -> Option<(Slot, u32)> {
        let slot = self.links[0].next;
        (slot != 0).then(|| (slot, self.links[slot as usize].hash))
    }

    /// Bytes held for the slots.
    pub(super) fn bytes(&self) -> usize {
        self.links.capacity() * size_of::<Link>()
    }

    /// Takes a slot out of the order.
    pub(super) fn unlink(&mut self, slot: Slot) {
        let Link { prev, next, .. } = self.links[slot as usize];
        debug_assert!(prev < UNORDERED, "slot {slot} is not in order");
        self.links[prev as usize].next = next;
        self.links[next as usize].prev = prev;
        self.links[slot as usize].prev = UNORDERED;
    }

    /// Makes a slot the newest in order.
    pub(super) fn append(&mut self, slot: Slot) {
        let newest = self.links[0].prev;
        let link = &mut self.links[slot as usize];
        link.prev = newest;
        link.next = 0;
        self.links[newest as usize].next = slot;
        self.links[0].prev = slot;
    }
}

#[cfg(test)]
impl Slots {
    /// Slots in order, oldest write first; panics unless every slot is in that order, free, or one
    /// of the `unordered`.
    pub(super) fn validate(&self, unordered: &[Slot]) -> Vec<Slot> {
        let mut used = Vec::new();
        let (mut prev, mut slot) = (0, self.links[0].next);
        while slot != 0 {
            let link = &self.links[slot as usize];
            assert_eq!(
                link.prev, prev,
                "slot {slot} points back to its predecessor"
            );
            used.push(slot);
            (prev, slot) = (slot, link.next);
        }
        assert_eq!(self.links[0].prev, prev, "the newest slot ends the order");
        let mut free = 0;
        let mut slot = self.free;
        while slot != 0 {
            assert_eq!(
                self.links[slot as usize].prev, FREE,
                "slot {slot} is marked free"
            );
            free += 1;
            slot = self.links[slot as usize].next;
        }
        for &slot in unordered {
            assert_eq!(
                self.links[slot as usize].prev, UNORDERED,
                "slot {slot} is in no order"
            );
        }
        let accounted = used.len() + unordered.len() + free + 1;
        assert_eq!(accounted, self.links.len(), "no slot is lost");
        used
    }
}
