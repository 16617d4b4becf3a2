//! What shared caches do rarely: opening and closing, bulk operations, messages. Lists are in
//! [`super::shared_lists`].

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use napi::JsValue;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use parking_lot::Mutex;

use super::batch::{Batch, Pending, Rows};
use super::clock::HybridClock;
use super::cold::{compile, into_error, string};
use super::port::{self, Led, PortRegistration, SharedCache, registry, with_ports};
use super::shared_lists::within;
use super::shared_snapshots::WantedSnapshot;
use super::snapshot_writing::{Ended, SnapshotFailure};
use super::table::background;
use crate::cache::Units;
use crate::shared::{
    Check, Conflict, Event, Happened, Interest, NotOpened, Options, Outcome, Value, Wanted,
};

/// A port just opened.
#[napi(object, object_from_js = false)]
pub struct Connected {
    /// For every call.
    pub port: u32,
    /// Keeps it: the port ends when this is collected.
    pub registration: External<PortRegistration>,
}

/// Opens a port: `deliver` is called on this thread whenever something has come. It is kept alive only
/// while somebody waits, and keeps the process alive for as long.
#[napi(catch_unwind)]
pub fn connect(env: Env, deliver: Function<'_, (), ()>) -> Result<Connected> {
    let (port, registration) = port::connect(env.raw(), deliver.raw()).map_err(into_error)?;
    let registration = External::new(registration);
    Ok(Connected { port, registration })
}

/// Takes up to `most` messages.
#[napi(catch_unwind)]
pub fn receive(env: &Env, port: u32, most: u32) -> Result<Rows<'_>> {
    let mut batch = Batch::default();
    let received = with_ports(|ports| {
        let (messages, more) = ports.receive(port, most as usize)?;
        for message in &messages {
            batch.message(message, &mut ports.kept);
        }
        Ok((messages, more))
    });
    let (messages, more) = received.map_err(into_error)?;
    // What they held is freed when nothing is borrowed.
    drop(messages);
    batch.into_rows(env, more)
}

/// Options as the user gave them.
#[napi(object, object_to_js = false)]
pub struct SharedOptions {
    /// The most entries.
    pub max_size: Option<f64>,
    /// The most bytes.
    pub max_bytes: Option<f64>,
    /// Milliseconds.
    pub ttl: Option<f64>,
    /// Whether a hit renews its entry.
    pub update_age_on_get: Option<bool>,
    /// By which part lifetimes may be shortened.
    pub ttl_jitter: Option<f64>,
    /// Where the random parts begin.
    pub ttl_jitter_seed: Option<f64>,
    /// Milliseconds.
    pub stale_while_revalidate: Option<f64>,
    /// Milliseconds.
    pub stale_if_error: Option<f64>,
    /// The number of locks.
    pub shards: Option<u32>,
    /// The codec's name.
    pub codec: Option<String>,
    /// The store's own file.
    pub snapshot: Option<WantedSnapshot>,
}

/// A shared cache just opened, or why it was not.
#[napi(object, object_from_js = false)]
pub struct OpenedShared {
    /// For every call.
    pub index: u32,
    /// For events.
    pub id: u32,
    /// What the store has.
    pub ttl: f64,
    /// What the store has.
    pub max_size: f64,
    /// What the store has.
    pub max_bytes: f64,
    /// What the store has.
    pub update_age_on_get: bool,
    /// What the store has.
    pub stale_while_revalidate: f64,
    /// What the store has.
    pub stale_if_error: f64,
    /// What the store has.
    pub shards: u32,
    /// What the store has.
    pub codec: String,
    /// Keeps it: the cache is closed when this is collected.
    pub registration: External<SharedRegistration>,
}

/// An option that does not agree with the open store's.
#[napi(object, object_from_js = false)]
pub struct OpenConflict {
    /// Its name.
    pub option: String,
    /// What the store has, as text.
    pub open: String,
}

/// Closes a shared cache when the JavaScript object that owns it is collected.
pub struct SharedRegistration {
    index: u32,
    id: u32,
}

impl Drop for SharedRegistration {
    fn drop(&mut self) {
        // Nobody is there to hear of it.
        let _ = port::close(self.index, self.id);
    }
}

/// Opens or makes the store of this name. `hooks` are the bits of [`Interest`]. With `attach` it must be
/// open already; `None` if it is not.
#[napi(catch_unwind)]
pub fn open_shared(
    port: u32,
    name: Utf16String,
    options: SharedOptions,
    hooks: u8,
    attach: bool,
) -> Option<Either3<OpenedShared, OpenConflict, Ended>> {
    static NEXT_ID: AtomicU32 = AtomicU32::new(1);
    let wanted = Wanted {
        max_size: options.max_size,
        max_bytes: options.max_bytes,
        ttl: options.ttl,
        update_age_on_get: options.update_age_on_get,
        ttl_jitter: options.ttl_jitter,
        ttl_jitter_seed: options.ttl_jitter_seed,
        stale_while_revalidate: options.stale_while_revalidate,
        stale_if_error: options.stale_if_error,
        shards: options.shards,
        codec: options.codec,
    };
    let opened = match options.snapshot {
        _ if attach => registry()
            .attach(&name, &wanted)
            .map_err(NotOpened::Conflict),
        None => registry()
            .open(&name, &wanted, Options::with_defaults)
            .map(Some)
            .map_err(NotOpened::Conflict),
        Some(snapshot) => registry()
            .open_with(&name, &wanted, Options::with_defaults, &snapshot.into())
            .map(Some),
    };
    let handle = match opened {
        Ok(handle) => handle?,
        Err(NotOpened::Conflict(Conflict { option, open })) => {
            return Some(Either3::B(OpenConflict {
                option: option.to_owned(),
                open,
            }));
        }
        Err(NotOpened::Failure(failure)) => return Some(Either3::C(Ended::from(Err(failure)))),
    };
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let options = handle.store.options();
    let index = with_ports(|ports| {
        let inbox = Arc::clone(&ports.port(port).inbox);
        let interest = Interest(hooks);
        let subscriber =
            (interest != Interest::NONE).then(|| handle.store.subscribe(id, interest, inbox));
        ports.open(SharedCache {
            handle,
            id,
            port,
            interest,
            subscriber,
        })
    });
    Some(Either3::A(OpenedShared {
        index,
        id,
        ttl: options.ttl,
        max_size: options.max_size,
        max_bytes: options.max_bytes,
        update_age_on_get: options.lifetimes.update_age_on_get,
        stale_while_revalidate: options.stale_while_revalidate,
        stale_if_error: options.stale_if_error,
        shards: options.shards,
        codec: options.codec,
        registration: External::new(SharedRegistration { index, id }),
    }))
}

/// Sets other limits where they are given, and evicts what is over.
#[napi(catch_unwind)]
pub fn shared_resize(
    index: u32,
    max_size: Option<f64>,
    max_bytes: Option<f64>,
    now: Option<f64>,
) -> Result<()> {
    on_store(index, |cache| {
        let caller = Some((cache.id, cache.interest));
        let store = &cache.handle.store;
        let events = match now {
            Some(now) => store.resize(max_size, max_bytes, &now, caller),
            None => store.resize(max_size, max_bytes, &HybridClock, caller),
        };
        ((), events)
    })
}

/// The most entries, the most bytes, and the time to live, as they are now.
#[napi(catch_unwind)]
pub fn shared_limits(index: u32) -> Vec<f64> {
    let options = with_ports(|ports| ports.cache(index).handle.store.options());
    vec![options.max_size, options.max_bytes, options.ttl]
}

/// Closes a shared cache.
#[napi(catch_unwind)]
pub fn close_shared(index: u32, id: u32) -> Option<SnapshotFailure> {
    port::close(index, id).map(Into::into)
}

/// Ends a store for all threads; `tag` and `reason` are the error for those who wait for a flight.
#[napi(catch_unwind)]
pub fn destroy_shared(name: Utf16String, tag: u8, reason: Buffer) -> bool {
    let reason = Value::Bytes(tag, Arc::from(&*reason));
    registry().destroy(&name, &Outcome::Failed(reason))
}

/// Whether the store of an open cache was destroyed.
#[napi(catch_unwind)]
pub fn shared_ended(index: u32) -> bool {
    with_ports(|ports| ports.cache(index).handle.store.has_ended())
}

/// The names of the open stores.
#[napi(catch_unwind)]
pub fn shared_names(env: &Env) -> Result<Vec<Unknown<'_>>> {
    let names = registry().names();
    names
        .iter()
        .map(|name| string(env, Units::Wide(name)))
        .collect()
}

/// The events of this thread's own calls since the last time.
#[napi(catch_unwind)]
pub fn own_events(env: &Env) -> Result<Rows<'_>> {
    let events = with_ports(|ports| std::mem::take(&mut ports.events));
    first_rows(env, Pending::Events(events))
}

pub(super) fn first_rows(env: &Env, mut pending: Pending) -> Result<Rows<'_>> {
    let mut batch = Batch::default();
    let more = with_ports(|ports| pending.fill(&mut batch, &mut ports.kept));
    let mut rows = batch.into_rows(env, more)?;
    rows.rest = more.then(|| External::new(Some(pending)));
    Ok(rows)
}

/// The next rows of what was too much for the first batch. After the last of them the rest is freed.
#[napi(catch_unwind)]
pub fn next_rows<'env>(env: &'env Env, rest: &mut External<Option<Pending>>) -> Result<Rows<'env>> {
    let mut batch = Batch::default();
    let more = match &mut **rest {
        Some(pending) => with_ports(|ports| pending.fill(&mut batch, &mut ports.kept)),
        None => false,
    };
    if !more {
        rest.take();
    }
    batch.into_rows(env, more)
}

pub(super) fn on_store<R>(
    index: u32,
    step: impl FnOnce(&SharedCache) -> (R, Vec<Event>),
) -> Result<R> {
    with_ports(|ports| {
        ports.require_store(index).map_err(into_error)?;
        let (result, events) = step(ports.cache(index));
        ports.add_events(index, events);
        Ok(result)
    })
}

/// Removes whatever has expired; returns how many entries that was.
#[napi(catch_unwind)]
pub fn shared_prune(index: u32, now: Option<f64>) -> Result<u32> {
    on_store(index, |cache| {
        let caller = Some((cache.id, cache.interest));
        let (count, events) = match now {
            Some(now) => cache.handle.store.prune(&now, caller),
            None => cache.handle.store.prune(&HybridClock, caller),
        };
        (count as u32, events)
    })
}

/// Removes every entry, or those whose keys start with a prefix.
#[napi(catch_unwind)]
pub fn shared_clear(index: u32, prefix: Option<Utf16String>) -> Result<()> {
    on_store(index, |cache| {
        let caller = Some((cache.id, cache.interest));
        let store = &cache.handle.store;
        let events = match &prefix {
            Some(_) => {
                store
                    .remove_matching(&within(&prefix), Happened::Cleared, caller)
                    .1
            }
            None => store.clear(caller),
        };
        ((), events)
    })
}

/// Removes every entry whose key matches; returns how many.
#[napi(catch_unwind)]
pub fn shared_delete_matching(
    index: u32,
    pattern: Utf16String,
    wildcard: bool,
    literal: Option<u32>,
) -> Result<u32> {
    let happened = if wildcard {
        Happened::DeletedByMagicString
    } else {
        Happened::DeletedByPrefix
    };
    let pattern = compile(&pattern, wildcard, literal);
    on_store(index, |cache| {
        let caller = Some((cache.id, cache.interest));
        let (count, events) = cache
            .handle
            .store
            .remove_matching(&pattern, happened, caller);
        (count as u32, events)
    })
}

/// Warnings that a process gives at the most: what it is warned of may come from outside.
const MOST_WARNINGS: usize = 1_000;

/// Whether this is the first time in the process that somebody is to be warned of this.
#[napi(catch_unwind)]
pub fn is_first_warning(subject: String) -> bool {
    static GIVEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock();
    given.len() < MOST_WARNINGS && given.insert(subject)
}

/// Passes a flight on that the facade knows nothing of: it was cut off before.
#[napi(catch_unwind)]
pub fn give_up_flight(flight: f64) {
    let flight = flight as u64;
    if let Some(Led { store, key, .. }) = with_ports(|ports| ports.led.remove(&flight)) {
        let mut scratch = vec![0; key.len()];
        store.give_up_flight(Units::new(&key, &mut scratch), &key, flight);
    }
}

/// Makes this number due in intervals of so many milliseconds, until what is returned is collected or
/// stopped.
#[napi(catch_unwind)]
pub fn start_checks(port: u32, number: u32, interval: f64) -> External<Option<Arc<Check>>> {
    let inbox = with_ports(|ports| Arc::clone(&ports.port(port).inbox));
    External::new(Some(background().check(inbox, number, interval)))
}

/// Stops them.
#[napi(catch_unwind)]
pub fn stop_checks(checks: &mut External<Option<Arc<Check>>>) {
    checks.take();
}
