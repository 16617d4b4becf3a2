//! The records of entries by slot: key, stamp, and the order in which they were written.
//!
//! A slot is the index of an entry's value in the array that JavaScript keeps. A record fills one
//! cache line; records lie side by side, so that a scan of all keys reads memory in order. They
//! are allocated in chunks that never move: growing copies nothing.

use super::key::{Text, Units};
use super::pattern::Pattern;

/// Number of an entry's slot, from 1; 0 means "none".
pub type Slot = u32;

pub(super) const NO_SLOT: Slot = 0;

/// The most slots one cache can have. Results carry a slot and two flags in 31 bits.
pub const MAX_SLOTS: u32 = (1 << 29) - 1;

/// `prev` of a free slot.
const FREE: Slot = Slot::MAX;

/// `prev` of a slot that is in use but not in the order of writing.
const UNORDERED: Slot = Slot::MAX - 1;

#[repr(align(64))]
struct Record {
    text: Text,
    stamp: f64,
    hash: u32,
    /// Neighbours in the order of writing; `next` also links the free slots.
    prev: Slot,
    next: Slot,
}

/// Records of one chunk: 8 KB.
const CHUNK: usize = 128;

/// The slots of one cache. Record 0 is the sentinel of the order of writing: its `next` is the
/// oldest write, its `prev` the newest.
pub(super) struct Slots {
    chunks: Vec<Box<[Record; CHUNK]>>,
    /// The first slot never used.
    unused: Slot,
    /// Head of the list of free slots; 0 ends it.
    free: Slot,
}

impl Slots {
    pub(super) fn new() -> Self {
        let mut slots = Slots {
            chunks: Vec::new(),
            unused: 0,
            free: NO_SLOT,
        };
        let sentinel = slots.unused_slot();
        slots.record_mut(sentinel).prev = sentinel;
        slots.record_mut(sentinel).next = sentinel;
        slots
    }

    fn record(&self, slot: Slot) -> &Record {
        &self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }

    fn record_mut(&mut self, slot: Slot) -> &mut Record {
        &mut self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }

    fn unused_slot(&mut self) -> Slot {
        if self.unused as usize == self.chunks.len() * CHUNK {
            self.chunks.push(Box::new(std::array::from_fn(|_| Record {
                text: Text::default(),
                stamp: 0.0,
                hash: 0,
                prev: FREE,
                next: NO_SLOT,
            })));
        }
        self.unused += 1;
        self.unused - 1
    }

    /// Whether another slot can be had.
    pub(super) fn has_room(&self) -> bool {
        self.free != NO_SLOT || self.unused <= MAX_SLOTS
    }

    /// Takes a slot, not in order yet: the one freed last, else a new number.
    pub(super) fn take(&mut self, text: Text, hash: u32, stamp: f64) -> Slot {
        let slot = if self.free == NO_SLOT {
            self.unused_slot()
        } else {
            let slot = self.free;
            self.free = self.record(slot).next;
            slot
        };
        *self.record_mut(slot) = Record {
            text,
            stamp,
            hash,
            prev: UNORDERED,
            next: NO_SLOT,
        };
        slot
    }

    /// Gives a slot back that is not in order any more; returns its key.
    pub(super) fn release(&mut self, slot: Slot) -> Text {
        let free = std::mem::replace(&mut self.free, slot);
        let record = self.record_mut(slot);
        debug_assert_eq!(record.prev, UNORDERED, "slot {slot} is free or in order");
        record.prev = FREE;
        record.next = free;
        std::mem::take(&mut record.text)
    }

    /// Whether a slot in use stands in the order of writing.
    pub(super) fn is_ordered(&self, slot: Slot) -> bool {
        self.record(slot).prev != UNORDERED
    }

    /// The hash of the key.
    pub(super) fn hash(&self, slot: Slot) -> u32 {
        self.record(slot).hash
    }

    /// The key.
    pub(super) fn units(&self, slot: Slot) -> Units<'_> {
        self.record(slot).text.units()
    }

    /// When the entry was written, or what stands for it.
    pub(super) fn stamp(&self, slot: Slot) -> f64 {
        self.record(slot).stamp
    }

    pub(super) fn set_stamp(&mut self, slot: Slot, stamp: f64) {
        self.record_mut(slot).stamp = stamp;
    }

    /// The slot written longest ago.
    pub(super) fn oldest(&self) -> Option<Slot> {
        let slot = self.record(NO_SLOT).next;
        (slot != NO_SLOT).then_some(slot)
    }

    /// Slots in use whose keys match, in the order of memory.
    pub(super) fn matching(&self, pattern: &Pattern) -> Vec<Slot> {
        let mut matching = Vec::new();
        for (chunk, records) in self.chunks.iter().enumerate() {
            for (index, record) in records.iter().enumerate() {
                if record.prev != FREE && pattern.matches(record.text.units()) {
                    matching.push((chunk * CHUNK + index) as Slot);
                }
            }
        }
        // The sentinel is in use, and its text is empty.
        matching.retain(|&slot| slot != NO_SLOT);
        matching
    }

    /// Bytes held for the records.
    pub(super) fn bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<Record>()
    }

    /// Takes a slot out of the order.
    pub(super) fn unlink(&mut self, slot: Slot) {
        let Record { prev, next, .. } = *self.record(slot);
        debug_assert!(prev < UNORDERED, "slot {slot} is not in order");
        self.record_mut(prev).next = next;
        self.record_mut(next).prev = prev;
        self.record_mut(slot).prev = UNORDERED;
    }

    /// Makes a slot the newest in order.
    pub(super) fn append(&mut self, slot: Slot) {
        let newest = std::mem::replace(&mut self.record_mut(NO_SLOT).prev, slot);
        self.record_mut(newest).next = slot;
        let record = self.record_mut(slot);
        record.prev = newest;
        record.next = NO_SLOT;
    }
}

#[cfg(test)]
impl Slots {
    /// Slots in order, oldest write first; panics unless every slot is in that order, free, or one
    /// of the `unordered`.
    pub(super) fn validate(&self, unordered: &[Slot]) -> Vec<Slot> {
        let mut ordered = Vec::new();
        let (mut prev, mut slot) = (NO_SLOT, self.record(NO_SLOT).next);
        while slot != NO_SLOT {
            assert_eq!(
                self.record(slot).prev,
                prev,
                "slot {slot} points back to its predecessor"
            );
            ordered.push(slot);
            (prev, slot) = (slot, self.record(slot).next);
        }
        assert_eq!(
            self.record(NO_SLOT).prev,
            prev,
            "the newest slot ends the order"
        );
        let mut free = 0;
        let mut slot = self.free;
        while slot != NO_SLOT {
            assert_eq!(self.record(slot).prev, FREE, "slot {slot} is marked free");
            free += 1;
            slot = self.record(slot).next;
        }
        for &slot in unordered {
            assert_eq!(
                self.record(slot).prev,
                UNORDERED,
                "slot {slot} is in no order"
            );
        }
        let accounted = ordered.len() + unordered.len() + free + 1;
        assert_eq!(accounted, self.unused as usize, "no slot is lost");
        let all = self.matching(&Pattern::prefix(&[]));
        assert_eq!(all.len(), ordered.len() + unordered.len());
        ordered
    }

    pub(super) const RECORD_BYTES: usize = size_of::<Record>();
}
