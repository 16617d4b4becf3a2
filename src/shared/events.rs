//! What happens in a store, and who wants to know.

use std::sync::Arc;

use super::inbox::{Inbox, Message};
use super::sync::RwLock;
use super::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use super::value::Value;
use crate::cache::Units;

/// The most events that wait for one subscriber; further ones are dropped and counted.
pub const MOST_WAITING: usize = 65_536;

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

    fn covers(self, happened: Happened) -> bool {
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

/// One handle that wants to know what others do.
pub struct Subscriber {
    /// Number of the handle, unique in the process.
    pub id: u32,
    interest: Interest,
    inbox: Arc<Inbox>,
    waiting: AtomicUsize,
    dropped: AtomicU64,
}

impl Subscriber {
    /// A subscriber that reads from this inbox.
    pub fn new(id: u32, interest: Interest, inbox: Arc<Inbox>) -> Arc<Self> {
        Arc::new(Subscriber {
            id,
            interest,
            inbox,
            waiting: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
        })
    }

    /// Events dropped because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Notes that one event was read.
    pub fn read_one(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    fn offer(self: &Arc<Self>, event: &Event) {
        // Events are offered under locks of shards, so two may pass here at once: the bound
        // holds up to the number of threads.
        if self.waiting.load(Ordering::Relaxed) >= MOST_WAITING {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if !self
            .inbox
            .post(Message::Event(Arc::clone(self), event.clone()))
        {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// The subscribers of one store.
#[derive(Default)]
pub(super) struct Subscribers {
    all: RwLock<Vec<Arc<Subscriber>>>,
    /// What any of them wants: most stores have none, and then nothing more is looked at.
    interest: AtomicU8,
}

impl Subscribers {
    pub(super) fn add(&self, subscriber: Arc<Subscriber>) {
        let mut all = self.all.write();
        all.push(subscriber);
        self.note_interest(&all);
    }

    pub(super) fn remove(&self, id: u32) {
        let mut all = self.all.write();
        all.retain(|subscriber| subscriber.id != id);
        self.note_interest(&all);
    }

    pub(super) fn count(&self) -> usize {
        self.all.read().len()
    }

    pub(super) fn dropped(&self) -> u64 {
        self.all
            .read()
            .iter()
            .map(|subscriber| subscriber.dropped())
            .sum()
    }

    fn note_interest(&self, all: &[Arc<Subscriber>]) {
        let interest = all
            .iter()
            .fold(0, |bits, subscriber| bits | subscriber.interest.0);
        self.interest.store(interest, Ordering::Release);
    }
}

/// Reports the events of one call: its own to the caller, in order, and to all other subscribers.
pub(super) struct Reporter<'a> {
    subscribers: &'a Subscribers,
    /// The caller's own handle; `None` for the expiry thread.
    caller: Option<(u32, Interest)>,
    pub(super) own: Vec<Event>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(subscribers: &'a Subscribers, caller: Option<(u32, Interest)>) -> Self {
        Reporter {
            subscribers,
            caller,
            own: Vec::new(),
        }
    }

    /// Whether anyone wants to know of it.
    pub(super) fn wanted(&self, happened: Happened) -> bool {
        let others = Interest(self.subscribers.interest.load(Ordering::Acquire));
        others.covers(happened) || self.caller.is_some_and(|(_, own)| own.covers(happened))
    }

    /// Called under the lock of the entry's shard: the order of events is that of the store.
    pub(super) fn report(&mut self, happened: Happened, key: Units<'_>, value: &Value) {
        if !self.wanted(happened) {
            return;
        }
        let event = Event {
            happened,
            key: match key {
                Units::Narrow(bytes) => bytes.iter().map(|&byte| u16::from(byte)).collect(),
                Units::Wide(units) => units.into(),
            },
            value: value.clone(),
        };
        let caller_id = self.caller.map(|(id, _)| id);
        for subscriber in self.subscribers.all.read().iter() {
            if subscriber.interest.covers(happened) && Some(subscriber.id) != caller_id {
                subscriber.offer(&event);
            }
        }
        if self
            .caller
            .is_some_and(|(_, interest)| interest.covers(happened))
        {
            self.own.push(event);
        }
    }
}
