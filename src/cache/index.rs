//! Which slot a key has, for policies that keep their order elsewhere: a hash table of slots, four bytes
//! and a tag of one byte each. The hashes are in the records, where the keys are.
//!
//! Twelve slots with their tags fill one cache line, so that a lookup reads one of them and then the record.
//! What finds its line full goes into the next; the line counts what has passed it on, so that a lookup
//! knows whether to go on, and removals leave no marks.
//!
//! A table that grows moves all of its entries: 50 ms for a million. So this one consists of small
//! segments and grows by one at a time, which takes half of the entries of another (linear hashing; Litwin,
//! VLDB 1980). A segment has as many lines as it needs, in sizes that allocators have: four
//! between a power of two and the next.

use super::slots::{NO_SLOT, Slot, Slots};
use super::units::Units;

/// Entries to a segment on average. One that is yet to be divided has up to twice as many. Tests come to
/// more with less.
const SEGMENT: usize = if cfg!(test) { 20 } else { 400 };

/// The bits of a hash from here on number the segment; those below choose the line in it.
const LINE_BITS: u32 = 11;

/// Slots in a line.
const LINE: usize = 12;

/// Of a hundred slots of a segment so many are filled at most. In fuller ones more lookups go on to a second line: with 90
/// a miss took half as long again.
const FILLED: usize = 80;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line {
    slots: [Slot; LINE],
    /// Tags of slots, a byte each: of the first eight slots.
    tags: u64,
    /// Of the others.
    more_tags: u32,
    /// Entries that came here and were passed on, those that began in a line before included.
    passed: u32,
}

#[derive(Default)]
struct Segment {
    lines: Box<[Line]>,
    len: u32,
}

pub(super) struct Index {
    segments: Vec<Segment>,
    len: usize,
    lines: usize,
}

impl Index {
    pub(super) fn new() -> Self {
        Index {
            segments: vec![Segment::default()],
            len: 0,
            lines: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The slot of a key.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let segment = &self.segments[home(hash, self.segments.len())];
        let (_, _, slot) = segment.find(hash, |slot| slots.units(slot) == key)?;
        Some(slot)
    }

    /// Adds a slot. Its key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32, slots: &Slots) {
        if self.len >= self.segments.len() * SEGMENT {
            self.divide(slots);
        }
        let segments = self.segments.len();
        let segment = &mut self.segments[home(hash, segments)];
        if segment.len as usize >= filled(segment.lines.len()) {
            self.lines -= segment.lines.len();
            let former = std::mem::replace(segment, Segment::for_entries(segment.len as usize + 1));
            for (slot, hash) in former.entries(slots) {
                segment.insert(slot, hash);
            }
            self.lines += segment.lines.len();
        }
        segment.insert(slot, hash);
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

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.lines * size_of::<Line>() + self.segments.capacity() * size_of::<Segment>()
    }

    fn take(&mut self, hash: u32, is_wanted: impl Fn(Slot) -> bool) -> Option<Slot> {
        let segments = self.segments.len();
        let slot = self.segments[home(hash, segments)].remove(hash, is_wanted)?;
        self.len -= 1;
        Some(slot)
    }

    /// Adds a segment, with the entries that are at home there from now on.
    #[inline(never)]
    fn divide(&mut self, slots: &Slots) {
        let number = self.segments.len();
        let divided = &mut self.segments[number - (1 << number.ilog2())];
        let entries: Vec<(Slot, u32)> = divided.entries(slots).collect();
        let moves = |hash: u32| home(hash, number + 1) == number;
        let moved = entries.iter().filter(|&&(_, hash)| moves(hash)).count();
        let mut added = Segment::for_entries(moved);
        self.lines -= divided.lines.len();
        *divided = Segment::for_entries(entries.len() - moved);
        self.lines += divided.lines.len() + added.lines.len();
        for (slot, hash) in entries {
            let segment = if moves(hash) {
                &mut added
            } else {
                &mut *divided
            };
            segment.insert(slot, hash);
        }
        self.segments.push(added);
    }
}

impl Segment {
    /// An empty one with room for so many.
    fn for_entries(entries: usize) -> Self {
        let mut lines = 0;
        while filled(lines) < entries {
            // 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ...
            lines += (1_usize << lines.max(1).ilog2()).div_ceil(4);
        }
        Segment {
            lines: vec![Line::EMPTY; lines].into(),
            len: 0,
        }
    }

    /// Slots and hashes.
    fn entries(&self, slots: &Slots) -> impl Iterator<Item = (Slot, u32)> {
        let held = self.lines.iter().flat_map(|line| line.slots);
        held.filter(|&slot| slot != NO_SLOT)
            .map(|slot| (slot, slots.hash(slot)))
    }

    /// The line, the place in it and the slot that is wanted of those with the same tag.
    #[inline]
    fn find(&self, hash: u32, is_wanted: impl Fn(Slot) -> bool) -> Option<(usize, usize, Slot)> {
        let tag = tag(hash);
        let mut number = self.first_line(hash);
        let mut line = self.lines.get(number)?;
        for _ in 0..self.lines.len() {
            for place in line.places_with(tag) {
                let slot = line.slots[place];
                if is_wanted(slot) {
                    return Some((number, place, slot));
                }
            }
            if line.passed == 0 {
                break;
            }
            number = self.line_after(number);
            line = &self.lines[number];
        }
        None
    }

    /// Adds a slot. There must be room.
    fn insert(&mut self, slot: Slot, hash: u32) {
        let mut number = self.first_line(hash);
        loop {
            let line = &mut self.lines[number];
            if let Some(place) = line.places_with(EMPTY).next() {
                line.put(place, slot, tag(hash));
                break;
            }
            line.passed += 1;
            number = self.line_after(number);
        }
        self.len += 1;
    }

    /// Removes the slot that is wanted of those with the same tag.
    fn remove(&mut self, hash: u32, is_wanted: impl Fn(Slot) -> bool) -> Option<Slot> {
        let (last, place, slot) = self.find(hash, is_wanted)?;
        let mut number = self.first_line(hash);
        while number != last {
            self.lines[number].passed -= 1;
            number = self.line_after(number);
        }
        self.lines[last].put(place, NO_SLOT, EMPTY);
        self.len -= 1;
        Some(slot)
    }

    fn first_line(&self, hash: u32) -> usize {
        let chosen = hash as usize & ((1 << LINE_BITS) - 1);
        (chosen * self.lines.len()) >> LINE_BITS
    }

    fn line_after(&self, number: usize) -> usize {
        if number + 1 == self.lines.len() {
            0
        } else {
            number + 1
        }
    }
}

/// The tag of a place without a slot.
const EMPTY: u8 = 0;

impl Line {
    const EMPTY: Line = Line {
        slots: [NO_SLOT; LINE],
        tags: 0,
        more_tags: 0,
        passed: 0,
    };

    /// The places with this tag.
    fn places_with(&self, tag: u8) -> Places {
        /// Each byte that is 0 gets its highest bit.
        const fn zeros(bytes: u64) -> u64 {
            const LOW: u64 = EACH * 0x7f;
            !(((bytes & LOW) + LOW) | bytes | LOW)
        }
        const EACH: u64 = u64::MAX / 255;
        let wanted = u64::from(tag) * EACH;
        let first = zeros(self.tags ^ wanted) >> 7;
        let others = zeros(u64::from(self.more_tags) ^ wanted) & u64::from(u32::MAX);
        Places(first | others >> 6)
    }

    fn put(&mut self, place: usize, slot: Slot, tag: u8) {
        self.slots[place] = slot;
        if place < 8 {
            let mut tags = self.tags.to_le_bytes();
            tags[place] = tag;
            self.tags = u64::from_le_bytes(tags);
        } else {
            let mut tags = self.more_tags.to_le_bytes();
            tags[place - 8] = tag;
            self.more_tags = u32::from_le_bytes(tags);
        }
    }
}

/// Places in a line: of the first eight the lowest bit in a byte of each, of the others the one above.
struct Places(u64);

impl Iterator for Places {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0.wrapping_sub(1);
        // Without a branch: which of the two it is cannot be foreseen.
        (bit < 64).then_some(bit / 8 + bit % 8 * 8)
    }
}

/// So many entries fill so many lines.
fn filled(lines: usize) -> usize {
    lines * LINE * FILLED / 100
}

/// What tells entries of a line apart. The product mixes in bits that chose neither segment nor line.
fn tag(hash: u32) -> u8 {
    let mixed = hash.wrapping_mul(0x9e37_79b1) >> 24;
    (mixed as u8).max(EMPTY + 1)
}

/// The number of the segment in which a hash is at home. Segments are divided in turn: until it is a
/// segment's, entries stay with the one whose number lacks the highest bit.
fn home(hash: u32, segments: usize) -> usize {
    let mask = segments.next_power_of_two() - 1;
    let wanted = (hash >> LINE_BITS) as usize & mask;
    if wanted < segments {
        wanted
    } else {
        wanted & (mask >> 1)
    }
}

#[cfg(test)]
impl Index {
    /// Panics unless all slots are where they are looked for; returns them in no order.
    pub(super) fn validate(&self, slots: &Slots) -> Vec<Slot> {
        let mut held = Vec::new();
        let mut lines = 0;
        for (number, segment) in self.segments.iter().enumerate() {
            let mut passed = vec![0; segment.lines.len()];
            for (slot, hash) in segment.entries(slots) {
                let home = home(hash, self.segments.len());
                assert_eq!(home, number, "slot {slot} is in its segment");
                let found = segment.find(hash, |found| found == slot);
                let (last, ..) = found.expect("a slot is found");
                let mut line = segment.first_line(hash);
                while line != last {
                    passed[line] += 1;
                    line = segment.line_after(line);
                }
                held.push(slot);
            }
            let counted: Vec<u32> = segment.lines.iter().map(|line| line.passed).collect();
            assert_eq!(counted, passed, "what is passed on is counted");
            lines += segment.lines.len();
        }
        assert_eq!(held.len(), self.len, "entries are counted");
        let counted: u32 = self.segments.iter().map(|segment| segment.len).sum();
        assert_eq!(
            counted as usize, self.len,
            "entries of segments are counted"
        );
        assert_eq!(lines, self.lines, "lines are counted");
        held
    }
}
