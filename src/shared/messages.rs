//! What is said in a store: what happened to entries, who wants to know, how reads and flights
//! came out, and the messages from thread to thread.
//!
//! Words alone: how they travel is in [`super::inbox`], who gets them in [`super::events`].

use std::sync::Arc;

use super::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use super::value::Value;

/// What happened to an entry. The numbers are those of the facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Happened {
    /// It was written for the first time.
    Inserted = 0,
    /// It was written again.
    Updated = 1,
    /// It had to make room.
    Evicted = 2,
    /// A `get` found it expired.
    ExpiredByGet = 3,
    /// A `has` found it expired.
    ExpiredByHas = 4,
    /// It was pruned as expired.
    Pruned = 5,
    /// `delete`, or `take`.
    Deleted = 6,
    /// `deleteAsync`.
    DeletedAsync = 7,
    /// `deleteByPrefix`.
    DeletedByPrefix = 8,
    /// `deleteByMagicString`.
    DeletedByMagicString = 9,
    /// `clear`.
    Cleared = 10,
    /// `deleteByTag`.
    DeletedByTag = 11,
}

/// Which events someone wants, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest(pub u8);

impl Interest {
    /// Nothing.
    pub const NONE: Interest = Interest(0);
    /// Writes.
    pub const SET: Interest = Interest(1);
    /// Evictions.
    pub const EVICT: Interest = Interest(2);
    /// Expirations.
    pub const EXPIRE: Interest = Interest(4);
    /// Deletions.
    pub const DELETE: Interest = Interest(8);

    pub(super) fn covers(self, happened: Happened) -> bool {
        let kind = match happened {
            Happened::Inserted | Happened::Updated => Interest::SET,
            Happened::Evicted => Interest::EVICT,
            Happened::ExpiredByGet | Happened::ExpiredByHas | Happened::Pruned => Interest::EXPIRE,
            _ => Interest::DELETE,
        };
        self.0 & kind.0 != 0
    }
}

/// One event. Cloning it copies neither key nor value.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub happened: Happened,
    /// The key's code units.
    pub key: Arc<[u16]>,
    /// The value, as stored.
    pub value: Value,
}

impl Event {
    /// Bytes that it takes while it waits, key and value.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.key) + self.value.heap_bytes()
    }
}

/// The outcome of a read.
#[derive(Clone, Debug)]
pub enum Read {
    /// The value and the number of its version.
    Hit(Value, u64),
    /// There was an entry, and it had expired.
    Expired,
    /// There was none.
    Missing,
}

/// How a flight landed.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With a value.
    Fetched(Value),
    /// With an error.
    Failed(Value),
}

/// What can be told.
pub enum Message {
    /// Another thread changed a store that this one observes.
    Event(Arc<Backlog>, Event),
    /// The flight that a caller waits for has landed.
    Landed {
        /// The number that the caller gave.
        waiter: u32,
        /// The value or the error, as the leader encoded it.
        outcome: Outcome,
    },
    /// Somebody waits for the flight of this number, which this thread is to lead: JavaScript may
    /// have been cut off before it knew.
    Awaited(u64),
    /// The leader of a flight is gone: this waiter fetches.
    TakeOver {
        /// The number that the caller gave.
        waiter: u32,
        /// What the flight is finished with.
        flight: u64,
    },
    /// Nobody waits any more for the flight of this number, which this thread led: it is over.
    Abandoned {
        /// Its number.
        flight: u64,
        /// Why the last caller has left, unless its thread has ended.
        reason: Option<Value>,
    },
}

impl Message {
    /// Bytes of what comes with it.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Message::Event(_, event) => event.bytes(),
            Message::Landed { outcome, .. } => outcome.value().heap_bytes(),
            Message::Abandoned { reason, .. } => reason.as_ref().map_or(0, Value::heap_bytes),
            Message::Awaited(_) | Message::TakeOver { .. } => 0,
        }
    }
}

impl Outcome {
    /// The value, or the error.
    pub fn value(&self) -> &Value {
        match self {
            Outcome::Fetched(value) | Outcome::Failed(value) => value,
        }
    }
}

/// The events that wait for one subscriber. What does not fit is dropped and counted.
pub struct Backlog {
    /// Number of the subscriber's handle, unique in the process.
    pub id: u32,
    most_bytes: usize,
    waiting: AtomicUsize,
    waiting_bytes: AtomicUsize,
    dropped: AtomicU64,
}

/// The most events that wait for one subscriber.
pub const MOST_WAITING: usize = 65_536;

impl Backlog {
    /// One for events of at most so many bytes together.
    pub(super) fn new(id: u32, most_bytes: usize) -> Self {
        Backlog {
            id,
            most_bytes,
            waiting: AtomicUsize::new(0),
            waiting_bytes: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Events dropped because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Notes that an event was read, or will not be.
    pub fn leave(&self, event: &Event) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        self.waiting_bytes
            .fetch_sub(event.bytes(), Ordering::Relaxed);
    }

    /// Whether another event may wait; if not, it is counted as dropped.
    pub(super) fn admit(&self, event: &Event) -> bool {
        // Events are offered under locks of shards, so two may pass here at once: the bounds
        // hold up to the number of threads.
        let bytes = event.bytes();
        let waiting = self.waiting.load(Ordering::Relaxed);
        let waiting_bytes = self.waiting_bytes.load(Ordering::Relaxed);
        // One alone may be as large as it likes.
        let fits = waiting == 0 || waiting_bytes + bytes <= self.most_bytes;
        if waiting >= MOST_WAITING || !fits {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        true
    }
}
