//! The map and the order of use, both `lru`'s: which slot a key has, and which entry was used
//! longest ago.
//!
//! What belongs to an entry is in its slot's record; limits and counters are the store's.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::key::{Comparable, Handle, Probe, SpreadState};
use super::slots::{Slot, Slots};
use super::units::Units;

/// As many entries fill a table of 32,768 buckets to the point at which it would double. Up to
/// here doubling takes less than 2 ms; from here on the table gets its final size at once.
const GROWN: usize = 28_672;

/// A table is made at once for at most so many entries: its tags, a byte per bucket, are written
/// when it is made.
const MOST_RESERVED: usize = 1 << 24;

pub(super) struct Recency {
    entries: LruCache<Handle, (), SpreadState>,
    /// The most entries that are expected; 0 is unlimited.
    expected: usize,
}

impl Recency {
    pub(super) fn new(max_size: f64) -> Self {
        Recency {
            entries: LruCache::unbounded_with_hasher(SpreadState::default()),
            expected: if max_size <= MOST_RESERVED as f64 {
                max_size as usize
            } else {
                0
            },
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The slot of a key.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let probe = Probe::of(key, hash, slots);
        self.entries.peek(&probe as &dyn Comparable)?;
        Some(probe.found_slot())
    }

    /// The slot of a key, which becomes the one used last.
    pub(super) fn hit(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let probe = Probe::of(key, hash, slots);
        let (handle, ()) = self.entries.get_key_value(&probe as &dyn Comparable)?;
        Some(handle.slot)
    }

    /// Makes the entry in this slot the one used last.
    pub(super) fn promote(&mut self, slot: Slot, hash: u32) {
        self.entries
            .promote(&Probe::at(slot, hash) as &dyn Comparable);
    }

    /// Adds an entry as the one used last. The key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32) {
        // More than expected are held only if a hook wrote while room was being made; `lru` would
        // evict by itself then.
        if self.entries.len() == GROWN && self.expected > GROWN {
            self.rebuild(LruCache::with_hasher(
                NonZeroUsize::MIN.saturating_add(self.expected),
                SpreadState::default(),
            ));
        } else if self.entries.len() == self.entries.cap().get() {
            self.expected = 0;
            self.rebuild(LruCache::unbounded_with_hasher(SpreadState::default()));
        }
        self.entries.put(Handle { hash, slot }, ());
    }

    /// Removes the entry of a key; returns its slot.
    pub(super) fn remove(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let probe = Probe::of(key, hash, slots);
        let (handle, ()) = self.entries.pop_entry(&probe as &dyn Comparable)?;
        Some(handle.slot)
    }

    /// Removes the entry in this slot; whether there was one.
    pub(super) fn remove_at(&mut self, slot: Slot, hash: u32) -> bool {
        let probe = Probe::at(slot, hash);
        self.entries.pop(&probe as &dyn Comparable).is_some()
    }

    /// All slots, the one used longest ago first.
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = Slot> {
        self.entries.iter().rev().map(|(handle, ())| handle.slot)
    }

    /// About how many bytes are in use. Of a table made for more entries than there are, the part
    /// that was never written takes no memory.
    pub(super) fn bytes(&self) -> usize {
        /// An entry's node: handle, two list pointers, the allocator's word.
        const NODE: usize = size_of::<Handle>() + 3 * size_of::<usize>();
        /// A bucket of the map: two pointers and a tag, at most 7 of 8 in use.
        const BUCKET: usize = 2 * size_of::<usize>() + 1;
        let buckets = (self.len() * 8 / 7).next_power_of_two();
        // The list has a node at either end.
        (self.len() + 2) * NODE + buckets * BUCKET
    }

    fn rebuild(&mut self, mut larger: LruCache<Handle, (), SpreadState>) {
        while let Some((handle, ())) = self.entries.pop_lru() {
            larger.put(handle, ());
        }
        self.entries = larger;
    }
}
