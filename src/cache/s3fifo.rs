//! The policy `s3-fifo`, after Yang, Zhang, Qiu, Yue and Rashmi, "FIFO queues are all you need for cache
//! eviction" (SOSP 2023).
//!
//! New entries enter a small queue. Those used before they come to its end go on to the main queue; the
//! others are evicted, and their hashes remembered: an entry whose key comes again while it is remembered
//! enters the main queue at once. There, entries that were used go round again. So keys that come once
//! pass through the small queue, and push out nothing that is used.
//!
//! A use is a counter in the entry's record and moves nothing; entries are moved when room is needed.
//!
//! Beyond the paper, by measurement on public traces (docs/decisions): uses that follow soon upon an entry's coming
//! do not count, since many keys are used several times at once and never again; and one in some hundred of
//! the unused goes on all the same, so that something is kept of a loop that is longer than the cache.

use super::fifo::{Fifo, Links};
use super::fifo_walk::FifoWalk;
use super::history::History;
use super::index::Index;
use super::policy::Excess;
use super::slots::{Slot, Slots};
use super::units::Units;

/// The small queue's share of the cache is one in so many.
pub(super) const SMALL: usize = 8;

/// Sums of weights are rounded, each in its own way: what is this near to its share has reached it.
pub(super) const ROUNDED: f64 = 1.0 + 1e-9;

/// An entry is fresh for so many uses and insertions of others as one in so many of the entries held.
pub(super) const FRESH: usize = if cfg!(test) { 4 } else { 16 };

/// One in so many of the entries that leave the small queue unused goes on to the main one.
pub(super) const LUCKY: u32 = if cfg!(test) { 5 } else { 128 };

/// Entries that are moved, at the most, for one that is evicted. A move costs less than a tenth of a microsecond.
/// Where all of so many were used, one is as good as the other.
const MOST_MOVED: usize = 1_000;

/// An entry's mark, of 24 bits: its uses, up to three; whether it is in the main queue; and in the small one
/// the number of the request with which it came. The numbers come round: an old entry then seems fresh for
/// a while, and a use of it more or less does not count.
const USES: u32 = 0b011;
const MAIN: u32 = 0b100;
const NUMBER_SHIFT: u32 = 3;
const NUMBERS: u32 = 1 << 21;

/// Nothing is fresh for longer, in whatever cache, so that at most every eighth use is taken for a fresh entry's.
const LONGEST_FRESH: usize = NUMBERS as usize / 8;

pub(super) struct S3Fifo {
    index: Index,
    small: Fifo,
    main: Fifo,
    links: Links,
    history: History,
    /// Uses and insertions, which are what time is counted in.
    requests: u32,
    /// Entries that have left the small queue unused.
    unused: u32,
    walk: Option<Box<FifoWalk<2>>>,
}

impl S3Fifo {
    pub(super) fn new() -> Self {
        S3Fifo {
            index: Index::new(),
            small: Fifo::default(),
            main: Fifo::default(),
            links: Links::default(),
            history: History::default(),
            requests: 0,
            unused: 0,
            walk: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// The slot of a key.
    pub(super) fn find(&self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        self.index.find(key, hash, slots)
    }

    /// The slot of a key, whose entry is used.
    pub(super) fn hit(&mut self, key: Units<'_>, hash: u32, slots: &mut Slots) -> Option<Slot> {
        let slot = self.index.find(key, hash, slots)?;
        self.hit_at(slot, slots);
        Some(slot)
    }

    /// Counts a use of the entry in this slot, unless it is fresh.
    pub(super) fn hit_at(&mut self, slot: Slot, slots: &mut Slots) {
        self.requests = self.requests.wrapping_add(1);
        let mark = slots.mark(slot);
        if mark & USES < USES && (mark & MAIN != 0 || !self.is_fresh(mark)) {
            slots.set_mark(slot, mark + 1);
        }
    }

    /// Adds an entry. The key must have none.
    pub(super) fn insert(&mut self, slot: Slot, hash: u32, slots: &mut Slots) {
        self.index.insert(slot, hash, slots);
        self.requests = self.requests.wrapping_add(1);
        if self.history.recall(hash, self.index.len()) {
            slots.set_mark(slot, MAIN);
        } else {
            slots.set_mark(slot, (self.requests % NUMBERS) << NUMBER_SHIFT);
        }
        let (queue, links) = self.queue(slot, slots);
        queue.push(slot, links);
    }

    /// Adds an entry that another store held: those that are listed first were in the small queue.
    pub(super) fn load(&mut self, slot: Slot, hash: u32, is_proven: bool, slots: &mut Slots) {
        self.index.insert(slot, hash, slots);
        let mark = if is_proven {
            MAIN
        } else {
            (self.requests % NUMBERS) << NUMBER_SHIFT
        };
        slots.set_mark(slot, mark);
        let (queue, links) = self.queue(slot, slots);
        queue.push(slot, links);
    }

    /// Removes the entry of a key; returns its slot.
    pub(super) fn remove(&mut self, key: Units<'_>, hash: u32, slots: &Slots) -> Option<Slot> {
        let slot = self.index.remove(key, hash, slots)?;
        self.unlink(slot, slots);
        Some(slot)
    }

    /// Removes the entry in this slot; whether there was one.
    pub(super) fn remove_at(&mut self, slot: Slot, hash: u32, slots: &Slots) -> bool {
        let removed = self.index.remove_at(slot, hash);
        if removed {
            self.unlink(slot, slots);
        }
        removed
    }

    /// Removes the entry that is to make room, another than the one in the slot `kept`; returns its slot.
    pub(super) fn evict(
        &mut self,
        kept: Option<Slot>,
        excess: Excess,
        slots: &mut Slots,
        weights: &[f64],
    ) -> Option<Slot> {
        let mut victim = self.candidate(kept, excess)?;
        for _ in 0..MOST_MOVED {
            if !self.spare(victim, slots, weights) {
                break;
            }
            victim = self.candidate(kept, excess)?;
        }
        let hash = slots.hash(victim);
        if slots.mark(victim) & MAIN == 0 {
            self.history.remember(hash, self.len());
        }
        self.remove_at(victim, hash, slots);
        Some(victim)
    }

    /// Notes that the entry in this slot weighs more, or less, than before.
    pub(super) fn weigh(&mut self, slot: Slot, more: f64, slots: &Slots) {
        let (queue, _) = self.queue(slot, slots);
        queue.weigh(more);
    }

    /// Gets ready for a walk over all entries.
    pub(super) fn begin_walk(&mut self) {
        self.walk = Some(Box::new(FifoWalk::new([&self.small, &self.main])));
    }

    /// The slots of some entries of a walk, each once: in the order of the queues, but last those that were moved before
    /// their turn. Those of slots that have come free meanwhile are for the caller to tell. `None` at the end.
    pub(super) fn walk_some(&mut self, most: usize) -> Option<Vec<Slot>> {
        let slots = self.walk.as_mut()?.step(most, &self.links);
        (!slots.is_empty()).then_some(slots)
    }

    /// Gives a walk up.
    pub(super) fn end_walk(&mut self) {
        self.walk = None;
    }

    /// All slots, in the order in which they come to the ends of the queues: the small one's, then the main
    /// one's.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        self.small
            .iter(&self.links)
            .chain(self.main.iter(&self.links))
    }

    /// The same, but what is unused in the small queue before what was used.
    pub(super) fn iter_by_worth(&self, slots: &Slots) -> impl Iterator<Item = Slot> {
        let small = |is_proven| {
            self.small
                .iter(&self.links)
                .filter(move |&slot| Self::is_proven(slot, slots) == is_proven)
        };
        let main = self.main.iter(&self.links);
        small(false).chain(small(true)).chain(main)
    }

    /// Whether an entry was used, or has been.
    pub(super) fn is_proven(slot: Slot, slots: &Slots) -> bool {
        slots.mark(slot) & (MAIN | USES) != 0
    }

    /// About how many bytes are in use.
    pub(super) fn bytes(&self) -> usize {
        let walk = self.walk.as_ref().map_or(0, |walk| walk.bytes());
        self.index.bytes() + self.links.bytes() + self.history.bytes() + walk
    }

    /// What is at the end of the queue whose turn it is.
    fn candidate(&self, kept: Option<Slot>, excess: Excess) -> Option<Slot> {
        let first = |queue: &Fifo| {
            let first = queue.first()?;
            if Some(first) == kept {
                return self.links.next(first);
            }
            Some(first)
        };
        let (small, main) = (&self.small, &self.main);
        let is_due = match excess {
            // Rounded to the nearest number, and no less than two: the only one would go with the next that comes.
            Excess::Entries => small.len > 1 && small.len * SMALL + SMALL / 2 > self.len(),
            Excess::Weight => small.weight * SMALL as f64 * ROUNDED >= small.weight + main.weight,
        };
        if is_due {
            first(small).or_else(|| first(main))
        } else {
            first(main).or_else(|| first(small))
        }
    }

    /// Moves an entry on instead of having it evicted, if its uses have earned it that, or chance.
    fn spare(&mut self, slot: Slot, slots: &mut Slots, weights: &[f64]) -> bool {
        let mark = slots.mark(slot);
        let is_used = mark & USES != 0;
        if mark & MAIN != 0 {
            if is_used {
                self.move_on(slot, slots, mark - 1);
            }
            return is_used;
        }
        self.unused = self.unused.wrapping_add(u32::from(!is_used));
        let goes_on = is_used || self.unused.is_multiple_of(LUCKY);
        if goes_on {
            self.move_on(slot, slots, MAIN);
            if let Some(weight) = weights.get(slot as usize) {
                self.small.weigh(-weight);
                self.main.weigh(*weight);
            }
        }
        goes_on
    }

    /// Moves an entry to the end of the main queue, with this mark.
    fn move_on(&mut self, slot: Slot, slots: &mut Slots, mark: u32) {
        if let Some(walk) = &mut self.walk {
            walk.moves(slot, queue_of(slot, slots), &self.links);
        }
        let (queue, links) = self.queue(slot, slots);
        queue.remove(slot, links);
        slots.set_mark(slot, mark);
        self.main.push(slot, &mut self.links);
    }

    /// Whether an entry of the small queue with this mark has just come.
    fn is_fresh(&self, mark: u32) -> bool {
        let age = self.requests.wrapping_sub(mark >> NUMBER_SHIFT) % NUMBERS;
        (age as usize) < (self.len() / FRESH).min(LONGEST_FRESH)
    }

    fn unlink(&mut self, slot: Slot, slots: &Slots) {
        if let Some(walk) = &mut self.walk {
            walk.removes(slot, queue_of(slot, slots), &self.links);
        }
        let (queue, links) = self.queue(slot, slots);
        queue.remove(slot, links);
    }

    /// The queue in which a slot is, or was last.
    fn queue(&mut self, slot: Slot, slots: &Slots) -> (&mut Fifo, &mut Links) {
        let queue = match queue_of(slot, slots) {
            0 => &mut self.small,
            _ => &mut self.main,
        };
        (queue, &mut self.links)
    }
}

/// The number of the queue in which a slot is, or was last: 0 for the small one, 1 for the main one.
fn queue_of(slot: Slot, slots: &Slots) -> usize {
    usize::from(slots.mark(slot) & MAIN != 0)
}

#[cfg(test)]
impl S3Fifo {
    /// Panics unless index, queues, marks and weights tell the same story.
    pub(super) fn validate(&self, slots: &Slots, weights: &[f64]) {
        let mut indexed = self.index.validate(slots);
        let mut queued = Vec::new();
        for (queue, mark) in [(&self.small, 0), (&self.main, MAIN)] {
            let held = queue.validate(&self.links);
            for &slot in &held {
                assert_eq!(slots.mark(slot) & MAIN, mark, "slot {slot} knows its queue");
            }
            let weight = |&slot: &Slot| weights.get(slot as usize).copied().unwrap_or(0.0);
            let sum: f64 = held.iter().map(weight).sum();
            assert!((queue.weight - sum).abs() < 1e-9, "weights are added up");
            queued.extend(held);
        }
        indexed.sort_unstable();
        queued.sort_unstable();
        assert_eq!(queued, indexed, "every entry is in one queue");
    }
}
