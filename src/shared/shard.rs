//! One shard: a core, the values of its entries, and its flights. Everything here happens under
//! the shard's lock. Sums are in [`super::additions`].

use super::events::Reporter;
use super::flights::Flights;
use super::messages::{Happened, Read};
use super::value::Value;
use crate::cache::{
    Clock, Full, Info, Key, Lifetime, Lifetimes, Limits, Lookup, Pattern, Places, Remains, Slot,
    Stats, Store, TagList, Units, Written,
};

/// What an entry takes beside key and value bytes, at the most: its record (64) and node (32), its
/// share of a hash table that has just doubled (39) and of a vector that has (weights 16), its place
/// (40), and a node of the heap for an own lifetime (32, 48 while the heap's first chunk grows).
const ENTRY_BYTES: usize = 239;

/// What an entry that is gone leaves behind in the tables, which do not shrink: its record, its place,
/// and its share of hash table and weights.
const IDLE_BYTES: usize = 144;

/// So many may be gone without counting: in small stores nothing but the entries decides.
const IDLE_FREE: usize = 1_000;

/// Slots that a scan looks at before the lock is given up: some 0.1 ms.
pub(super) const SCANNED_AT_ONCE: usize = 4_096;

pub(super) struct Stored {
    pub(super) value: Value,
    pub(super) version: u64,
    /// When it was last used, in uses of this shard.
    pub(super) used: u64,
}

/// What a shard held until it was cleared. Dropping it takes long if that was much.
pub(super) struct Cleared {
    remains: Remains,
    _values: Places<Stored>,
}

impl Cleared {
    pub(super) fn entries(&self) -> usize {
        self.remains.entries()
    }
}

pub(super) struct Shard {
    pub(super) core: Store,
    pub(super) values: Places<Stored>,
    most_bytes: f64,
    pub(super) flights: Flights,
    /// Reads and writes so far: scans go by slot, and lists by the order of use.
    pub(super) uses: u64,
}

impl Shard {
    /// Entries are limited by number and age as `limits` say, and by their bytes as weight.
    pub(super) fn new(limits: Limits, lifetimes: Lifetimes) -> Self {
        Shard {
            most_bytes: limits.max_weight,
            core: Store::with_lifetimes(limits, lifetimes),
            values: Places::default(),
            flights: Flights::default(),
            uses: 0,
        }
    }

    pub(super) fn get(
        &mut self,
        key: Units<'_>,
        clock: &impl Clock,
        reporter: &mut Reporter<'_>,
    ) -> Read {
        match self.core.get(key, clock) {
            Lookup::Hit(slot) => self.read(slot),
            Lookup::Expired(slot) => {
                self.dropped(key, slot, Happened::ExpiredByGet, reporter);
                self.core.count_miss();
                Read::Expired
            }
            // The core has counted it as a miss.
            Lookup::Stale => Read::Expired,
            Lookup::Missing => Read::Missing,
        }
    }

    pub(super) fn has(
        &mut self,
        key: Units<'_>,
        clock: &impl Clock,
        reporter: &mut Reporter<'_>,
    ) -> bool {
        self.valid(key, clock, Happened::ExpiredByHas, reporter)
            .is_some()
    }

    /// The version of a valid entry. One that has expired is removed.
    pub(super) fn version(
        &mut self,
        key: Units<'_>,
        clock: &impl Clock,
        reporter: &mut Reporter<'_>,
    ) -> Option<u64> {
        let slot = self.valid(key, clock, Happened::ExpiredByHas, reporter)?;
        self.values.get(slot).map(|stored| stored.version)
    }

    /// The slot of a valid entry. One that has expired is removed and reported as what happened.
    pub(super) fn valid(
        &mut self,
        key: Units<'_>,
        clock: &impl Clock,
        happened: Happened,
        reporter: &mut Reporter<'_>,
    ) -> Option<Slot> {
        match self.core.has(key, clock) {
            Lookup::Hit(slot) => Some(slot),
            Lookup::Expired(slot) => {
                self.dropped(key, slot, happened, reporter);
                None
            }
            Lookup::Stale | Lookup::Missing => None,
        }
    }

    /// Renews a valid entry and makes it the most recently used.
    pub(super) fn touch(&mut self, key: Units<'_>, write: &WriteTime) -> bool {
        let touched = self.core.touch(key, write.own_ttl, write.now);
        if let Some(slot) = touched {
            self.note_use(slot);
        }
        touched.is_some()
    }

    /// Reads a valid entry that stays as it is.
    pub(super) fn peek(&self, key: Units<'_>, clock: &impl Clock) -> Read {
        match self.core.peek(key, clock) {
            Some(slot) => self.stored(slot),
            None => Read::Missing,
        }
    }

    /// Whether there is a valid entry, which stays as it is.
    pub(super) fn is_valid(&self, key: Units<'_>, clock: &impl Clock) -> bool {
        self.core.peek(key, clock).is_some()
    }

    /// What is known of an entry, with its value.
    pub(super) fn info(&self, key: Units<'_>, clock: &impl Clock) -> Option<(Info, Read)> {
        let info = self.core.info(key, clock)?;
        Some((info, self.stored(info.slot)))
    }

    pub(super) fn contains(&self, key: Units<'_>) -> bool {
        self.core.contains(key)
    }

    /// Writes, and makes room first. A value that cannot fit removes what the key had.
    pub(super) fn set(
        &mut self,
        key: Units<'_>,
        value: Value,
        version: u64,
        write: &WriteTime,
        reporter: &mut Reporter<'_>,
    ) -> Result<bool, Full> {
        let kept;
        let tags = match &write.tags {
            Tagging::Replace(tags) => tags,
            Tagging::Keep => {
                kept = self.valid_tags(key, &write.now);
                &kept
            }
        };
        let bytes = entry_bytes(key, &value) + Store::listed_bytes(tags.len());
        if (bytes + Store::alone_tag_bytes(tags)) as f64 > self.most_bytes {
            if let Some(evicted) = self.core.evict(key) {
                self.removed(&evicted, Happened::Evicted, reporter);
            }
            return Ok(false);
        }
        let weight = bytes as f64;
        let mut replaces = false;
        if self.exceeds(key, weight, tags) {
            let mut expired = Vec::new();
            self.prune_some(&write.now, usize::MAX, &mut expired, reporter);
            while self.exceeds(key, weight, tags) {
                if let Some(stale) = self.core.expire_kept(&write.now) {
                    self.removed(&stale, Happened::Pruned, reporter);
                } else if let Some(evicted) = self.core.evict_next(key, weight) {
                    self.removed(&evicted, Happened::Evicted, reporter);
                } else {
                    break;
                }
            }
            if self.exceeds(key, weight, tags) {
                // Nothing else is left, but the tables are still those of many entries.
                let own = self.core.remove(key);
                replaces = own.is_some_and(|own| self.forget(own.slot()).is_some());
                drop(self.clear());
                self.core.limit_weight(self.most_bytes);
            }
        }
        let own = write.own_lifetime(&self.core);
        let written = self.core.insert(key, weight, write.now, own);
        let (slot, happened) = match written? {
            Written::Inserted(slot) if !replaces => (slot, Happened::Inserted),
            Written::Inserted(slot) => (slot, Happened::Updated),
            Written::Updated(slot) => (slot, Happened::Updated),
            Written::Refused => return Ok(false),
        };
        if !tags.is_empty() {
            self.core.tag(slot, tags);
        }
        reporter.report(happened, key, &value);
        self.store(slot, value, version);
        Ok(true)
    }

    /// The tags of the key's valid entry. What has expired and is kept hands none on.
    fn valid_tags(&self, key: Units<'_>, clock: &impl Clock) -> TagList {
        match self.core.peek(key, clock) {
            Some(_) => self.core.tag_list(key),
            None => TagList::default(),
        }
    }

    pub(super) fn remove(
        &mut self,
        key: Units<'_>,
        happened: Happened,
        reporter: &mut Reporter<'_>,
    ) -> Option<Value> {
        let removed = self.core.remove(key)?;
        self.removed(&removed, happened, reporter)
    }

    /// Removes the key's entry as one that has expired.
    pub(super) fn expire(&mut self, key: Units<'_>, reporter: &mut Reporter<'_>) -> Option<Value> {
        let expired = self.core.expire(key)?;
        self.removed(&expired, Happened::Pruned, reporter)
    }

    /// Removes at most `most` expired entries and adds their values to `removed`; returns how many.
    pub(super) fn prune_some(
        &mut self,
        clock: &impl Clock,
        most: usize,
        removed: &mut Vec<Value>,
        reporter: &mut Reporter<'_>,
    ) -> usize {
        for count in 0..most {
            let Some(expired) = self.core.expire_next(clock) else {
                return count;
            };
            removed.extend(self.removed(&expired, Happened::Pruned, reporter));
        }
        most
    }

    /// Removes the entries that match among some slots from `from` on, which nobody is told of, and
    /// adds their values to `removed`. Returns where to go on.
    pub(super) fn remove_some_matching(
        &mut self,
        from: Slot,
        pattern: &Pattern,
        removed: &mut Vec<Value>,
    ) -> Option<Slot> {
        let mut matching = Vec::new();
        let next = self.core.scan(from, SCANNED_AT_ONCE, |slot, key| {
            if pattern.matches(key) {
                matching.push(slot);
            }
        });
        for slot in matching {
            if let Some(key) = self.core.remove_at(slot) {
                removed.extend(self.forget(key.slot()));
            }
        }
        next
    }

    /// Removes every entry at once.
    pub(super) fn clear(&mut self) -> Cleared {
        Cleared {
            remains: self.core.clear(),
            _values: std::mem::take(&mut self.values),
        }
    }

    /// Shows the entries in some slots from `from` on, those that are `valid_at` a time if that is given,
    /// each with its last use. Returns where to go on.
    pub(super) fn visit_some(
        &self,
        from: Slot,
        valid_at: Option<f64>,
        mut visit: impl FnMut(u64, Units<'_>, &Value),
    ) -> Option<Slot> {
        self.core.scan(from, SCANNED_AT_ONCE, |slot, key| {
            if valid_at.is_some_and(|now| !self.core.is_valid(slot, &now)) {
                return;
            }
            let stored = self.values.get(slot).expect("it is held");
            visit(stored.used, key, &stored.value);
        })
    }

    /// Shows the valid entries that match in the few slots of a scan's step from `from` on, as
    /// [`Shard::visit_some`] does.
    pub(super) fn scan_some(
        &self,
        from: Slot,
        pattern: &Pattern,
        clock: &impl Clock,
        mut visit: impl FnMut(u64, Units<'_>, &Value),
    ) -> Option<Slot> {
        let most = Store::SCAN_STEP;
        self.core
            .scan_matching(from, most, pattern, clock, |slot, key| {
                let stored = self.values.get(slot).expect("it is held");
                visit(stored.used, key, &stored.value);
            })
    }

    pub(super) fn len(&self) -> usize {
        self.core.len()
    }

    /// Bytes accounted for.
    pub(super) fn bytes(&self) -> usize {
        // Weights are always on, and sums of whole numbers exact.
        self.core.weight() as usize + self.core.tag_bytes()
    }

    pub(super) fn stats(&self) -> Stats {
        self.core.stats()
    }

    pub(super) fn reset_stats(&mut self) {
        self.core.reset_stats();
    }

    pub(super) fn next_deadline(&self) -> f64 {
        self.core.next_deadline()
    }

    /// Sets other limits. What is over them stays for now.
    pub(super) fn resize(&mut self, limits: Limits) {
        self.most_bytes = limits.max_weight;
        self.core.resize(limits);
    }

    /// Whether more is held than the limits allow. What entries that are gone have left behind counts.
    pub(super) fn is_excessive(&mut self) -> bool {
        self.limit_weight(0);
        self.core.is_excessive()
    }

    /// Removes at most `most` entries for which the limits have no room, those that have expired and are
    /// kept first, and adds their values to `removed`; returns how many.
    pub(super) fn evict_some(
        &mut self,
        clock: &impl Clock,
        most: usize,
        removed: &mut Vec<Value>,
        reporter: &mut Reporter<'_>,
    ) -> usize {
        for count in 0..most {
            self.limit_weight(0);
            if let Some(stale) = self.core.expire_kept_excess(clock) {
                removed.extend(self.removed(&stale, Happened::Pruned, reporter));
            } else if let Some(evicted) = self.core.evict_excess() {
                removed.extend(self.removed(&evicted, Happened::Evicted, reporter));
            } else {
                return count;
            }
        }
        most
    }

    /// Whether room is to be made for a write. What entries that are gone have left behind counts.
    fn exceeds(&mut self, key: Units<'_>, weight: f64, tags: &TagList) -> bool {
        self.limit_weight(self.core.added_tag_bytes(tags));
        self.core.exceeds(key, weight)
    }

    /// Leaves entries what tags do not take, `added_bytes` for others included.
    fn limit_weight(&mut self, added_bytes: usize) {
        let gone = self.core.slots() - self.core.len();
        let idle = gone.saturating_sub(IDLE_FREE) * IDLE_BYTES;
        let idle_tags = self.core.idle_tags().saturating_sub(IDLE_FREE) * Store::TAG_BYTES;
        let tag_bytes = self.core.tag_bytes() + added_bytes;
        self.core
            .limit_weight(self.most_bytes - (idle + idle_tags + tag_bytes) as f64);
    }

    fn read(&mut self, slot: Slot) -> Read {
        self.note_use(slot);
        self.stored(slot)
    }

    fn note_use(&mut self, slot: Slot) {
        if let Some(stored) = self.values.get_mut(slot) {
            self.uses += 1;
            stored.used = self.uses;
        }
    }

    fn stored(&self, slot: Slot) -> Read {
        match self.values.get(slot) {
            Some(stored) => Read::Hit(stored.value.clone(), stored.version),
            None => unreachable!("slot {slot} of an entry has a value"),
        }
    }

    fn store(&mut self, slot: Slot, value: Value, version: u64) {
        self.uses += 1;
        let used = self.uses;
        let stored = Stored {
            value,
            version,
            used,
        };
        self.values.put(slot, stored);
    }

    fn removed(
        &mut self,
        key: &Key,
        happened: Happened,
        reporter: &mut Reporter<'_>,
    ) -> Option<Value> {
        self.dropped(key.units(), key.slot(), happened, reporter)
    }

    pub(super) fn dropped(
        &mut self,
        key: Units<'_>,
        slot: Slot,
        happened: Happened,
        reporter: &mut Reporter<'_>,
    ) -> Option<Value> {
        let value = self.forget(slot)?;
        reporter.report(happened, key, &value);
        Some(value)
    }

    pub(super) fn forget(&mut self, slot: Slot) -> Option<Value> {
        let stored = self.values.take(slot)?;
        Some(stored.value)
    }
}

/// What becomes of the tags of an entry that is written.
#[derive(Debug)]
pub enum Tagging {
    /// It has these and no others.
    Replace(TagList),
    /// It keeps those that it has, if it has not expired.
    Keep,
}

impl Default for Tagging {
    fn default() -> Self {
        Tagging::Replace(TagList::default())
    }
}

/// When something is written, for how long, and with which tags.
#[derive(Default)]
pub struct WriteTime {
    /// Milliseconds since the epoch.
    pub now: f64,
    /// Milliseconds, 0 for ever; `None` for the store's time to live.
    pub own_ttl: Option<f64>,
    /// Milliseconds for which it is kept beyond that; `None` for the store's.
    pub own_grace: Option<f64>,
    /// See [`Tagging`].
    pub tags: Tagging,
}

impl WriteTime {
    fn own_lifetime(&self, core: &Store) -> Option<Lifetime> {
        match self.own_grace {
            Some(grace) => Some(core.kept_lifetime(self.own_ttl, grace)),
            None => self.own_ttl.map(|ttl| core.own_lifetime(ttl)),
        }
    }
}

pub(super) fn entry_bytes(key: Units<'_>, value: &Value) -> usize {
    // Short keys lie inside the node and are counted twice, which keeps the bound true.
    let key_bytes = match key {
        Units::Narrow(bytes) => bytes.len(),
        Units::Wide(units) => size_of_val(units),
    };
    ENTRY_BYTES + key_bytes + value.heap_bytes()
}
