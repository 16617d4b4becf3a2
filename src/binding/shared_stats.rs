//! What shared stores can tell of themselves, in numbers.

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::port::{SharedCache, with_ports};
use super::shared_cold::on_store;
use crate::shared::Interest;

/// Hits, misses, evictions, expirations, entries, bytes.
#[napi(catch_unwind)]
pub fn shared_stats(index: u32) -> Result<Vec<f64>> {
    on_store(index, |cache| {
        let store = &cache.handle.store;
        let (stats, entries) = store.stats();
        let numbers = vec![
            stats.hits as f64,
            stats.misses as f64,
            stats.evictions as f64,
            stats.expirations as f64,
            entries as f64,
            store.metrics().bytes as f64,
        ];
        (numbers, Vec::new())
    })
}

/// Sets the counters to zero.
#[napi(catch_unwind)]
pub fn shared_reset_stats(index: u32) -> Result<()> {
    on_store(index, |cache| {
        cache.handle.store.reset_stats();
        ((), Vec::new())
    })
}

/// Bytes, entries, subscribers, events dropped of this cache, of all, flights, locks, fetches in the
/// background that failed, stale values that were served.
#[napi(catch_unwind)]
pub fn shared_metrics(index: u32) -> Result<Vec<f64>> {
    on_store(index, |cache| {
        let metrics = cache.handle.store.metrics();
        let numbers = vec![
            metrics.bytes as f64,
            metrics.entries as f64,
            metrics.subscribers as f64,
            dropped(cache),
            metrics.dropped_events as f64,
            metrics.flights as f64,
            metrics.shards as f64,
            metrics.refresh_errors as f64,
            metrics.stale_served as f64,
        ];
        (numbers, Vec::new())
    })
}

/// Sets which of its own events a handle is told, whatever it wants to know of others. `hooks` are the bits
/// of [`Interest`].
#[napi(catch_unwind)]
pub fn shared_watch(index: u32, hooks: u8) {
    with_ports(|ports| {
        if let Some(Some(cache)) = ports.caches.get_mut(index as usize) {
            cache.interest = Interest(hooks);
        }
    });
}

/// Counts a stale value that was served; of a destroyed store nothing.
#[napi(catch_unwind)]
pub fn shared_count_stale(index: u32) {
    with_ports(|ports| ports.cache(index).handle.store.count_stale());
}

/// The events of this cache that were dropped; of a destroyed store as well.
#[napi(catch_unwind)]
pub fn shared_dropped(index: u32) -> f64 {
    with_ports(|ports| dropped(ports.cache(index)))
}

fn dropped(cache: &SharedCache) -> f64 {
    cache
        .subscriber
        .as_ref()
        .map_or(0.0, |own| own.backlog.dropped() as f64)
}
