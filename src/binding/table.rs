//! The registration table: the caches of this thread by number, and what a step left to collect.
//!
//! It is thread-local, so no cache is ever seen by two threads and the end of a worker frees
//! whatever its objects did not. No borrow of it is held while JavaScript can run.

use std::cell::RefCell;

use napi::bindgen_prelude::External;
use napi::sys;

use super::raw::{Failure, adjust_external_memory};
use crate::cache::{Key, Limits, Slot, Store};

/// A cache with what its last steps left for the facade.
pub(super) struct Cache {
    pub(super) store: Store,
    /// Slots whose values the facade has yet to drop.
    pub(super) freed: Vec<Slot>,
    /// The key that the last step removed.
    pub(super) removed: Option<Key>,
    /// Native bytes that V8 has been told of.
    reported_bytes: i64,
}

/// V8 is told of native memory in steps of this many bytes: each report costs some 20 ns and may
/// start a collection.
const REPORT_STEP: i64 = 256 * 1024;

#[derive(Default)]
struct Table {
    caches: Vec<Option<Box<Cache>>>,
    vacant: Vec<u32>,
}

thread_local! {
    static TABLE: RefCell<Table> = const {
        RefCell::new(Table { caches: Vec::new(), vacant: Vec::new() })
    };
}

/// Runs one step on a cache that does not change how much it holds.
///
/// # Panics
/// If there is no such cache: only a defect of the facade can ask for one.
pub(super) fn with_cache<R>(id: u32, step: impl FnOnce(&mut Cache) -> R) -> R {
    TABLE.with_borrow_mut(|table| {
        let cache = table.caches.get_mut(id as usize).and_then(Option::as_mut);
        step(cache.unwrap_or_else(|| panic!("there is no cache {id} on this thread")))
    })
}

/// Runs one step on a cache and tells V8 when its size has changed much.
///
/// # Panics
/// As [`with_cache`].
pub(super) fn change_cache<R>(
    env: sys::napi_env,
    id: u32,
    step: impl FnOnce(&mut Cache) -> R,
) -> Result<R, Failure> {
    let (result, change) = with_cache(id, |cache| (step(cache), cache.unreported_bytes()));
    if change != 0 {
        adjust_external_memory(env, change)?;
    }
    Ok(result)
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

    fn unreported_bytes(&mut self) -> i64 {
        let bytes = self.store.bytes() as i64;
        let change = bytes - self.reported_bytes;
        if change.abs() < REPORT_STEP {
            return 0;
        }
        self.reported_bytes = bytes;
        change
    }
}

/// Keeps a cache in the table for as long as the JavaScript object that owns it lives.
pub struct Registration {
    env: sys::napi_env,
    id: u32,
}

impl Registration {
    /// Opens a cache.
    pub(super) fn open(env: sys::napi_env, limits: Limits) -> (u32, External<Registration>) {
        let cache = Box::new(Cache {
            store: Store::new(limits),
            freed: Vec::new(),
            removed: None,
            reported_bytes: 0,
        });
        let id = TABLE.with_borrow_mut(|table| match table.vacant.pop() {
            Some(id) => {
                table.caches[id as usize] = Some(cache);
                id
            }
            None => {
                table.caches.push(Some(cache));
                (table.caches.len() - 1) as u32
            }
        });
        (id, External::new(Registration { env, id }))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // At the end of a thread its table may be gone before the last finalizer runs.
        let closed = TABLE.try_with(|table| {
            let mut table = table.borrow_mut();
            table.vacant.push(self.id);
            table.caches[self.id as usize].take()
        });
        if let Ok(Some(cache)) = closed {
            // A report that fails changes nothing but V8's estimate.
            let _ = adjust_external_memory(self.env, -cache.reported_bytes);
        }
    }
}
