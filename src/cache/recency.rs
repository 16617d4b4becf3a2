//! The policy `lru`. Map and order of use are both the crate's: which slot a key has, and which entry
//! was used longest ago.
//!
//! A hash table that grows moves all of its entries: 50 ms for a million. So a large one is not
//! grown but followed by another one, into which the entries go a few at a time. Those that
//! are still in the former one are those used longest ago.
//!
//! A table must grow, or clean itself up, which takes as long, not only when it is full: in a crowded
//! one most removals leave a mark that takes up room, too. The marks cannot be counted from here, but
//! there is room for as many entries to come in as the table was made for, whatever is removed
//! meanwhile. One that was never crowded has next to no marks.
//!
//! What belongs to an entry is in its slot's record; limits and counters are the store's.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::key::{Comparable, Handle, Probe, SpreadState};
use super::slots::{Slot, Slots};
use super::units::Units;

type Entries = LruCache<Handle, (), SpreadState>;

/// As many entries fill a table of 32,768 buckets to the point at which it would double. Up to
/// here it grows by itself, which takes less than 2 ms. Tests come to more with less.
const GROWN: usize = if cfg!(test) { 14 } else { 28_672 };

/// Entries that follow with each that is added: the former table is empty long before the present
/// one is full.
const MOVED_AT_ONCE: usize = 4;

/// Entries that are moved in one step before a walk, in a millisecond.
const PREPARED_AT_ONCE: usize = if cfg!(test) { 4 } else { 1_024 };

pub(super) struct Recency {
    entries: Entries,
    /// The table before this one, while it has entries.
    former: Option<Box<Entries>>,
    /// So many entries fill the table.
    room: usize,
    /// How many have come into it.
    entered: usize,
    /// Whether it was ever so full that removals leave marks.
    crowded: bool,
    walk: Option<Box<Walk>>,
}

/// A walk over all entries in steps. The table has no place to go on from. But what growth does visits every
/// entry and leaves their order as it is: so another table follows this one, and each step moves some entries.
#[derive(Default)]
struct Walk {
    /// Whether the former table is the one that is walked over.
    is_over_former: bool,
    /// What has left the former table before its turn: it was used, removed, or moved by growth. In the order of that.
    escaped: Vec<Slot>,
    /// How many of these have been visited.
    visited: usize,
}

/// Where the entries of a step of a walk stand in the order of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before those of the steps so far.
    Before,
    /// After them.
    After,
}

impl Recency {
    pub(super) fn new() -> Self {
        Recency {
            entries: LruCache::unbounded_with_hasher(SpreadState::default()),
            former: None,
            room: GROWN,
            entered: 0,
            crowded: false,
            walk: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len() + self.former.as_ref().map_or(0, |former| former.len())
    }

    /// The slot of a key.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let probe = Probe::of(key, hash, slots);
        let probe_in = |entries: &Entries| entries.contains(&probe as &dyn Comparable);
        let found = probe_in(&self.entries) || self.former.as_deref().is_some_and(probe_in);
        found.then(|| probe.found_slot())
    }

    /// The slot of a key, which becomes the one used last.
    pub(super) fn hit(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let probe = Probe::of(key, hash, slots);
        if let Some((handle, ())) = self.entries.get_key_value(&probe as &dyn Comparable) {
            return Some(handle.slot);
        }
        self.former.as_ref()?;
        self.hit_former(&probe)
    }

    /// Mostly there is no former table, and a miss is quick without what this would take inlined.
    #[inline(never)]
    fn hit_former(&mut self, probe: &Probe<'_>) -> Option<Slot> {
        let handle = self.take_former(probe)?;
        self.enter(handle);
        Some(handle.slot)
    }

    /// Makes the entry in this slot the one used last.
    pub(super) fn hit_at(&mut self, slot: Slot, hash: u32) {
        let probe = Probe::at(slot, hash);
        if !self.entries.promote(&probe as &dyn Comparable)
            && let Some(handle) = self.take_former(&probe)
        {
            self.enter(handle);
        }
    }

    /// Adds an entry as the one used last. The key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32) {
        if self.former.is_some() {
            self.move_some();
        } else if self.is_used_up() {
            self.follow();
        }
        self.enter(Handle { hash, slot });
    }

    /// Removes the entry of a key; returns its slot.
    pub(super) fn remove(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        self.take(&Probe::of(key, hash, slots))
    }

    /// Removes the entry in this slot; whether there was one.
    pub(super) fn remove_at(&mut self, slot: Slot, hash: u32) -> bool {
        self.take(&Probe::at(slot, hash)).is_some()
    }

    /// Removes the entry used longest ago, other than the one in the slot `kept`; returns its slot.
    pub(super) fn evict(&mut self, kept: Option<Slot>, slots: &Slots) -> Option<Slot> {
        let victim = self.iter().find(|&slot| Some(slot) != kept)?;
        self.take(&Probe::at(victim, slots.hash(victim)))
    }

    /// Gets ready for a walk, in steps of their own while a table follows another; whether that was the last.
    pub(super) fn begin_walk(&mut self) -> bool {
        self.walk = None;
        for _ in 0..PREPARED_AT_ONCE / MOVED_AT_ONCE {
            if self.former.is_none() {
                break;
            }
            self.move_some();
        }
        if self.former.is_some() {
            return false;
        }
        let mut walk = Walk::default();
        if self.len() <= GROWN {
            walk.escaped = self.iter().collect();
        } else {
            self.follow();
            walk.is_over_former = true;
        }
        self.walk = Some(Box::new(walk));
        true
    }

    /// Visits up to `most` entries of a walk, each once and those used longest ago first. Those of slots that have
    /// come free meanwhile are for the caller to tell. `None` at the end.
    pub(super) fn walk_some(&mut self, most: usize) -> Option<(Vec<Slot>, Side)> {
        let mut slots = Vec::new();
        while slots.len() < most
            && self.walk.as_ref()?.is_over_former
            && let Some(handle) = self.pop_former()
        {
            self.enter_first(handle);
            slots.push(handle.slot);
        }
        if !slots.is_empty() {
            slots.reverse();
            return Some((slots, Side::Before));
        }
        let walk = self.walk.as_mut()?;
        let from = walk.visited;
        let to = walk.escaped.len().min(from + most);
        walk.visited = to;
        (from < to).then(|| (walk.escaped[from..to].to_vec(), Side::After))
    }

    /// Gives a walk up.
    pub(super) fn end_walk(&mut self) {
        self.walk = None;
    }

    /// All slots, the one used longest ago first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        let tables = self.former.as_deref().into_iter().chain([&self.entries]);
        tables.flat_map(|table| table.iter().rev().map(|(handle, ())| handle.slot))
    }

    /// About how many bytes are in use.
    pub(super) fn bytes(&self) -> usize {
        /// An entry's node: handle, two list pointers, the allocator's word.
        const NODE: usize = size_of::<Handle>() + 3 * size_of::<usize>();
        /// A bucket of the map: two pointers and a tag, at most 7 of 8 in use.
        const BUCKET: usize = 2 * size_of::<usize>() + 1;
        // A table as it is on average: half of what a new one takes was not written yet.
        let buckets = self.len() * 12 / 7;
        // The list has a node at either end.
        (self.len() + 2) * NODE + buckets * BUCKET
    }

    fn enter(&mut self, handle: Handle) {
        self.entries.put(handle, ());
        self.entered += 1;
        self.crowded |= is_crowded(self.entries.len(), self.room);
    }

    /// Whether the table may have to grow, or to clean itself up, for another entry.
    fn is_used_up(&self) -> bool {
        if self.room == GROWN {
            // It does so in little time.
            return self.entries.len() == GROWN;
        }
        self.crowded && self.entered >= self.room
    }

    /// Has a table follow that is not crowded.
    fn follow(&mut self) {
        if is_crowded(self.entries.len(), self.room) {
            self.room *= 2;
        }
        let next = LruCache::with_hasher(
            NonZeroUsize::MIN.saturating_add(self.room - 1),
            SpreadState::default(),
        );
        self.former = Some(Box::new(std::mem::replace(&mut self.entries, next)));
        self.entered = 0;
        self.crowded = false;
    }

    fn take(&mut self, probe: &Probe<'_>) -> Option<Slot> {
        if let Some((handle, ())) = self.entries.pop_entry(probe as &dyn Comparable) {
            return Some(handle.slot);
        }
        self.take_former(probe).map(|handle| handle.slot)
    }

    fn take_former(&mut self, probe: &Probe<'_>) -> Option<Handle> {
        let former = self.former.as_mut()?;
        let (handle, ()) = former.pop_entry(probe as &dyn Comparable)?;
        escape(&mut self.walk, handle);
        if former.is_empty() {
            self.end_former();
        }
        Some(handle)
    }

    /// The entry of the former table that was used last.
    fn pop_former(&mut self) -> Option<Handle> {
        let popped = self.former.as_mut()?.pop_mru();
        if popped.is_none() {
            self.end_former();
        }
        popped.map(|(handle, ())| handle)
    }

    fn end_former(&mut self) {
        self.former = None;
        if let Some(walk) = &mut self.walk {
            walk.is_over_former = false;
        }
    }

    /// Moves the entries of the former table that were used last: before those in this one.
    fn move_some(&mut self) {
        for _ in 0..MOVED_AT_ONCE {
            let Some(handle) = self.pop_former() else {
                return;
            };
            escape(&mut self.walk, handle);
            self.enter_first(handle);
        }
    }

    /// Adds an entry as the one used longest ago.
    fn enter_first(&mut self, handle: Handle) {
        self.enter(handle);
        self.entries
            .demote(&Probe::at(handle.slot, handle.hash) as &dyn Comparable);
    }
}

/// Notes what leaves the former table before its turn in a walk.
fn escape(walk: &mut Option<Box<Walk>>, handle: Handle) {
    if let Some(walk) = walk
        && walk.is_over_former
    {
        walk.escaped.push(handle.slot);
    }
}

/// Beyond three fifths of its room, which is half of its buckets, a table has runs of full buckets as long
/// as removals need to leave a mark.
fn is_crowded(entries: usize, room: usize) -> bool {
    entries * 5 > room * 3
}

#[cfg(test)]
impl Recency {
    /// Panics if the table may have been grown or cleaned up as a whole.
    pub(super) fn validate(&self) {
        let fits = self.entered <= self.room || !self.crowded;
        assert!(
            fits || self.room == GROWN,
            "{} entries came into a table for {}",
            self.entered,
            self.room
        );
    }
}
