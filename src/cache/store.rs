//! One cache: lookups, writes, removals and their statistics.
//!
//! Recency and the map are `lru`'s; the order of expiry is [`super::slots`]'. Each method is one
//! whole step after which everything is consistent, so that callers can run a user's hooks
//! between steps.

use lru::LruCache;

use super::clock::Clock;
use super::deadlines::Deadlines;
use super::key::{Comparable, Handle, Key, Probe, SpreadState, Text, Units};
use super::pattern::Pattern;
use super::slots::Slot;

/// What bounds a cache. All three are JavaScript numbers, none of them NaN or negative.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most entries; 0 is unlimited.
    pub max_size: f64,
    /// The most total weight; 0 turns weights off.
    pub max_weight: f64,
    /// Milliseconds that an entry stays valid; 0 is for ever.
    pub ttl: f64,
}

/// Counters since the start or the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Reads that found a valid entry.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Entries removed to stay within a limit.
    pub evictions: u64,
    /// Entries removed because their time to live had passed.
    pub expirations: u64,
}

/// The outcome of a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The entry in this slot is valid.
    Hit(Slot),
    /// The entry that was in this slot had expired and is gone.
    Expired(Slot),
    /// There was no entry.
    Missing,
}

/// The outcome of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A new entry, in this slot.
    Inserted(Slot),
    /// The key had an entry, in this slot.
    Updated(Slot),
    /// The weight alone exceeds the limit: nothing was stored, and an old entry of the key is gone.
    Refused,
}

/// Every slot number is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

#[derive(Clone, Copy)]
struct Existing {
    slot: Slot,
    weight: f64,
}

/// One cache.
pub struct Store {
    limits: Limits,
    seed: ahash::RandomState,
    /// The map, and the order of use. What belongs to an entry is in its slot's record.
    entries: LruCache<Handle, (), SpreadState>,
    deadlines: Deadlines,
    /// By slot; empty unless weights are on.
    weights: Vec<f64>,
    total_weight: f64,
    stats: Stats,
    /// Bytes of keys too long to be stored inside their entries.
    key_bytes: usize,
}

impl Store {
    /// An empty cache.
    pub fn new(mut limits: Limits) -> Self {
        if limits.ttl.is_infinite() {
            limits.ttl = 0.0;
        }
        Store {
            limits,
            seed: ahash::RandomState::new(),
            entries: LruCache::unbounded_with_hasher(SpreadState::default()),
            deadlines: Deadlines::new(limits.ttl),
            weights: Vec::new(),
            total_weight: 0.0,
            stats: Stats::default(),
            key_bytes: 0,
        }
    }

    /// Entries held, expired ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The most total weight; 0 if weights are off.
    pub fn max_weight(&self) -> f64 {
        self.limits.max_weight
    }

    /// Whether no entry is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether entries expire at all, so that times matter.
    pub fn expires(&self) -> bool {
        self.deadlines.matter()
    }

    /// Sum of the weights of the entries held.
    pub fn weight(&self) -> f64 {
        self.total_weight
    }

    /// The counters.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Sets the counters to zero.
    pub fn reset_stats(&mut self) {
        self.stats = Stats::default();
    }

    /// Counts a read that found nothing valid; [`Store::get`] leaves that to the caller when the
    /// entry had expired, because a hook comes in between.
    pub fn count_miss(&mut self) {
        self.stats.misses += 1;
    }

    /// About how many bytes of native memory the cache holds.
    pub fn bytes(&self) -> usize {
        /// An entry's node: handle, two list pointers, the allocator's word.
        const NODE: usize = size_of::<Handle>() + 3 * size_of::<usize>();
        /// A bucket of the map: two pointers and a tag, at most 7 of 8 in use.
        const BUCKET: usize = 2 * size_of::<usize>() + 1;
        let buckets = (self.len() * 8 / 7).next_power_of_two();
        self.len() * NODE
            + buckets * BUCKET
            + self.key_bytes
            + self.deadlines.bytes()
            + self.weights.capacity() * size_of::<f64>()
    }

    /// Looks a key up for its value: a hit makes the entry the most recently used and is counted.
    pub fn get(&mut self, key: Units<'_>, clock: &impl Clock) -> Lookup {
        let probe = Probe::of(key, key.hash(&self.seed), &self.deadlines.slots);
        let Some((handle, ())) = self.entries.get_key_value(&probe as &dyn Comparable) else {
            self.stats.misses += 1;
            return Lookup::Missing;
        };
        let slot = handle.slot;
        if self.deadlines.has_passed(slot, clock) {
            return self.expire(slot);
        }
        self.stats.hits += 1;
        Lookup::Hit(slot)
    }

    /// Looks a key up for its presence: recency and hits stay as they are.
    pub fn has(&mut self, key: Units<'_>, clock: &impl Clock) -> Lookup {
        match self.find(key, key.hash(&self.seed)) {
            None => Lookup::Missing,
            Some(slot) if self.deadlines.has_passed(slot, clock) => self.expire(slot),
            Some(slot) => Lookup::Hit(slot),
        }
    }

    /// Whether the key has an entry, expired or not.
    pub fn contains(&self, key: Units<'_>) -> bool {
        self.find(key, key.hash(&self.seed)).is_some()
    }

    /// Whether writing the key with this weight needs room to be made first.
    pub fn exceeds(&self, key: Units<'_>, weight: f64) -> bool {
        self.projection_exceeds(weight, self.existing(key, key.hash(&self.seed)))
    }

    /// Writes a key in one step: makes room by removing what has expired and then what was used
    /// least recently. Slots that came free, and were not taken again, are added to `freed`.
    pub fn set(
        &mut self,
        key: Units<'_>,
        weight: f64,
        now: f64,
        freed: &mut Vec<Slot>,
    ) -> Result<Written, Full> {
        let hash = key.hash(&self.seed);
        if self.weighted() && weight > self.limits.max_weight {
            freed.extend(self.evict(key).map(|evicted| evicted.slot()));
            return Ok(Written::Refused);
        }
        // Without weights an update needs no room: one lookup finds, promotes and renews.
        let unbounded_update = !self.weighted() && !self.overfull();
        if unbounded_update && let Some(slot) = self.promote_found(key, hash) {
            self.deadlines.renew(slot, now, None);
            return Ok(Written::Updated(slot));
        }
        let mut existing = if unbounded_update {
            None
        } else {
            self.existing(key, hash)
        };
        if self.projection_exceeds(weight, existing) {
            while let Some(expired) = self.expire_next(&now) {
                freed.push(expired.slot());
            }
            if existing.is_some() {
                existing = self.existing(key, hash);
            }
            while let Some(evicted) = self.evict_beside(existing, weight) {
                freed.push(evicted.slot());
            }
        }
        let written = self.write(key, hash, existing, weight, now, None)?;
        if let Written::Inserted(slot) = written
            && freed.last() == Some(&slot)
        {
            freed.pop();
        }
        Ok(written)
    }

    /// Writes a key without making room for it; it becomes the most recently used. `own_ttl` is
    /// the entry's own time to live in milliseconds, 0 for ever, in place of the store's.
    pub fn insert(
        &mut self,
        key: Units<'_>,
        weight: f64,
        now: f64,
        own_ttl: Option<f64>,
    ) -> Result<Written, Full> {
        let hash = key.hash(&self.seed);
        let existing = self.existing(key, hash);
        self.write(key, hash, existing, weight, now, own_ttl)
    }

    /// Makes an entry the most recently used without reading or writing it.
    pub fn promote(&mut self, key: Units<'_>) {
        self.promote_found(key, key.hash(&self.seed));
    }

    /// Removes one entry that has expired, and counts it. Those without a time to live of their
    /// own go in the order of their writing, and none before the oldest of them.
    pub fn expire_next(&mut self, clock: &impl Clock) -> Option<Key> {
        let slot = self.deadlines.expired(clock)?;
        self.stats.expirations += 1;
        self.take(slot)
    }

    /// The time after which [`Store::expire_next`] may find something; infinity for never.
    pub fn next_deadline(&self) -> f64 {
        self.deadlines.next()
    }

    /// Removes the least recently used entry other than the key's own, and counts it, if the
    /// key cannot be written with this weight otherwise.
    pub fn evict_next(&mut self, key: Units<'_>, weight: f64) -> Option<Key> {
        let existing = self.existing(key, key.hash(&self.seed));
        self.evict_beside(existing, weight)
    }

    /// Removes the key's entry as one that exceeds a limit, and counts it.
    pub fn evict(&mut self, key: Units<'_>) -> Option<Key> {
        let evicted = self.remove(key)?;
        self.stats.evictions += 1;
        Some(evicted)
    }

    /// Removes the key's entry, expired or not.
    pub fn remove(&mut self, key: Units<'_>) -> Option<Key> {
        let probe = Probe::of(key, key.hash(&self.seed), &self.deadlines.slots);
        let (handle, ()) = self.entries.pop_entry(&probe as &dyn Comparable)?;
        Some(self.release(handle.slot))
    }

    /// Removes every entry whose key matches, expired or not, and adds their slots to `freed`.
    pub fn remove_matching(&mut self, pattern: &Pattern, freed: &mut Vec<Slot>) {
        let matching: Vec<Slot> = if self.weighted() {
            // The sum of weights depends on the order of removal: that of use.
            let matches = self.keys().filter(|&(_, key)| pattern.matches(key));
            matches.map(|(slot, _)| slot).collect()
        } else {
            // In the order of memory the scan is several times as fast.
            self.deadlines.slots.matching(pattern)
        };
        for &slot in &matching {
            self.take(slot);
        }
        freed.extend(matching);
        if self.is_empty() {
            // Nothing is left to be moved: the memory goes back at no cost.
            self.clear();
        }
    }

    /// Removes every entry. The slots start anew.
    pub fn clear(&mut self) {
        self.entries = LruCache::unbounded_with_hasher(SpreadState::default());
        self.deadlines = Deadlines::new(self.limits.ttl);
        self.weights = Vec::new();
        self.total_weight = 0.0;
        self.key_bytes = 0;
    }

    /// Slots and keys of all entries, expired ones included, least recently used first.
    pub fn keys(&self) -> impl Iterator<Item = (Slot, Units<'_>)> {
        let handles = self.entries.iter().rev().map(|(handle, ())| handle.slot);
        handles.map(|slot| (slot, self.deadlines.slots.units(slot)))
    }

    fn find(&self, key: Units<'_>, hash: u32) -> Option<Slot> {
        let probe = Probe::of(key, hash, &self.deadlines.slots);
        self.entries.peek(&probe as &dyn Comparable)?;
        Some(probe.found_slot())
    }

    fn promote_found(&mut self, key: Units<'_>, hash: u32) -> Option<Slot> {
        let probe = Probe::of(key, hash, &self.deadlines.slots);
        let (handle, ()) = self.entries.get_key_value(&probe as &dyn Comparable)?;
        Some(handle.slot)
    }

    /// Whether more entries are held than the limit: by [`Store::insert`] without room made.
    fn overfull(&self) -> bool {
        self.limits.max_size > 0.0 && self.len() as f64 > self.limits.max_size
    }

    fn weighted(&self) -> bool {
        self.limits.max_weight > 0.0
    }

    /// The entry that a write of the key would replace.
    fn existing(&self, key: Units<'_>, hash: u32) -> Option<Existing> {
        let slot = self.find(key, hash)?;
        let weight = self.weights.get(slot as usize).copied().unwrap_or(0.0);
        Some(Existing { slot, weight })
    }

    /// The arithmetic of the published package, step by step, so that sums round alike.
    fn projection_exceeds(&self, weight: f64, existing: Option<Existing>) -> bool {
        let size = self.len() + usize::from(existing.is_none());
        let replaced = existing.map_or(0.0, |existing| existing.weight);
        let total = self.total_weight - replaced + weight;
        let Limits {
            max_size,
            max_weight,
            ..
        } = self.limits;
        (max_size > 0.0 && size as f64 > max_size) || (max_weight > 0.0 && total > max_weight)
    }

    fn write(
        &mut self,
        key: Units<'_>,
        hash: u32,
        existing: Option<Existing>,
        weight: f64,
        now: f64,
        own_ttl: Option<f64>,
    ) -> Result<Written, Full> {
        if let Some(Existing { slot, .. }) = existing {
            self.entries
                .promote(&Probe::at(slot, hash) as &dyn Comparable);
            self.deadlines.renew(slot, now, own_ttl);
            if self.weighted() {
                self.subtract_weight(slot, self.len() == 1);
                self.add_weight(slot, weight);
            }
            return Ok(Written::Updated(slot));
        }
        if !self.deadlines.slots.has_room() {
            return Err(Full);
        }
        let text = Text::new(key);
        self.key_bytes += text.heap_bytes();
        let slot = self.deadlines.take(text, hash, now, own_ttl);
        self.entries.put(Handle { hash, slot }, ());
        if self.weighted() {
            self.add_weight(slot, weight);
        }
        Ok(Written::Inserted(slot))
    }

    fn evict_beside(&mut self, kept: Option<Existing>, weight: f64) -> Option<Key> {
        if !self.projection_exceeds(weight, kept) {
            return None;
        }
        let kept = kept.map(|existing| existing.slot);
        let mut oldest = self.entries.iter().rev().map(|(handle, ())| handle.slot);
        let victim = oldest.find(|&slot| Some(slot) != kept)?;
        self.stats.evictions += 1;
        self.take(victim)
    }

    fn expire(&mut self, slot: Slot) -> Lookup {
        self.stats.expirations += 1;
        self.take(slot);
        Lookup::Expired(slot)
    }

    fn take(&mut self, slot: Slot) -> Option<Key> {
        let probe = Probe::at(slot, self.deadlines.slots.hash(slot));
        self.entries.pop_entry(&probe as &dyn Comparable)?;
        Some(self.release(slot))
    }

    /// Gives the slot of an entry back that the map has no more.
    fn release(&mut self, slot: Slot) -> Key {
        let text = self.deadlines.release(slot);
        self.key_bytes -= text.heap_bytes();
        if self.weighted() {
            self.subtract_weight(slot, self.entries.is_empty());
        }
        Key::new(text, slot)
    }

    fn add_weight(&mut self, slot: Slot, weight: f64) {
        let slot = slot as usize;
        if self.weights.len() <= slot {
            self.weights.resize(slot + 1, 0.0);
        }
        self.weights[slot] = weight;
        self.total_weight += weight;
    }

    /// `emptied`: no other entry is left, so whatever rounding has left over goes too.
    fn subtract_weight(&mut self, slot: Slot, emptied: bool) {
        self.total_weight -= self.weights[slot as usize];
        if emptied {
            self.total_weight = 0.0;
        }
    }
}

#[cfg(test)]
impl Store {
    /// The keys in the order in which they expire: the oldest write first, then those with a time
    /// to live of their own; panics unless map, slots and weights tell the same story.
    pub(super) fn validate(&self) -> (Vec<String>, Vec<String>) {
        let by_slot: std::collections::HashMap<Slot, Units<'_>> = self.keys().collect();
        assert_eq!(by_slot.len(), self.len(), "no slot is used twice");
        let (written, own) = self.deadlines.validate();
        assert_eq!(
            written.len() + own.len(),
            self.len(),
            "every entry has one deadline"
        );
        let heap: usize = self
            .keys()
            .map(|(_, key)| Text::new(key).heap_bytes())
            .sum();
        assert_eq!(heap, self.key_bytes, "bytes of long keys are counted");
        let text = |slot: &Slot| match by_slot[slot] {
            Units::Narrow(bytes) => bytes.iter().map(|&byte| char::from(byte)).collect(),
            Units::Wide(units) => String::from_utf16_lossy(units),
        };
        (
            written.iter().map(text).collect(),
            own.iter().map(text).collect(),
        )
    }
}
