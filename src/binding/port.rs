//! Ports: how one facade is reached by other threads, and which shared stores it has open.
//!
//! Thread-local like the table of caches. The wake-up is the only thing here that another thread
//! touches; the inbox's lock orders it before the end of the environment.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use napi::bindgen_prelude::*;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;

use super::batch::{FULL, Kept};
use super::raw::Failure;
use super::table::background;
use crate::shared::{
    Event, Handle, Inbox, Interest, Message, Registry, SharedStore, Subscriber, Value,
};

/// A shared store that this thread has open.
pub(super) struct SharedCache {
    pub(super) handle: Handle,
    pub(super) id: u32,
    pub(super) interest: Interest,
    pub(super) inbox: Arc<Inbox>,
    /// Kept by the store for as long as the cache is open.
    pub(super) subscriber: Option<Arc<Subscriber>>,
}

impl Drop for SharedCache {
    fn drop(&mut self) {
        if let Some(subscriber) = &self.subscriber {
            self.handle.store.unsubscribe(subscriber.backlog.id);
        }
    }
}

/// A flight that this thread leads, or may come to lead.
pub(super) struct Led {
    pub(super) store: Arc<SharedStore>,
    pub(super) key: Box<[u16]>,
}

/// What one thread has of the shared stores.
pub(super) struct Ports {
    pub(super) inboxes: Vec<Option<Arc<Inbox>>>,
    pub(super) caches: Vec<Option<SharedCache>>,
    pub(super) led: HashMap<u64, Led>,
    /// Flights that callers of this thread wait for, by inbox and number of the waiter: one that
    /// takes over leads.
    pub(super) awaited: HashMap<(*const Inbox, u32), Led>,
    /// What the last read found, until it is collected.
    pub(super) found: Option<Value>,
    /// The thread's own events, each with the number of its handle, until they are collected.
    pub(super) events: VecDeque<(u32, Event)>,
    /// Large values of events that were delivered.
    pub(super) kept: Kept,
}

thread_local! {
    static PORTS: RefCell<Ports> = RefCell::new(Ports {
        inboxes: Vec::new(),
        caches: Vec::new(),
        led: HashMap::new(),
        awaited: HashMap::new(),
        found: None,
        events: VecDeque::new(),
        kept: Kept::default(),
    });
}

/// The stores of the process.
pub(super) fn registry() -> &'static Arc<Registry> {
    static REGISTRY: std::sync::OnceLock<Arc<Registry>> = std::sync::OnceLock::new();
    REGISTRY.get_or_init(Arc::default)
}

/// Closes a cache, if it is still the one of this id: the place may belong to another by now.
pub(super) fn close(index: u32, id: u32) {
    // At the end of a thread what it had open may be gone before the last finalizer runs.
    let closed = PORTS.try_with(|ports| {
        let mut ports = ports.borrow_mut();
        let place = ports.caches.get_mut(index as usize)?;
        place.take_if(|cache| cache.id == id)
    });
    drop(closed);
}

/// Runs a step on what this thread has open. No JavaScript can run within it.
pub(super) fn with_ports<R>(step: impl FnOnce(&mut Ports) -> R) -> R {
    PORTS.with_borrow_mut(step)
}

impl Ports {
    /// The store of an open cache.
    ///
    /// # Panics
    /// If there is none: only a defect of the facade can ask for one.
    pub(super) fn cache(&self, index: u32) -> &SharedCache {
        let cache = self.caches.get(index as usize).and_then(Option::as_ref);
        cache.unwrap_or_else(|| panic!("there is no shared cache {index} on this thread"))
    }

    /// Fails if the store of an open cache was destroyed.
    pub(super) fn require_store(&self, index: u32) -> std::result::Result<(), Failure> {
        let store = &self.cache(index).handle.store;
        if store.has_ended() {
            let name = String::from_utf16_lossy(&store.name);
            return Err(Failure::Error(format!(
                "the shared store {name:?} was destroyed"
            )));
        }
        Ok(())
    }

    pub(super) fn inbox(&self, port: u32) -> &Arc<Inbox> {
        let inbox = self.inboxes.get(port as usize).and_then(Option::as_ref);
        inbox.unwrap_or_else(|| panic!("there is no port {port} on this thread"))
    }

    /// Takes up to `most` messages, and the lead of the flights that are passed on.
    pub(super) fn receive(&mut self, port: u32, most: usize) -> (Vec<Message>, bool) {
        let inbox = Arc::as_ptr(self.inbox(port));
        let (messages, more) = self.inbox(port).receive(most, FULL);
        for message in &messages {
            match message {
                Message::Landed { waiter, .. } => {
                    self.awaited.remove(&(inbox, *waiter));
                }
                Message::TakeOver { waiter, flight } => {
                    if let Some(led) = self.awaited.remove(&(inbox, *waiter)) {
                        self.led.insert(*flight, led);
                    }
                }
                Message::Event(..) | Message::Awaited(_) | Message::Nudge(_) => {}
            }
        }
        (messages, more)
    }

    /// Notes what a cache's own call has caused.
    pub(super) fn add_events(&mut self, index: u32, events: Vec<Event>) {
        if !events.is_empty() {
            let id = self.cache(index).id;
            self.events
                .extend(events.into_iter().map(|event| (id, event)));
        }
    }

    /// Keeps a cache; returns its index.
    pub(super) fn open(&mut self, cache: SharedCache) -> u32 {
        insert(&mut self.caches, cache)
    }
}

fn insert<T>(places: &mut Vec<Option<T>>, value: T) -> u32 {
    let index = places.iter().position(Option::is_none).unwrap_or_else(|| {
        places.push(None);
        places.len() - 1
    });
    places[index] = Some(value);
    index as u32
}

/// Opens a port. `wake` is called on this thread whenever messages have come.
pub(super) fn connect(env: &Env, wake: Function<'_, (), ()>) -> Result<u32> {
    // A wake-up may come from the background thread.
    background();
    let wake = wake
        .build_threadsafe_function::<()>()
        .callee_handled::<false>()
        // Observing a store is no reason for a process to stay alive.
        .weak::<true>()
        .max_queue_size::<0>()
        .build()?;
    let inbox = Inbox::new(move || {
        wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
    });
    let port = with_ports(|ports| insert(&mut ports.inboxes, Arc::clone(&inbox)));
    env.add_env_cleanup_hook(inbox, |inbox| end(&inbox))?;
    Ok(port)
}

/// No message is sent to the inbox any more, and whatever it led or held is given up.
fn end(inbox: &Arc<Inbox>) {
    inbox.close();
    // A flight outlasts the name of its store: who led it may have closed it.
    let flown: Vec<_> = with_ports(|ports| {
        let flights = ports.led.values().chain(ports.awaited.values());
        flights.map(|flight| Arc::clone(&flight.store)).collect()
    });
    for store in registry().stores().into_iter().chain(flown) {
        store.abandon(inbox);
    }
    let closed: Vec<SharedCache> = with_ports(|ports| {
        let caches = ports.caches.iter_mut();
        let own =
            caches.filter_map(|place| place.take_if(|cache| Arc::ptr_eq(&cache.inbox, inbox)));
        own.collect()
    });
    drop(closed);
}
