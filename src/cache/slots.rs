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

    /// Takes a slot, newest in order: the one freed last, else a new number.
    pub(super) fn take(&mut self, hash: u32) -> Slot {
        let slot = if self.free != 0 {
            let slot = self.free;
            self.free = self.links[slot as usize].next;
            slot
        } else {
            self.links.push(Link {
                prev: 0,
                next: 0,
                hash,
            });
            (self.links.len() - 1) as Slot
        };
        self.links[slot as usize].hash = hash;
        self.append(slot);
        slot
    }

    /// Gives a slot back.
    pub(super) fn release(&mut self, slot: Slot) {
        self.unlink(slot);
        let link = &mut self.links[slot as usize];
        link.prev = FREE;
        link.next = self.free;
        self.free = slot;
    }

    /// Makes a slot the newest in order.
    pub(super) fn renew(&mut self, slot: Slot) {
        self.unlink(slot);
        self.append(slot);
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

    fn unlink(&mut self, slot: Slot) {
        let Link { prev, next, .. } = self.links[slot as usize];
        debug_assert_ne!(prev, FREE, "slot {slot} is free");
        self.links[prev as usize].next = next;
        self.links[next as usize].prev = prev;
    }

    fn append(&mut self, slot: Slot) {
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
    /// Slots in use, oldest write first; panics unless every slot is either in that order or free.
    pub(super) fn validate(&self) -> Vec<Slot> {
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
        assert_eq!(used.len() + free + 1, self.links.len(), "no slot is lost");
        used
    }
}
