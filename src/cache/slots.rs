//! The records of entries by slot: key, stamp, and the queues in which they stand.
//!
//! A slot is the index of an entry's value in the array that JavaScript keeps. A record fills one
//! cache line; records lie side by side, so that a scan of all keys reads memory in order. They
//! are allocated in chunks, of which only the first ever moves: a small cache takes little, and a
//! large one copies nothing when it grows.

use super::units::{Text, Units};

/// Number of an entry's slot, from 1; 0 means "none".
pub type Slot = u32;

pub(super) const NO_SLOT: Slot = 0;

/// The most slots one cache can have. Results carry a slot and two flags in 31 bits.
pub const MAX_SLOTS: u32 = (1 << 29) - 1;

/// `prev` of a free slot.
const FREE: Slot = Slot::MAX;

/// `prev` of a slot that is in use but in no queue.
const UNORDERED: Slot = Slot::MAX - 1;

/// The number of a queue of entries, each in the order of writing. Queue 0 is always there.
pub(super) type Queue = u8;

/// In place of a queue's number: the entry stands in none. Some numbers before it mean the same.
pub(super) const UNQUEUED: Queue = Queue::MAX;

/// What `prev` and `next` say at either end of queue 1; those after it follow.
const ENDS: Slot = 1 << 30;

/// What neighbours either end of a queue: its sentinel.
fn sentinel(queue: Queue) -> Slot {
    match queue {
        0 => NO_SLOT,
        _ => ENDS + Slot::from(queue) - 1,
    }
}

struct Ends {
    oldest: Slot,
    newest: Slot,
}

#[repr(align(64))]
struct Record {
    text: Text,
    stamp: f64,
    hash: u32,
    /// Neighbours in the queue; `next` also links the free slots, and of a slot in use that is in no
    /// queue it is the position in the heap.
    prev: Slot,
    next: Slot,
    queue: Queue,
}

/// Records of one chunk: 8 KB. The first starts with [`FIRST`] of them and doubles up to that.
const CHUNK: usize = 128;
const FIRST: usize = 4;

/// The slots of one cache. Record 0 is the sentinel of queue 0: its `next` is the oldest write, its
/// `prev` the newest.
pub(super) struct Slots {
    chunks: Vec<Vec<Record>>,
    /// The sentinels of the queues from 1 on.
    ends: Vec<Ends>,
    /// Head of the list of free slots; 0 ends it.
    free: Slot,
}

impl Slots {
    pub(super) fn new() -> Self {
        let mut slots = Slots {
            chunks: vec![Vec::with_capacity(FIRST)],
            ends: Vec::new(),
            free: NO_SLOT,
        };
        slots.push(Record {
            text: Text::default(),
            stamp: 0.0,
            hash: 0,
            prev: NO_SLOT,
            next: NO_SLOT,
            queue: 0,
        });
        slots
    }

    fn record(&self, slot: Slot) -> &Record {
        &self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }

    fn record_mut(&mut self, slot: Slot) -> &mut Record {
        &mut self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }

    /// How many slots there are, the sentinel included.
    fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, Vec::len);
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    fn push(&mut self, record: Record) -> Slot {
        let slot = self.len() as Slot;
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(record),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(record);
                self.chunks.push(chunk);
            }
        }
        slot
    }

    /// Whether another slot can be had.
    pub(super) fn has_room(&self) -> bool {
        self.free != NO_SLOT || self.len() <= MAX_SLOTS as usize
    }

    /// Takes a slot, in no queue yet: `reused`, which was released, else the one recycled last,
    /// else a new number.
    pub(super) fn take(&mut self, reused: Option<Slot>, text: Text, hash: u32, stamp: f64) -> Slot {
        let record = Record {
            text,
            stamp,
            hash,
            prev: UNORDERED,
            next: NO_SLOT,
            queue: UNQUEUED,
        };
        let slot = match reused {
            Some(slot) => slot,
            None if self.free == NO_SLOT => return self.push(record),
            None => {
                let slot = self.free;
                self.free = self.record(slot).next;
                slot
            }
        };
        *self.record_mut(slot) = record;
        slot
    }

    /// Ends the use of a slot that is in no queue any more; returns its key. The slot is not
    /// handed out again before it is recycled.
    pub(super) fn release(&mut self, slot: Slot) -> Text {
        let record = self.record_mut(slot);
        debug_assert_eq!(record.prev, UNORDERED, "slot {slot} is free or in order");
        record.prev = FREE;
        std::mem::take(&mut record.text)
    }

    /// Makes a released slot the next to be taken.
    pub(super) fn recycle(&mut self, slot: Slot) {
        let free = std::mem::replace(&mut self.free, slot);
        let record = self.record_mut(slot);
        debug_assert_eq!(record.prev, FREE, "slot {slot} was released");
        record.next = free;
    }

    /// Takes back that the slot recycled last is the next to be taken.
    pub(super) fn withhold(&mut self, slot: Slot) {
        debug_assert_eq!(self.free, slot, "slot {slot} was recycled last");
        self.free = self.record(slot).next;
    }

    /// The queue in which a slot in use stands, or last stood, or what stands for none.
    pub(super) fn queue(&self, slot: Slot) -> Queue {
        self.record(slot).queue
    }

    /// Notes that a slot in use, which is in no queue, stays in none, for which this number stands.
    pub(super) fn set_unqueued(&mut self, slot: Slot, number: Queue) {
        self.record_mut(slot).queue = number;
    }

    /// The position in the heap of a slot in use that is in no queue.
    pub(super) fn position(&self, slot: Slot) -> u32 {
        self.record(slot).next
    }

    pub(super) fn set_position(&mut self, slot: Slot, position: u32) {
        debug_assert_eq!(
            self.record(slot).prev,
            UNORDERED,
            "slot {slot} is in no queue"
        );
        self.record_mut(slot).next = position;
    }

    /// Adds an empty queue; returns its number.
    pub(super) fn add_queue(&mut self) -> Queue {
        let queue = self.ends.len() as Queue + 1;
        let end = sentinel(queue);
        self.ends.push(Ends {
            oldest: end,
            newest: end,
        });
        queue
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

    /// The slot of a queue that was written longest ago.
    pub(super) fn oldest(&self, queue: Queue) -> Option<Slot> {
        let end = sentinel(queue);
        let slot = self.next(end);
        (slot != end).then_some(slot)
    }

    /// Shows slots in use with their keys, in the order of memory: those among the `most` slots
    /// from `from` on.
    pub(super) fn visit(&self, from: Slot, most: usize, mut visit: impl FnMut(Slot, Units<'_>)) {
        // The sentinel is in use, and its text is empty.
        let start = (from as usize).max(1);
        let end = start.saturating_add(most).min(self.len());
        // The slots have started anew since whoever asks was told of that one.
        if start >= end {
            return;
        }
        for chunk in start / CHUNK..end.div_ceil(CHUNK) {
            let first = chunk * CHUNK;
            let skipped = start.saturating_sub(first);
            let records = &self.chunks[chunk][skipped..CHUNK.min(end - first)];
            for (index, record) in records.iter().enumerate() {
                if record.prev != FREE {
                    visit((first + skipped + index) as Slot, record.text.units());
                }
            }
        }
    }

    /// Whether an entry has this slot.
    pub(super) fn is_taken(&self, slot: Slot) -> bool {
        self.record(slot).prev != FREE
    }

    /// The slot after the last that was ever used.
    pub(super) fn end(&self) -> Slot {
        self.len() as Slot
    }

    /// Bytes held for the records.
    pub(super) fn bytes(&self) -> usize {
        let records: usize = match self.chunks.split_first() {
            Some((first, others)) => first.capacity() + others.len() * CHUNK,
            None => 0,
        };
        records * size_of::<Record>() + self.chunks.capacity() * size_of::<Vec<Record>>()
    }

    /// Takes a slot out of its queue.
    pub(super) fn unlink(&mut self, slot: Slot) {
        let Record {
            prev, next, queue, ..
        } = *self.record(slot);
        debug_assert!(prev < UNORDERED, "slot {slot} is in a queue");
        if queue == 0 {
            // All neighbours are records.
            self.record_mut(prev).next = next;
            self.record_mut(next).prev = prev;
        } else {
            self.set_next(prev, next);
            self.set_prev(next, prev);
        }
        self.record_mut(slot).prev = UNORDERED;
    }

    /// Makes a slot the newest of a queue.
    pub(super) fn append(&mut self, queue: Queue, slot: Slot) {
        let end = sentinel(queue);
        let newest = if queue == 0 {
            let newest = std::mem::replace(&mut self.record_mut(NO_SLOT).prev, slot);
            self.record_mut(newest).next = slot;
            newest
        } else {
            let newest = self.prev(end);
            self.set_prev(end, slot);
            self.set_next(newest, slot);
            newest
        };
        let record = self.record_mut(slot);
        record.prev = newest;
        record.next = end;
        record.queue = queue;
    }

    fn next(&self, at: Slot) -> Slot {
        match at.checked_sub(ENDS) {
            None => self.record(at).next,
            Some(queue) => self.ends[queue as usize].oldest,
        }
    }

    fn prev(&self, at: Slot) -> Slot {
        match at.checked_sub(ENDS) {
            None => self.record(at).prev,
            Some(queue) => self.ends[queue as usize].newest,
        }
    }

    fn set_next(&mut self, at: Slot, next: Slot) {
        match at.checked_sub(ENDS) {
            None => self.record_mut(at).next = next,
            Some(queue) => self.ends[queue as usize].oldest = next,
        }
    }

    fn set_prev(&mut self, at: Slot, prev: Slot) {
        match at.checked_sub(ENDS) {
            None => self.record_mut(at).prev = prev,
            Some(queue) => self.ends[queue as usize].newest = prev,
        }
    }
}

#[cfg(test)]
impl Slots {
    /// The slots of each queue, oldest write first; panics unless every slot is in one, free, one of
    /// the `unqueued` or one of the `released`.
    pub(super) fn validate(&self, unqueued: &[Slot], released: &[Slot]) -> Vec<Vec<Slot>> {
        let queues: Vec<Vec<Slot>> = (0..=self.ends.len() as Queue)
            .map(|queue| self.validate_queue(queue))
            .collect();
        let mut free = 0;
        let mut slot = self.free;
        while slot != NO_SLOT {
            assert_eq!(self.record(slot).prev, FREE, "slot {slot} is marked free");
            free += 1;
            slot = self.record(slot).next;
        }
        for &slot in unqueued {
            assert_eq!(
                self.record(slot).prev,
                UNORDERED,
                "slot {slot} is in no queue"
            );
        }
        for &slot in released {
            assert_eq!(self.record(slot).prev, FREE, "slot {slot} is marked free");
        }
        let in_use = queues.iter().map(Vec::len).sum::<usize>() + unqueued.len();
        let accounted = in_use + released.len() + free + 1;
        assert_eq!(accounted, self.len(), "no slot is lost");
        let mut used = 0;
        self.visit(0, usize::MAX, |_, _| used += 1);
        assert_eq!(used, in_use);
        queues
    }

    fn validate_queue(&self, queue: Queue) -> Vec<Slot> {
        let mut ordered = Vec::new();
        let end = sentinel(queue);
        let (mut prev, mut slot) = (end, self.next(end));
        while slot != end {
            let record = self.record(slot);
            assert_eq!(
                record.prev, prev,
                "slot {slot} points back to its predecessor"
            );
            assert_eq!(record.queue, queue, "slot {slot} knows its queue");
            ordered.push(slot);
            (prev, slot) = (slot, record.next);
        }
        assert_eq!(self.prev(end), prev, "the newest slot ends the queue");
        ordered
    }

    pub(super) const RECORD_BYTES: usize = size_of::<Record>();
}
