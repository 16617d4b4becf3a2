//! Which slot a key has, for policies that keep their order elsewhere: a hash table of slots, four bytes
//! each. The hashes are in the records, where the keys are.
//!
//! A table that grows moves all of its entries: 50 ms for a million. So this one consists of small
//! segments and grows by one at a time, which takes half of the entries of another (linear hashing; Litwin,
//! VLDB 1980). Its density stays about the same at any size, and what removals leave behind in a
//! segment is cleaned up with that segment.

use hashbrown::HashTable;

use super::slots::{Slot, Slots};
use super::units::Units;

/// Entries to a segment on average. One that is yet to be divided has up to twice as many, which take
/// 1,024 buckets; 7 of 8 can be filled. Tests come to more with less.
const SEGMENT: usize = if cfg!(test) { 10 } else { 400 };

/// The bits of a hash from here on number the segment; those below choose the bucket in it.
const BUCKET_BITS: u32 = 11;

pub(super) struct Index {
    segments: Vec<HashTable<Slot>>,
    len: usize,
}

impl Index {
    pub(super) fn new() -> Self {
        Index {
            segments: vec![HashTable::new()],
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The slot of a key.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let segment = &self.segments[home(hash, self.segments.len())];
        let found = segment.find(spread(hash), |&slot| slots.units(slot) == key);
        found.copied()
    }

    /// Adds a slot. Its key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32, slots: &Slots) {
        if self.len >= self.segments.len() * SEGMENT {
            self.divide(slots);
        }
        let segments = self.segments.len();
        let segment = &mut self.segments[home(hash, segments)];
        segment.insert_unique(spread(hash), slot, |&slot| spread(slots.hash(slot)));
        self.len += 1;
    }

    /// Removes a key; returns its slot.
    pub(super) fn remove(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        self.take(hash, |slot| slots.units(slot) == key)
    }

    /// Removes a slot; whether it was there.
    pub(super) fn remove_at(&mut self, slot: Slot, hash: u32) -> bool {
        self.take(hash, |held| held == slot).is_some()
    }

    /// About how many bytes are in use.
    pub(super) fn bytes(&self) -> usize {
        /// Buckets of four bytes and a tag, of which three fifths are in use.
        const ENTRY: usize = 5 * 5 / 3;
        let first = match &self.segments[..] {
            [only] => only.allocation_size(),
            _ => self.len * ENTRY,
        };
        first + self.segments.capacity() * size_of::<HashTable<Slot>>()
    }

    fn take(&mut self, hash: u32, is_wanted: impl Fn(Slot) -> bool) -> Option<Slot> {
        let segments = self.segments.len();
        let segment = &mut self.segments[home(hash, segments)];
        let entry = segment.find_entry(spread(hash), |&slot| is_wanted(slot));
        let (slot, _) = entry.ok()?.remove();
        self.len -= 1;
        Some(slot)
    }

    /// Adds a segment, with the entries that are at home there from now on.
    #[inline(never)]
    fn divide(&mut self, slots: &Slots) {
        let number = self.segments.len();
        let divided = &mut self.segments[number - (1 << number.ilog2())];
        let rehash = |&slot: &Slot| spread(slots.hash(slot));
        let mut added = HashTable::with_capacity(SEGMENT);
        let moves = |slot: &mut Slot| home(slots.hash(*slot), number + 1) == number;
        for slot in divided.extract_if(moves) {
            added.insert_unique(rehash(&slot), slot, rehash);
        }
        divided.shrink_to(SEGMENT, rehash);
        self.segments.push(added);
    }
}

/// The number of the segment in which a hash is at home. Segments are divided in turn: until it is a
/// segment's, entries stay with the one whose number lacks the highest bit.
fn home(hash: u32, segments: usize) -> usize {
    let mask = segments.next_power_of_two() - 1;
    let wanted = (hash >> BUCKET_BITS) as usize & mask;
    if wanted < segments {
        wanted
    } else {
        wanted & (mask >> 1)
    }
}

/// A segment takes the bucket from the low bits and a tag from the high ones of 64.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

#[cfg(test)]
impl Index {
    /// Panics unless all slots are where they are looked for; returns them in no order.
    pub(super) fn validate(&self, slots: &Slots) -> Vec<Slot> {
        let mut held = Vec::new();
        for (number, segment) in self.segments.iter().enumerate() {
            for &slot in segment {
                let home = home(slots.hash(slot), self.segments.len());
                assert_eq!(home, number, "slot {slot} is in its segment");
                held.push(slot);
            }
        }
        assert_eq!(held.len(), self.len, "entries are counted");
        held
    }
}
