//! Who wants to know what happens in a store, and how they are told.

use std::sync::Arc;

use super::inbox::Inbox;
use super::messages::{Backlog, Event, Happened, Interest, Message};
use super::sync::RwLock;
use super::sync::atomic::{AtomicU8, Ordering};
use super::value::Value;
use crate::cache::Units;

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
        all.retain(|subscriber| subscriber.backlog.id != id);
        self.note_interest(&all);
    }

    pub(super) fn count(&self) -> usize {
        self.all.read().len()
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
