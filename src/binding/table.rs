//! The registration table: the caches of this thread by number, and what a step left to collect.
//!
//! It is thread-local, so no cache is ever seen by two threads and the end of a worker frees
//! whatever its objects did not. No borrow of it is held while JavaScript can run.

use std::cell::RefCell;
use std::sync::Once;

use napi::bindgen_prelude::{External, retain_current_module_for_unload_safety};
use napi::sys;

use super::raw::adjust_external_memory;
use crate::cache::{Eviction, Key, Lifetime, Lifetimes, Limits, Slot, Store};
use crate::shared::Expirer;

/// A cache with what its last step left for the facade.
pub(super) struct Cache {
    pub(super) store: Store,
    /// The key that the last step removed.
    pub(super) removed: Option<Key>,
    /// Native bytes that the table has counted.
    counted_bytes: usize,
}

/// V8 is told of native memory in steps of this many bytes: each report costs some 20 ns and may
/// start a collection. The steps are the thread's, so that many small caches are seen as well.
const REPORT_STEP: i64 = 256 * 1024;

/// What a cache takes beside its store: the object that keeps it, as Node-API tracks it.
const OBJECT_BYTES: usize = 300;

#[derive(Default)]
struct Table {
    caches: Vec<Option<Box<Cache>>>,
    vacant: Vec<u32>,
    unfilled: Unfilled,
    /// How many bytes have come, or gone, since V8 was last told.
    unreported_bytes: i64,
}

/// What a batch has written until the facade says that it has stored the values: at most one cache's, as
/// nothing else happens on the thread meanwhile.
#[derive(Default)]
struct Unfilled {
    id: u32,
    slots: Vec<Slot>,
}

thread_local! {
    static TABLE: RefCell<Table> = const {
        RefCell::new(Table {
            caches: Vec::new(),
            vacant: Vec::new(),
            unfilled: Unfilled { id: 0, slots: Vec::new() },
            unreported_bytes: 0,
        })
    };
}

/// Notes the slots that a batch has just written in a cache.
pub(super) fn note_unfilled(id: u32, slots: impl Iterator<Item = Slot>) {
    TABLE.with_borrow_mut(|table| {
        table.unfilled.id = id;
        table.unfilled.slots.extend(slots);
    });
}

/// Notes that the values of all that batches have written are stored.
pub(super) fn note_filled() {
    TABLE.with_borrow_mut(|table| table.unfilled.slots.clear());
}

/// Runs one step on a cache that does not change how much it holds.
///
/// # Panics
/// If there is no such cache: only a defect of the facade can ask for one.
pub(super) fn with_cache<R>(id: u32, step: impl FnOnce(&mut Cache) -> R) -> R {
    TABLE.with_borrow_mut(|table| step(table.cache(id)))
}

/// Runs one step on a cache and tells V8 when the caches of the thread have changed much.
///
/// # Panics
/// As [`with_cache`].
pub(super) fn change_cache<R>(
    env: sys::napi_env,
    id: u32,
    step: impl FnOnce(&mut Cache) -> R,
) -> R {
    let (result, change) = TABLE.with_borrow_mut(|table| {
        let cache = table.cache(id);
        let result = step(cache);
        let change = cache.uncounted_bytes();
        (result, table.count(change))
    });
    report(env, change);
    result
}

/// Nothing follows from a report that fails but that V8's estimate is off: what the step has
/// published must reach the facade.
fn report(env: sys::napi_env, change: i64) {
    if change != 0 {
        let _ = adjust_external_memory(env, change);
    }
}

/// The native thread for what takes long.
pub(super) fn background() -> &'static Expirer {
    static PINNED: Once = Once::new();
    // It may outlive every environment that has loaded this image.
    PINNED.call_once(retain_current_module_for_unload_safety);
    Expirer::global()
}

impl Table {
    fn cache(&mut self, id: u32) -> &mut Cache {
        if !self.unfilled.slots.is_empty() {
            self.remove_unfilled();
        }
        let cache = self.caches.get_mut(id as usize).and_then(Option::as_mut);
        cache.unwrap_or_else(|| panic!("there is no cache {id} on this thread"))
    }

    /// The facade was cut off before it had stored the values of a batch: entries without one must not be
    /// found.
    #[cold]
    #[inline(never)]
    fn remove_unfilled(&mut self) {
        let Unfilled { id, slots } = &mut self.unfilled;
        if let Some(Some(cache)) = self.caches.get_mut(*id as usize) {
            cache.store.free_all(slots);
        }
        slots.clear();
    }

    /// Adds to what V8 has not been told; returns what it is to be told now.
    fn count(&mut self, change: i64) -> i64 {
        self.unreported_bytes += change;
        if self.unreported_bytes.abs() < REPORT_STEP {
            return 0;
        }
        std::mem::take(&mut self.unreported_bytes)
    }
}

impl Cache {
    /// The time to write with.
    pub(super) fn now(&self) -> f64 {
        if self.store.expires() {
            crate::shared::now()
        } else {
            0.0
        }
    }

    /// The time to write an entry of this lifetime with.
    pub(super) fn now_for(&self, own: Option<Lifetime>) -> f64 {
        match own {
            Some(own) if own.ttl() > 0.0 => crate::shared::now(),
            _ => self.now(),
        }
    }

    /// The lifetime of an entry with its own time to live.
    pub(super) fn own_lifetime(&self, ttl: Option<f64>) -> Option<Lifetime> {
        ttl.map(|ttl| self.store.own_lifetime(ttl))
    }

    /// The lifetime of an entry with its own time to live, grace, or both.
    pub(super) fn kept_lifetime(&self, ttl: Option<f64>, grace: Option<f64>) -> Option<Lifetime> {
        match grace {
            Some(grace) => Some(self.store.kept_lifetime(ttl, grace)),
            None => self.own_lifetime(ttl),
        }
    }

    /// About how many native bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Cache>() + OBJECT_BYTES + self.store.bytes()
    }

    fn uncounted_bytes(&mut self) -> i64 {
        let bytes = self.bytes();
        bytes as i64 - std::mem::replace(&mut self.counted_bytes, bytes) as i64
    }
}

/// Keeps a cache in the table for as long as the JavaScript object that owns it lives.
pub struct Registration {
    env: sys::napi_env,
    id: u32,
}

impl Registration {
    /// Opens a cache.
    pub(super) fn open(
        env: sys::napi_env,
        limits: Limits,
        lifetimes: Lifetimes,
        eviction: Eviction,
    ) -> (u32, External<Registration>) {
        let mut cache = Box::new(Cache {
            store: Store::with_options(limits, lifetimes, eviction),
            removed: None,
            counted_bytes: 0,
        });
        let bytes = cache.uncounted_bytes();
        let (id, change) = TABLE.with_borrow_mut(|table| {
            let id = table.vacant.pop().unwrap_or_else(|| {
                table.caches.push(None);
                (table.caches.len() - 1) as u32
            });
            table.caches[id as usize] = Some(cache);
            (id, table.count(bytes))
        });
        let registration = External::new(Registration { env, id });
        report(env, change);
        (id, registration)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // At the end of a thread its table may be gone before the last finalizer runs.
        let closed = TABLE.try_with(|table| {
            let mut table = table.borrow_mut();
            let cache = table.caches[self.id as usize].take()?;
            table.vacant.push(self.id);
            if table.unfilled.id == self.id {
                // The number may be another cache's next.
                table.unfilled.slots.clear();
            }
            let change = table.count(-(cache.counted_bytes as i64));
            Some((cache, change))
        });
        if let Ok(Some((cache, change))) = closed {
            let entries = cache.store.len();
            background().discard(entries, cache);
            report(self.env, change);
        }
    }
}
