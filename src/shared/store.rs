//! One named store: shards under locks, subscribers, versions and metrics.

use std::sync::Arc;

use super::additions::{Addition, Incremented, NotAdded};
use super::events::{Reporter, Subscriber, Subscribers};
use super::expirer::{Expirer, Expires, Ticket};
use super::flights::Versions;
use super::inbox::Inbox;
use super::listing::Listing;
use super::messages::{Backlog, Event, Happened, Interest, Outcome, Read};
use super::options::Options;
use super::shard::{Cleared, SCANNED_AT_ONCE, Shard, WriteTime};
use super::snapshots::Snapshots;
use super::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use super::sync::{Mutex, MutexGuard, give_up};
use super::value::Value;
use crate::cache::{Clock, Full, Pattern, Slot, Stats, Units};

/// What a store can tell about itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Metrics {
    /// Bytes accounted for: keys, values, bookkeeping.
    pub bytes: usize,
    /// Entries, expired ones included.
    pub entries: usize,
    /// Handles with hooks.
    pub subscribers: usize,
    /// Events dropped because too many waited for a subscriber.
    pub dropped_events: u64,
    /// Fetches under way.
    pub flights: usize,
    /// Locks that the keys are spread over.
    pub shards: usize,
    /// Fetches in the background that have failed.
    pub refresh_errors: u64,
    /// Values served although they had expired.
    pub stale_served: u64,
}

/// Who calls: a handle, and which of its own events it wants.
pub type Caller = Option<(u32, Interest)>;

/// A named store.
pub struct SharedStore {
    /// Its name.
    pub name: Box<[u16]>,
    /// What it was opened with, limits as they are now.
    pub(super) options: Mutex<Options>,
    /// Held while the limits are changed, so that all shards get the same ones.
    pub(super) resizing: Mutex<()>,
    pub(super) shards: Box<[Mutex<Shard>]>,
    seed: ahash::RandomState,
    pub(super) subscribers: Subscribers,
    pub(super) versions: Versions,
    /// Somebody writes under a clock that is not the real one, so the expiry thread must not judge.
    pub(super) foreign_clock: AtomicBool,
    ended: AtomicBool,
    pub(super) snapshots: Snapshots,
    stale_served: AtomicU64,
    /// Its one job in the queue of the expiry thread.
    ticket: Ticket,
    pub(super) expirer: &'static Expirer,
}

impl Drop for SharedStore {
    fn drop(&mut self) {
        self.expirer.cancel(&self.ticket);
        let shards = std::mem::take(&mut self.shards);
        let entries = shards.iter().map(|shard| shard.lock().len()).sum();
        self.expirer.discard(entries, shards);
    }
}

impl Expires for SharedStore {
    fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    fn expire_due(&self, now: f64) -> f64 {
        if self.foreign_clock.load(Ordering::Relaxed) || self.has_ended() {
            return f64::INFINITY;
        }
        self.prune_in_steps(&now, None);
        let deadlines = self.shards.iter().map(|shard| shard.lock().next_deadline());
        deadlines.fold(f64::INFINITY, f64::min)
    }
}

/// So many bytes of values may wait for a subscriber of whatever store.
const LEAST_WAITING_BYTES: f64 = 16.0 * 1024.0 * 1024.0;

/// Expired entries that are removed before the lock is given up.
pub(super) const PRUNED_AT_ONCE: usize = 256;

/// Removes what has expired in one shard, some entries at a time; returns how many that was.
pub(super) fn prune_shard(
    shard: &Mutex<Shard>,
    clock: &impl Clock,
    reporter: &mut Reporter<'_>,
) -> usize {
    let mut total = 0;
    loop {
        let mut removed = Vec::new();
        let mut shard = shard.lock();
        let count = shard.prune_some(clock, PRUNED_AT_ONCE, &mut removed, reporter);
        give_up(shard);
        total += count;
        if count < PRUNED_AT_ONCE {
            return total;
        }
    }
}

/// Removes entries of one shard by a step that, from a slot on, removes some, adds their values to a list and
/// returns where to go on; returns how many that was.
pub(super) fn remove_in_steps(
    shard: &Mutex<Shard>,
    mut step: impl FnMut(&mut Shard, Slot, &mut Vec<Value>) -> Option<Slot>,
) -> usize {
    let mut count = 0;
    let mut from = Some(0);
    while let Some(slot) = from {
        let mut removed = Vec::new();
        let mut shard = shard.lock();
        from = step(&mut shard, slot, &mut removed);
        // Nothing is left to be moved: the memory goes back at no cost.
        let emptied = !removed.is_empty() && shard.len() == 0;
        let cleared = emptied.then(|| shard.clear());
        give_up(shard);
        count += removed.len();
        drop((removed, cleared));
    }
    count
}

impl SharedStore {
    pub(super) fn new(name: &[u16], options: Options, expirer: &'static Expirer) -> Self {
        // A shard that may hold no entry would be one too many.
        let most = if options.max_size > 0.0 {
            options.max_size.clamp(1.0, f64::from(u32::MAX)) as u32
        } else {
            u32::MAX
        };
        let count = options.shards.clamp(1, most);
        let shards = (0..count).map(|index| {
            let lifetimes = options.lifetimes_of_shard(index);
            Mutex::new(Shard::new(options.of_shard(index, count), lifetimes))
        });
        SharedStore {
            name: name.into(),
            shards: shards.collect(),
            options: Mutex::new(options),
            resizing: Mutex::new(()),
            seed: ahash::RandomState::new(),
            subscribers: Subscribers::default(),
            versions: Versions::default(),
            foreign_clock: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            snapshots: Snapshots::default(),
            stale_served: AtomicU64::new(0),
            ticket: Ticket::new(),
            expirer,
        }
    }

    /// What it was opened with, limits as they are now.
    pub fn options(&self) -> Options {
        self.options.lock().clone()
    }

    pub(super) fn shard(&self, key: Units<'_>) -> MutexGuard<'_, Shard> {
        self.shards[self.shard_of(key)].lock()
    }

    /// The number of the key's shard.
    pub(super) fn shard_of(&self, key: Units<'_>) -> usize {
        let hash = match key {
            Units::Narrow(bytes) => self.seed.hash_one(bytes),
            Units::Wide(units) => self.seed.hash_one(units),
        };
        (hash % self.shards.len() as u64) as usize
    }

    /// Runs a step under the lock of the key's shard; returns the caller's own events beside it.
    pub(super) fn step<R>(
        &self,
        key: Units<'_>,
        caller: Caller,
        step: impl FnOnce(&mut Shard, &mut Reporter<'_>) -> R,
    ) -> (R, Vec<Event>) {
        let mut reporter = Reporter::new(&self.subscribers, caller);
        let result = step(&mut self.shard(key), &mut reporter);
        (result, reporter.own)
    }

    /// Runs a step that writes under a new version, and has what it wrote expire.
    pub(super) fn write<R>(
        self: &Arc<Self>,
        key: Units<'_>,
        caller: Caller,
        step: impl FnOnce(&mut Shard, u64, &mut Reporter<'_>) -> R,
    ) -> (R, Vec<Event>) {
        let version = self.versions.next();
        let ((result, deadline), events) = self.step(key, caller, |shard, reporter| {
            (step(shard, version, reporter), shard.next_deadline())
        });
        if !self.foreign_clock.load(Ordering::Relaxed) {
            self.expirer.schedule(self, deadline);
        }
        (result, events)
    }

    /// Looks a key up for its value.
    pub fn get(&self, key: Units<'_>, clock: &impl Clock, caller: Caller) -> (Read, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            shard.get(key, clock, reporter)
        })
    }

    /// Looks a key up for its presence.
    pub fn has(&self, key: Units<'_>, clock: &impl Clock, caller: Caller) -> (bool, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            shard.has(key, clock, reporter)
        })
    }

    /// Whether there is an entry, expired or not.
    pub fn contains(&self, key: Units<'_>) -> bool {
        self.shard(key).contains(key)
    }

    /// Writes; false if the value is larger than the store may be.
    pub fn set(
        self: &Arc<Self>,
        key: Units<'_>,
        value: Value,
        write: &WriteTime,
        caller: Caller,
    ) -> (Result<bool, Full>, Vec<Event>) {
        self.write(key, caller, |shard, version, reporter| {
            shard.flights.overtake(key);
            shard.set(key, value, version, write, reporter)
        })
    }

    /// Adds to a number, or starts it. An existing entry keeps its deadline. `None` if there was none and
    /// none was to be started.
    pub fn increment(
        self: &Arc<Self>,
        key: Units<'_>,
        addition: Addition,
        write: &WriteTime,
        caller: Caller,
    ) -> (Result<Option<Incremented>, NotAdded>, Vec<Event>) {
        self.write(key, caller, |shard, version, reporter| {
            let added = shard.increment(key, addition, version, write, reporter);
            if matches!(added, Ok(Some(_))) {
                shard.flights.overtake(key);
            }
            added
        })
    }

    /// Reads a valid entry and removes it in one step.
    pub fn take(&self, key: Units<'_>, clock: &impl Clock, caller: Caller) -> (Read, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            let read = shard.get(key, clock, reporter);
            shard.flights.overtake(key);
            if let Read::Hit(..) = read {
                shard.remove(key, Happened::Deleted, reporter);
            }
            read
        })
    }

    /// Removes an entry, expired or not.
    pub fn remove(&self, key: Units<'_>, happened: Happened, caller: Caller) -> (bool, Vec<Event>) {
        let (removed, events) = self.step(key, caller, |shard, reporter| {
            shard.flights.overtake(key);
            shard.remove(key, happened, reporter)
        });
        // The value itself is freed here, without the lock.
        (removed.is_some(), events)
    }

    /// Removes every entry that matches, some slots at a time; returns how many. Entries written
    /// meanwhile may or may not be among them.
    pub fn remove_matching(
        &self,
        pattern: &Pattern,
        happened: Happened,
        caller: Caller,
    ) -> (usize, Vec<Event>) {
        for shard in &self.shards {
            shard.lock().flights.overtake_matching(pattern);
        }
        let mut reporter = Reporter::new(&self.subscribers, caller);
        let mut count = 0;
        if reporter.wanted(happened) {
            // Events come in the order of use, which a scan does not know.
            let matching = self.collect(|key| pattern.matches(key), false, None);
            for (key, _) in matching.entries() {
                let removed = self.shard(key).remove(key, happened, &mut reporter);
                count += usize::from(removed.is_some());
            }
            return (count, reporter.own);
        }
        for shard in &self.shards {
            count += remove_in_steps(shard, |shard, from, removed| {
                shard.remove_some_matching(from, pattern, removed)
            });
        }
        (count, reporter.own)
    }

    /// Removes every entry. If nobody is told of it, each shard is emptied in one step.
    pub fn clear(&self, caller: Caller) -> Vec<Event> {
        let all = Pattern::prefix(&[]);
        let reporter = Reporter::new(&self.subscribers, caller);
        if reporter.wanted(Happened::Cleared) {
            return self.remove_matching(&all, Happened::Cleared, caller).1;
        }
        let clear = |shard: &Mutex<Shard>| {
            let mut shard = shard.lock();
            shard.flights.overtake_matching(&all);
            shard.clear()
        };
        let cleared: Vec<Cleared> = self.shards.iter().map(clear).collect();
        let entries = cleared.iter().map(Cleared::entries).sum();
        self.expirer.discard(entries, cleared);
        Vec::new()
    }

    /// Removes whatever has expired; returns how many entries that was.
    pub fn prune(&self, clock: &impl Clock, caller: Caller) -> (usize, Vec<Event>) {
        self.prune_in_steps(clock, caller)
    }

    fn prune_in_steps(&self, clock: &impl Clock, caller: Caller) -> (usize, Vec<Event>) {
        let mut reporter = Reporter::new(&self.subscribers, caller);
        let shards = self.shards.iter();
        let total = shards
            .map(|shard| prune_shard(shard, clock, &mut reporter))
            .sum();
        (total, reporter.own)
    }

    /// Lists every valid entry that matches, with its value if `values`, shard by shard, in each the least
    /// recently used first. Entries that come and go meanwhile may or may not be listed.
    pub fn list(&self, pattern: &Pattern, values: bool, now: f64) -> Listing {
        self.collect(|key| pattern.matches(key), values, Some(now))
    }

    /// Lists the entries with wanted keys, those that are `valid_at` a time if that is given, some slots
    /// at a time.
    fn collect(
        &self,
        wanted: impl Fn(Units<'_>) -> bool,
        values: bool,
        valid_at: Option<f64>,
    ) -> Listing {
        let mut listing = Listing::default();
        for shard in &self.shards {
            let start = listing.len();
            let mut from: Option<Slot> = Some(0);
            while let Some(slot) = from {
                // Room is made before the lock is taken, so that seldom anything is moved under it.
                listing.reserve(SCANNED_AT_ONCE);
                let shard = shard.lock();
                from = shard.visit_some(slot, valid_at, |used, key, value| {
                    if wanted(key) {
                        listing.push(used, key, values.then(|| value.clone()));
                    }
                });
                give_up(shard);
            }
            listing.sort(start);
        }
        listing
    }

    /// Counters of all shards, and the number of entries.
    pub fn stats(&self) -> (Stats, usize) {
        let mut total = Stats::default();
        let mut entries = 0;
        for shard in &self.shards {
            let shard = shard.lock();
            let stats = shard.stats();
            total.hits += stats.hits;
            total.misses += stats.misses;
            total.evictions += stats.evictions;
            total.expirations += stats.expirations;
            entries += shard.len();
        }
        (total, entries)
    }

    /// Sets the counters to zero.
    pub fn reset_stats(&self) {
        for shard in &self.shards {
            shard.lock().reset_stats();
        }
    }

    /// What the store can tell about itself.
    pub fn metrics(&self) -> Metrics {
        let mut metrics = Metrics {
            subscribers: self.subscribers.count(),
            dropped_events: self.subscribers.dropped(),
            shards: self.shards.len(),
            stale_served: self.stale_served.load(Ordering::Relaxed),
            ..Metrics::default()
        };
        for shard in &self.shards {
            let shard = shard.lock();
            metrics.bytes += shard.bytes();
            metrics.entries += shard.len();
            metrics.flights += shard.flights.count();
            metrics.refresh_errors += shard.flights.failed_refreshes();
        }
        metrics
    }

    /// Counts a value that was served although it had expired.
    pub fn count_stale(&self) {
        self.stale_served.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells a handle of this number what others do from now on. The values that wait for it take
    /// no more than a quarter of what the store may hold, or [`LEAST_WAITING_BYTES`].
    pub fn subscribe(&self, id: u32, interest: Interest, inbox: Arc<Inbox>) -> Arc<Subscriber> {
        let most_bytes = (self.options().max_bytes / 4.0).max(LEAST_WAITING_BYTES);
        let backlog = Backlog::new(id, most_bytes as usize);
        let subscriber = Subscriber::new(backlog, interest, inbox);
        self.subscribers.add(Arc::clone(&subscriber));
        subscriber
    }

    /// Tells it no more.
    pub fn unsubscribe(&self, id: u32) {
        self.subscribers.remove(id);
    }

    /// Whether the store was destroyed.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Empties the store for good. Those who wait for a flight get this error.
    pub(super) fn end(&self, reason: &Outcome) {
        self.ended.store(true, Ordering::Release);
        for shard in &self.shards {
            let landed = shard.lock().flights.land_all();
            landed.tell(reason);
        }
        self.clear(None);
    }

    /// Learns that somebody writes under a clock of its own, a test's for example.
    pub fn see_foreign_clock(&self) {
        self.foreign_clock.store(true, Ordering::Relaxed);
    }
}
