//! One named store: shards under locks, subscribers, versions and metrics.

use std::sync::Arc;

use super::events::{Event, Happened, Interest, Reporter, Subscriber, Subscribers};
use super::expirer::Expirer;
use super::flights::{Begun, Outcome, Versions};
use super::inbox::Inbox;
use super::registry::Wanted;
use super::shard::{NotANumber, Shard, WriteTime};
use super::sync::atomic::{AtomicBool, Ordering};
use super::sync::{Mutex, MutexGuard};
use super::value::Value;
use crate::cache::{Clock, Limits, Pattern, Stats, Units};

/// What a store was opened with.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The most entries; 0 is unlimited.
    pub max_size: f64,
    /// The most bytes; 0 is unlimited.
    pub max_bytes: f64,
    /// Milliseconds that entries stay valid; 0 is for ever.
    pub ttl: f64,
    /// How many locks the keys are spread over.
    pub shards: u32,
    /// How values are encoded, as the facade names it.
    pub codec: String,
}

impl Options {
    /// What a store has where nothing else was wanted: the published package's limits, and locks
    /// enough that threads seldom meet. A store of fewer than [`EXACT`] entries has one lock, so
    /// that its order of eviction is exact; so has one so small that its parts could not hold a
    /// value of [`PART`] bytes.
    pub fn with_defaults(wanted: &Wanted) -> Self {
        /// Up to this many entries, one shard.
        const EXACT: f64 = 1_024.0;
        /// What each shard can hold at least.
        const PART: f64 = 1_048_576.0;
        /// Locks of a large store.
        const SHARDS: u32 = 16;
        let max_size = wanted.max_size.unwrap_or(100.0);
        let max_bytes = wanted.max_bytes.unwrap_or(0.0);
        let small = (max_size > 0.0 && max_size < EXACT)
            || (max_bytes > 0.0 && max_bytes < PART * f64::from(SHARDS));
        Options {
            max_size,
            max_bytes,
            ttl: wanted.ttl.unwrap_or(300_000.0),
            shards: wanted.shards.unwrap_or(if small { 1 } else { SHARDS }),
            codec: wanted
                .codec
                .clone()
                .unwrap_or_else(|| "structured".to_owned()),
        }
    }
}

/// The outcome of a read.
#[derive(Clone, Debug)]
pub enum Read {
    /// The value and the number of its version.
    Hit(Value, u64),
    /// There was an entry, and it had expired.
    Expired,
    /// There was none.
    Missing,
}

/// The store cannot number another entry.
#[derive(Debug)]
pub struct TooLarge;

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
}

/// Who calls: a handle, and which of its own events it wants.
pub type Caller = Option<(u32, Interest)>;

/// A named store.
pub struct SharedStore {
    /// Its name.
    pub name: String,
    /// What it was opened with.
    pub options: Options,
    shards: Box<[Mutex<Shard>]>,
    seed: ahash::RandomState,
    subscribers: Subscribers,
    versions: Versions,
    /// Somebody writes under a clock that is not the real one, so the expiry thread must not judge.
    foreign_clock: AtomicBool,
    ended: AtomicBool,
    /// The time for which the expiry thread has this store in its queue.
    pub(super) scheduled: Mutex<f64>,
}

impl SharedStore {
    pub(super) fn new(name: String, options: Options) -> Self {
        // A shard that may hold no entry would be one too many.
        let most = if options.max_size > 0.0 {
            options.max_size.clamp(1.0, f64::from(u32::MAX)) as u32
        } else {
            u32::MAX
        };
        let count = options.shards.clamp(1, most);
        let share = |total: f64, index: u32| {
            // Every shard has the same share, and the first ones what does not divide: the parts
            // add up to the whole. None may get 0, which would be unlimited.
            if total == 0.0 || total.is_infinite() || count == 1 {
                return total;
            }
            let (total, count, index) = (total.floor(), f64::from(count), f64::from(index));
            let part = (total / count).floor();
            (part + f64::from(u8::from(index < total - part * count))).max(1.0)
        };
        let shards = (0..count).map(|index| {
            let max_weight = share(options.max_bytes, index);
            Mutex::new(Shard::new(Limits {
                max_size: share(options.max_size, index),
                // Weights stay on without a limit, so that bytes are counted in one way.
                max_weight: if max_weight == 0.0 {
                    f64::INFINITY
                } else {
                    max_weight
                },
                ttl: options.ttl,
            }))
        });
        SharedStore {
            name,
            shards: shards.collect(),
            options,
            seed: ahash::RandomState::new(),
            subscribers: Subscribers::default(),
            versions: Versions::default(),
            foreign_clock: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            scheduled: Mutex::new(f64::INFINITY),
        }
    }

    fn shard(&self, key: Units<'_>) -> MutexGuard<'_, Shard> {
        let hash = match key {
            Units::Narrow(bytes) => self.seed.hash_one(bytes),
            Units::Wide(units) => self.seed.hash_one(units),
        };
        self.shards[(hash % self.shards.len() as u64) as usize].lock()
    }

    /// Runs a step under the lock of the key's shard; returns the caller's own events beside it.
    fn step<R>(
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
    fn write<R>(
        self: &Arc<Self>,
        key: Units<'_>,
        write: &WriteTime,
        caller: Caller,
        step: impl FnOnce(&mut Shard, u64, &mut Reporter<'_>) -> R,
    ) -> (R, Vec<Event>) {
        let version = self.versions.next();
        let outcome = self.step(key, caller, |shard, reporter| {
            step(shard, version, reporter)
        });
        self.schedule_write(write);
        outcome
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
    ) -> (Result<bool, TooLarge>, Vec<Event>) {
        self.write(key, write, caller, |shard, version, reporter| {
            shard.set(key, value, version, write, reporter)
        })
    }

    /// Writes unless there is a valid entry; whether it wrote.
    pub fn set_if_absent(
        self: &Arc<Self>,
        key: Units<'_>,
        value: Value,
        write: &WriteTime,
        caller: Caller,
    ) -> (Result<bool, TooLarge>, Vec<Event>) {
        self.write(key, write, caller, |shard, version, reporter| {
            if shard.has(key, &write.now, reporter) {
                return Ok(false);
            }
            shard.set(key, value, version, write, reporter)
        })
    }

    /// Adds to a number, or starts it at `by`. An existing entry keeps its deadline.
    pub fn increment(
        self: &Arc<Self>,
        key: Units<'_>,
        by: f64,
        write: &WriteTime,
        caller: Caller,
    ) -> (Result<f64, NotANumber>, Vec<Event>) {
        self.write(key, write, caller, |shard, version, reporter| {
            shard.increment(key, by, version, write, reporter)
        })
    }

    /// Reads a valid entry and removes it in one step.
    pub fn take(&self, key: Units<'_>, clock: &impl Clock, caller: Caller) -> (Read, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            let read = shard.get(key, clock, reporter);
            if let Read::Hit(..) = read {
                shard.remove(key, Happened::Deleted, reporter);
            }
            read
        })
    }

    /// Removes an entry, expired or not.
    pub fn remove(&self, key: Units<'_>, happened: Happened, caller: Caller) -> (bool, Vec<Event>) {
        let (removed, events) = self.step(key, caller, |shard, reporter| {
            shard.remove(key, happened, reporter)
        });
        // The value itself is freed here, without the lock.
        (removed.is_some(), events)
    }

    fn each_shard<R>(
        &self,
        caller: Caller,
        mut step: impl FnMut(&mut Shard, &mut Reporter<'_>) -> R,
    ) -> (Vec<R>, Vec<Event>) {
        let mut reporter = Reporter::new(&self.subscribers, caller);
        let results = self.shards.iter();
        let results = results
            .map(|shard| step(&mut shard.lock(), &mut reporter))
            .collect();
        (results, reporter.own)
    }

    /// Removes every entry that matches; returns how many.
    pub fn remove_matching(
        &self,
        pattern: &Pattern,
        happened: Happened,
        caller: Caller,
    ) -> (usize, Vec<Event>) {
        let (counts, events) = self.each_shard(caller, |shard, reporter| {
            shard.remove_matching(pattern, happened, reporter)
        });
        (counts.iter().sum(), events)
    }

    /// Removes every entry.
    pub fn clear(&self, caller: Caller) -> Vec<Event> {
        self.each_shard(caller, Shard::clear).1
    }

    /// Removes whatever has expired; returns how many entries that was.
    pub fn prune(&self, clock: &impl Clock, caller: Caller) -> (usize, Vec<Event>) {
        let (counts, events) =
            self.each_shard(caller, |shard, reporter| shard.prune(clock, reporter));
        (counts.iter().sum(), events)
    }

    /// Shows every entry, shard by shard, in each the least recently used first.
    pub fn for_each(&self, mut visit: impl FnMut(Units<'_>, &Value)) {
        for shard in &self.shards {
            for (key, value) in shard.lock().entries() {
                visit(key, value);
            }
        }
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
            ..Metrics::default()
        };
        for shard in &self.shards {
            let shard = shard.lock();
            metrics.bytes += shard.bytes();
            metrics.entries += shard.len();
            metrics.flights += shard.flights.count();
        }
        metrics
    }

    /// Joins the flight of a key, or else reads it, or else starts a flight.
    pub fn begin(
        &self,
        key: Units<'_>,
        code_units: &[u16],
        clock: &impl Clock,
        inbox: &Arc<Inbox>,
        waiter: u32,
        caller: Caller,
    ) -> (Begun, Vec<Event>) {
        self.step(key, caller, |shard, reporter| {
            if shard.flights.join(code_units, inbox, waiter) {
                return Begun::Wait;
            }
            match shard.get(key, clock, reporter) {
                hit @ Read::Hit(..) => Begun::Held(hit),
                miss => Begun::Lead {
                    flight: shard.flights.lead(code_units, inbox),
                    expired: matches!(miss, Read::Expired),
                },
            }
        })
    }

    /// Ends a flight and tells all who wait for it.
    pub fn finish(&self, key: Units<'_>, code_units: &[u16], flight: u64, outcome: &Outcome) {
        let landed = self.shard(key).flights.land(code_units, flight);
        landed.tell(outcome);
    }

    /// Passes the flights of an environment that has ended to others.
    pub fn abandon(&self, gone: &Arc<Inbox>) {
        for shard in &self.shards {
            shard.lock().flights.abandon(gone);
        }
    }

    /// Tells a handle what others do from now on.
    pub fn subscribe(&self, subscriber: Arc<Subscriber>) {
        self.subscribers.add(subscriber);
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
            let mut shard = shard.lock();
            let landed = shard.flights.land_all();
            shard.clear(&mut Reporter::new(&self.subscribers, None));
            drop(shard);
            landed.tell(reason);
        }
    }

    /// Learns that somebody writes under a clock of its own, a test's for example.
    pub fn see_foreign_clock(&self) {
        self.foreign_clock.store(true, Ordering::Relaxed);
    }

    fn schedule_write(self: &Arc<Self>, write: &WriteTime) {
        let ttl = write.own_ttl.unwrap_or(self.options.ttl);
        if ttl > 0.0 && ttl.is_finite() && !self.foreign_clock.load(Ordering::Relaxed) {
            Expirer::schedule_store(self, write.now + ttl);
        }
    }

    /// Called by the expiry thread: removes what has expired, in steps that let others at the
    /// locks in between, and returns the next deadline.
    pub(super) fn expire_due(&self, now: f64) -> f64 {
        /// Entries removed before the lock is given up for a moment.
        const AT_ONCE: usize = 256;
        if self.foreign_clock.load(Ordering::Relaxed) || self.has_ended() {
            return f64::INFINITY;
        }
        let mut next = f64::INFINITY;
        for shard in &self.shards {
            loop {
                let mut reporter = Reporter::new(&self.subscribers, None);
                let mut shard = shard.lock();
                if shard.prune_some(&now, AT_ONCE, &mut reporter) < AT_ONCE {
                    next = next.min(shard.next_deadline());
                    break;
                }
            }
        }
        next
    }
}
