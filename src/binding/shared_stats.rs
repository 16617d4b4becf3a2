//! What shared stores can tell of themselves, in numbers.

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::port::{SharedCache, with_ports};
use super::shared_cold::on_store;

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
/// background that failed.
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
        ];
        (numbers, Vec::new())
    })
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
