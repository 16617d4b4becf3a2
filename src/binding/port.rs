//! Ports: how one facade is reached by other threads, and which shared stores it has open.
//!
//! Thread-local like the table of caches. Other threads touch inboxes and wake-ups only, whose locks order
//! every wake-up before the end of the environment.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use napi::sys;

use super::batch::{FULL, Kept, Pending};
use super::raw::{self, Failure};
use super::table::background;
use super::wakeup::{Callback, WakeUp};
use crate::cache::Units;
use crate::shared::{
    Event, Handle, Inbox, Interest, Message, Registry, SharedStore, Subscriber, Value,
};

/// A shared store that this thread has open.
pub(super) struct SharedCache {
    pub(super) handle: Handle,
    pub(super) id: u32,
    pub(super) port: u32,
    pub(super) interest: Interest,
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
    pub(super) port: u32,
    pub(super) store: Arc<SharedStore>,
    pub(super) key: Box<[u16]>,
}

/// How one facade is reached.
pub(super) struct Port {
    id: u32,
    pub(super) inbox: Arc<Inbox>,
    wake_up: Arc<WakeUp>,
    deliver: Callback,
    /// Flights that callers wait for, by number of the waiter: one that takes over leads.
    awaited: HashMap<u32, Led>,
    /// What was nudged and must not be lost.
    pressing: Vec<u32>,
    is_held: bool,
}

/// What one thread has of the shared stores.
pub(super) struct Ports {
    ports: Vec<Option<Port>>,
    pub(super) caches: Vec<Option<SharedCache>>,
    pub(super) led: HashMap<u64, Led>,
    /// What the last read found, until it is collected.
    pub(super) found: Option<Value>,
    /// What the last read of many keys found, until it is collected.
    pub(super) found_many: Option<Pending>,
    /// The thread's own events, each with the number of its handle, until they are collected.
    pub(super) events: VecDeque<(u32, Event)>,
    /// Large values of events that were delivered.
    pub(super) kept: Kept,
}

thread_local! {
    static PORTS: RefCell<Ports> = RefCell::new(Ports {
        ports: Vec::new(),
        caches: Vec::new(),
        led: HashMap::new(),
        found: None,
        found_many: None,
        events: VecDeque::new(),
        kept: Kept::default(),
    });
}

/// The stores of the process.
pub(super) fn registry() -> &'static Arc<Registry> {
    static REGISTRY: std::sync::OnceLock<Arc<Registry>> = std::sync::OnceLock::new();
    REGISTRY.get_or_init(Arc::default)
}

/// Closes a cache, if it is still the one of this id: the place may belong to another by now. Why the save of its
/// store's end has failed, if that was now.
pub(super) fn close(index: u32, id: u32) -> Option<crate::snapshot::Failure> {
    // At the end of a thread what it had open may be gone before the last finalizer runs.
    let closed = PORTS.try_with(|ports| {
        let mut ports = ports.borrow_mut();
        let place = ports.caches.get_mut(index as usize)?;
        place.take_if(|cache| cache.id == id)
    });
    let closed = closed.ok().flatten()?;
    let store = Arc::clone(&closed.handle.store);
    drop(closed);
    store.failure_at_end()
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

    /// Fails if the store of a cache was destroyed, or the cache was closed: by the user's clock, which the
    /// facade reads last.
    pub(super) fn require_store(&self, index: u32) -> Result<(), Failure> {
        let Some(Some(cache)) = self.caches.get(index as usize) else {
            return Err(Failure::Error("the shared cache is closed".into()));
        };
        let store = &cache.handle.store;
        if store.has_ended() {
            let name = String::from_utf16_lossy(&store.name);
            return Err(Failure::Error(format!(
                "the shared store {name:?} was destroyed"
            )));
        }
        Ok(())
    }

    /// The port of this number.
    ///
    /// # Panics
    /// If there is none: only a defect of the facade can ask for one.
    pub(super) fn port(&mut self, index: u32) -> &mut Port {
        let port = self.ports.get_mut(index as usize).and_then(Option::as_mut);
        port.unwrap_or_else(|| panic!("there is no port {index} on this thread"))
    }

    /// Takes up to `most` messages, and the lead of the flights that are passed on.
    pub(super) fn receive(
        &mut self,
        port: u32,
        most: usize,
    ) -> Result<(Vec<Message>, bool), Failure> {
        let (messages, more) = self.port(port).inbox.receive(most, FULL);
        for message in &messages {
            match message {
                Message::Landed { waiter, .. } => {
                    self.port(port).awaited.remove(waiter);
                }
                Message::TakeOver { waiter, flight } => {
                    if let Some(led) = self.port(port).awaited.remove(waiter) {
                        self.led.insert(*flight, led);
                    }
                }
                Message::Abandoned { flight, .. } => {
                    self.led.remove(flight);
                }
                Message::Event(..) | Message::Awaited(_) => {}
            }
        }
        self.port(port).hold_as_needed()?;
        Ok((messages, more))
    }

    /// Takes ports, with the caches and flights that belong to them.
    fn take(
        &mut self,
        is_meant: impl Fn(&Port) -> bool,
        among: Range<u32>,
    ) -> Vec<(Port, Vec<SharedCache>, Vec<Led>)> {
        let indices = among.start..among.end.min(self.ports.len() as u32);
        let taken = indices.filter_map(|index| {
            let port = self.ports[index as usize].take_if(|port| is_meant(port))?;
            let caches = self.caches.iter_mut();
            let caches = caches.filter_map(|place| place.take_if(|cache| cache.port == index));
            let flights = self.led.extract_if(|_, led| led.port == index);
            Some((
                port,
                caches.collect(),
                flights.map(|(_, led)| led).collect(),
            ))
        });
        taken.collect()
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
        let index = vacancy(&mut self.caches);
        self.caches[index as usize] = Some(cache);
        index
    }
}

/// The index of an empty place.
fn vacancy<T>(places: &mut Vec<Option<T>>) -> u32 {
    let index = places.iter().position(Option::is_none).unwrap_or_else(|| {
        places.push(None);
        places.len() - 1
    });
    index as u32
}

impl Port {
    /// Notes that a waiter waits for a flight, until it has its message.
    pub(super) fn wait_for(&mut self, waiter: u32, flight: Led) -> Result<(), Failure> {
        self.awaited.insert(waiter, flight);
        self.hold_as_needed()
    }

    /// Has a waiter wait no more. If its message is on its way, it is awaited all the same: with that the
    /// flight may come to be led here.
    pub(super) fn leave(&mut self, waiter: u32, reason: Value) -> Result<(), Failure> {
        let Some(Led { store, key, .. }) = self.awaited.get(&waiter) else {
            return Ok(());
        };
        let mut scratch = vec![0; key.len()];
        let units = Units::new(key, &mut scratch);
        if store.leave(units, key, &self.inbox, waiter, reason) {
            self.awaited.remove(&waiter);
            self.hold_as_needed()?;
        }
        Ok(())
    }

    /// Has the facade do something in the next round. What is `pressing` keeps the environment
    /// alive until then.
    pub(super) fn nudge(&mut self, number: u32, pressing: bool) -> Result<(), Failure> {
        self.inbox.nudge(number);
        if pressing && !self.pressing.contains(&number) {
            self.pressing.push(number);
            self.hold_as_needed()?;
        }
        Ok(())
    }

    /// The next number that is due in this round.
    pub(super) fn next_due(&mut self) -> Result<Option<u32>, Failure> {
        let due = self.inbox.next_due();
        if let Some(number) = due
            && let Some(at) = self.pressing.iter().position(|&other| other == number)
        {
            self.pressing.swap_remove(at);
            self.hold_as_needed()?;
        }
        Ok(due)
    }

    /// Keeps the environment and the facade alive exactly while something waits that must not be
    /// lost: an answer, or work of the facade's own.
    fn hold_as_needed(&mut self) -> Result<(), Failure> {
        let is_needed = !(self.awaited.is_empty() && self.pressing.is_empty());
        if is_needed != self.is_held {
            self.deliver.hold(is_needed)?;
            self.wake_up.hold(self.deliver.env, is_needed)?;
            self.is_held = is_needed;
        }
        Ok(())
    }
}

/// Opens a port whose messages `deliver` fetches. It ends when what is returned is dropped, or with
/// the environment.
pub(super) fn connect(
    env: sys::napi_env,
    deliver: sys::napi_value,
) -> Result<(u32, PortRegistration), Failure> {
    static NEXT_ID: AtomicU32 = AtomicU32::new(1);
    // A wake-up may come from the background thread.
    background();
    let wake_up = WakeUp::of(env)?;
    let deliver = Callback::new(env, deliver)?;
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let index = with_ports(|ports| {
        let index = vacancy(&mut ports.ports);
        let waker = Arc::clone(&wake_up);
        let inbox = Inbox::new(move || waker.wake(index));
        ports.ports[index as usize] = Some(Port {
            id,
            inbox,
            wake_up,
            deliver,
            awaited: HashMap::new(),
            pressing: Vec::new(),
            is_held: false,
        });
        index
    });
    Ok((index, PortRegistration { index, id }))
}

/// Ends a port when the JavaScript object that owns it is collected.
pub struct PortRegistration {
    index: u32,
    id: u32,
}

impl Drop for PortRegistration {
    fn drop(&mut self) {
        end(|port| port.id == self.id, self.index..self.index + 1);
    }
}

/// Ends the ports of an environment.
pub(super) fn end_all(env: sys::napi_env) {
    end(|port| port.deliver.env == env, 0..u32::MAX);
}

/// Ends ports: no message is sent to them any more, and whatever they led or held is given up.
fn end(is_meant: impl Fn(&Port) -> bool, among: Range<u32>) {
    // At the end of a thread its ports may be gone before the last finalizer runs.
    let ended = PORTS.try_with(|ports| ports.borrow_mut().take(is_meant, among));
    for (port, caches, flights) in ended.into_iter().flatten() {
        port.inbox.close();
        // A flight outlasts the name of its store: who led it may have closed it.
        let flown = flights.iter().chain(port.awaited.values());
        let flown = flown.map(|flight| Arc::clone(&flight.store));
        for store in registry().stores().into_iter().chain(flown) {
            store.abandon(&port.inbox);
        }
        port.deliver.delete();
        drop(caches);
    }
}

/// Has the facade fetch what waits. Whatever becomes of that, the round ends before the next turn.
pub(super) fn run_round(index: u32) {
    let deliver = with_ports(|ports| {
        let port = ports.ports.get(index as usize)?.as_ref()?;
        port.inbox.begin_round();
        port.wake_up.wake_at_end(index);
        Some(port.deliver)
    });
    if let Some(deliver) = deliver
        && let Err(Failure::Pending) = deliver.call()
    {
        raw::report_uncaught(deliver.env);
    }
}

/// Ends a round: what has come meanwhile, or was left, has another.
pub(super) fn end_round(index: u32) {
    with_ports(|ports| {
        if let Some(Some(port)) = ports.ports.get(index as usize) {
            port.inbox.end_round();
        }
    });
}
