//! Other limits for a [`SharedStore`] that is in use.

use super::events::Reporter;
use super::messages::Event;
use super::store::{Caller, PRUNED_AT_ONCE, SharedStore, prune_shard};
use super::sync::give_up;
use crate::cache::Clock;

impl SharedStore {
    /// Sets other limits, where they are given, and evicts what is over: what has expired goes first, then
    /// what was used least recently. Tables do not shrink, and what entries that are gone have left behind
    /// in them counts; they are freed where nothing else is left.
    pub fn resize(
        &self,
        max_size: Option<f64>,
        max_bytes: Option<f64>,
        clock: &impl Clock,
        caller: Caller,
    ) -> Vec<Event> {
        self.set_limits(max_size, max_bytes);
        let mut reporter = Reporter::new(&self.subscribers, caller);
        for shard in &self.shards {
            if !shard.lock().is_excessive() {
                continue;
            }
            prune_shard(shard, clock, &mut reporter);
            loop {
                let mut removed = Vec::new();
                let mut shard = shard.lock();
                let count = shard.evict_some(clock, PRUNED_AT_ONCE, &mut removed, &mut reporter);
                let cleared = (shard.len() == 0).then(|| shard.clear());
                give_up(shard);
                drop((removed, cleared));
                if count < PRUNED_AT_ONCE {
                    break;
                }
            }
        }
        reporter.own
    }

    fn set_limits(&self, max_size: Option<f64>, max_bytes: Option<f64>) {
        let _alone = self.resizing.lock();
        let mut options = self.options();
        options.max_size = max_size.unwrap_or(options.max_size);
        options.max_bytes = max_bytes.unwrap_or(options.max_bytes);
        let count = self.shards.len() as u32;
        for (index, shard) in (0..count).zip(&self.shards) {
            let limits = options.of_shard(index, count);
            shard.lock().resize(limits);
        }
        *self.options.lock() = options;
    }
}
