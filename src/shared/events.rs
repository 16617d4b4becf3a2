//! Who wants to know what happens in a store, and how they are told.

use std::sync::Arc;

use super::inbox::Inbox;
use super::messages::{Backlog, Event, Happened, Interest, Message};
use super::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use super::sync::{Mutex, RwLock, give_up};
use super::value::Value;
use crate::cache::{Slot, Units};

/// One handle that wants to know what others do.
pub struct Subscriber {
    /// What waits for it.
    pub backlog: Arc<Backlog>,
    interest: Interest,
    inbox: Arc<Inbox>,
}

impl Subscriber {
    pub(super) fn new(backlog: Backlog, interest: Interest, inbox: Arc<Inbox>) -> Arc<Self> {
        Arc::new(Subscriber {
            backlog: Arc::new(backlog),
            interest,
            inbox,
        })
    }

    fn offer(&self, event: &Event) {
        if !self.backlog.admit(event) {
            return;
        }
        let message = Message::Event(Arc::clone(&self.backlog), event.clone());
        if !self.inbox.post(message) {
            self.backlog.leave(event);
        }
    }
}

/// What was replaced as a whole, and is reported some entries at a time after that.
pub(super) trait Untold: Send {
    /// Takes the value that a key had.
    fn take(&mut self, key: Units<'_>) -> Option<Value>;

    /// Takes the entries in some slots from `from` on; returns where to go on.
    fn take_some(&mut self, from: Slot, taken: &mut dyn FnMut(Units<'_>, Value)) -> Option<Slot>;
}

/// The subscribers of one store.
#[derive(Default)]
pub(super) struct Subscribers {
    all: RwLock<Vec<Arc<Subscriber>>>,
    /// What any of them wants: most stores have none, and then nothing more is looked at.
    interest: AtomicU8,
    /// What a load has replaced and nobody was told of yet. Locked after a shard, never before one.
    untold: Mutex<Vec<Box<dyn Untold>>>,
    /// Whether there is any: mostly not, and then the lock is left alone.
    has_untold: AtomicBool,
}

impl Subscribers {
    pub(super) fn add(&self, subscriber: Arc<Subscriber>) {
        let mut all = self.all.write();
        all.push(subscriber);
        self.note_interest(&all);
    }

    pub(super) fn remove(&self, id: u32) {
        let mut all = self.all.write();
        all.retain(|subscriber| subscriber.backlog.id != id);
        self.note_interest(&all);
    }

    pub(super) fn count(&self) -> usize {
        self.all.read().len()
    }

    /// Has what was replaced reported before anything else happens to its keys. Called under the lock of the shard
    /// that had it.
    pub(super) fn replace(&self, untold: Box<dyn Untold>) {
        self.untold.lock().push(untold);
        self.has_untold.store(true, Ordering::Release);
    }

    pub(super) fn dropped(&self) -> u64 {
        self.all
            .read()
            .iter()
            .map(|subscriber| subscriber.backlog.dropped())
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
        if self.subscribers.has_untold.load(Ordering::Acquire) {
            self.tell_replaced(key);
        }
        self.tell(happened, key, value);
    }

    /// Reports what the key had before a load, if nobody was told of it yet.
    #[cold]
    fn tell_replaced(&mut self, key: Units<'_>) {
        let subscribers = self.subscribers;
        let mut untold = subscribers.untold.lock();
        let replaced = untold.iter_mut().find_map(|part| part.take(key));
        drop(untold);
        // The key's shard is locked: nobody else reports on it.
        if let Some(value) = replaced {
            self.tell(Happened::Cleared, key, &value);
        }
    }

    /// Reports what was replaced, some entries at a time: who writes waits for no more than these. Returns what is
    /// left of it, to be dropped.
    pub(super) fn tell_all_replaced(&mut self) -> Vec<Box<dyn Untold>> {
        let subscribers = self.subscribers;
        let mut emptied = Vec::new();
        let mut from = 0;
        loop {
            let mut values = Vec::new();
            let mut untold = subscribers.untold.lock();
            let Some(part) = untold.last_mut() else {
                subscribers.has_untold.store(false, Ordering::Release);
                return emptied;
            };
            let next = part.take_some(from, &mut |key, value| {
                self.tell(Happened::Cleared, key, &value);
                values.push(value);
            });
            from = next.unwrap_or(0);
            if next.is_none() {
                emptied.extend(untold.pop());
            }
            give_up(untold);
        }
    }

    fn tell(&mut self, happened: Happened, key: Units<'_>, value: &Value) {
        let event = Event {
            happened,
            key: key.code_units(),
            value: value.clone(),
        };
        let caller_id = self.caller.map(|(id, _)| id);
        for subscriber in self.subscribers.all.read().iter() {
            if subscriber.interest.covers(happened) && Some(subscriber.backlog.id) != caller_id {
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
