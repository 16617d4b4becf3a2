//! One cache: lookups, removals and their statistics.
//!
//! Each method is one whole step after which everything is consistent, so that callers can run a
//! user's hooks between steps. Writes are in [`super::writes`], steps that remove many entries in
//! [`super::bulk`], those that only look in [`super::inspect`], those on tags in [`super::tagging`].
//!
//! A step that removes one entry returns its slot, whose value the caller drops before it calls
//! anything else; the slot is free at once. Slots of all other removed entries are
//! [`Store::freed`] until [`Store::recycle_freed`] is told that their values were dropped, so that
//! nobody who comes late drops the value of another entry. Until then such a slot is handed out only to
//! an entry whose value takes the old one's place, and it is freed no more.

use super::clock::Clock;
use super::deadlines::Deadlines;
use super::key::Key;
use super::lifetime::{Jitter, Lifetime};
use super::policy::{Eviction, Policy};
use super::slots::Slot;
use super::tags::Tags;
use super::units::{Text, Units};

/// What bounds a cache. All three are JavaScript numbers, none of them NaN or negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The most entries; 0 is unlimited.
    pub max_size: f64,
    /// The most total weight; 0 turns weights off.
    pub max_weight: f64,
    /// Milliseconds that an entry stays valid; 0 is for ever.
    pub ttl: f64,
}

/// What a store does with lifetimes beside its time to live. The default does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lifetimes {
    /// Milliseconds for which entries are kept after they have expired, for who takes them stale.
    pub grace: f64,
    /// Whether a hit renews the lifetime of its entry.
    pub update_age_on_get: bool,
    /// Each lifetime is shortened by a random part up to this share, from 0 to 1.
    pub jitter: f64,
    /// Where the random parts begin.
    pub jitter_seed: u64,
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
    /// The entry has expired and is kept, for who takes it stale.
    Stale,
    /// There was no entry.
    Missing,
}

/// One cache.
pub struct Store {
    pub(super) limits: Limits,
    pub(super) seed: ahash::RandomState,
    /// Milliseconds for which entries are kept after they have expired.
    pub(super) grace: f64,
    pub(super) update_age_on_get: bool,
    pub(super) jitter: Option<Jitter>,
    pub(super) policy: Policy,
    pub(super) deadlines: Deadlines,
    /// By slot; empty unless weights are on.
    pub(super) weights: Vec<f64>,
    pub(super) total_weight: f64,
    /// Whether sums of weights have ever been rounded, so that they depend on the order of removal.
    pub(super) rounded: bool,
    pub(super) stats: Stats,
    /// Bytes of keys too long to be stored inside their entries.
    pub(super) key_bytes: usize,
    /// Slots of removed entries whose values have not been dropped yet.
    pub(super) freed: Vec<Slot>,
    /// From the first entry with tags on.
    pub(super) tags: Option<Box<Tags>>,
}

impl Store {
    /// An empty cache whose entries live as long as its limits say, and which evicts what was used longest ago.
    pub fn new(limits: Limits) -> Self {
        Self::with_options(limits, Lifetimes::default(), Eviction::default())
    }

    /// An empty cache.
    pub fn with_options(mut limits: Limits, lifetimes: Lifetimes, eviction: Eviction) -> Self {
        let lifetime = Lifetime::new(limits.ttl, lifetimes.grace);
        limits.ttl = lifetime.ttl();
        Store {
            limits,
            seed: ahash::RandomState::new(),
            grace: lifetimes.grace,
            update_age_on_get: lifetimes.update_age_on_get,
            jitter: (lifetimes.jitter > 0.0)
                .then(|| Jitter::new(lifetimes.jitter, lifetimes.jitter_seed)),
            policy: Policy::new(eviction),
            deadlines: Deadlines::new(lifetime),
            weights: Vec::new(),
            total_weight: 0.0,
            rounded: false,
            stats: Stats::default(),
            key_bytes: 0,
            freed: Vec::new(),
            tags: None,
        }
    }

    /// Entries held, expired ones included.
    pub fn len(&self) -> usize {
        self.policy.len()
    }

    /// Sets other limits. What is over them stays until it is evicted; the time to live holds for
    /// entries written from now on. Weights cannot be turned on or off.
    pub fn resize(&mut self, limits: Limits) {
        debug_assert_eq!(limits.max_weight > 0.0, self.weighted());
        let lifetime = Lifetime::new(limits.ttl, self.grace);
        self.deadlines.set_default(lifetime);
        self.limits = Limits {
            ttl: lifetime.ttl(),
            ..limits
        };
    }

    /// Sets the most total weight, by which later writes make room. Weights must be on, and stay on.
    pub fn limit_weight(&mut self, most: f64) {
        debug_assert!(self.weighted());
        // 0 would turn them off.
        self.limits.max_weight = most.max(f64::MIN_POSITIVE);
    }

    /// Slots there are, those of entries that are gone included.
    pub fn slots(&self) -> usize {
        self.deadlines.slots.end() as usize - 1
    }

    /// Whether no entry is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether entries expire, or would if they were written now, so that times matter.
    pub fn expires(&self) -> bool {
        self.deadlines.matter() || self.deadlines.default().ttl() > 0.0
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

    /// About how many bytes of native memory the cache holds, beside this struct itself.
    pub fn bytes(&self) -> usize {
        self.policy.bytes()
            + self.key_bytes
            + self.deadlines.bytes()
            + self.weights.capacity() * size_of::<f64>()
            + self.freed.capacity() * size_of::<Slot>()
            + self.bytes_of_tags()
    }

    fn bytes_of_tags(&self) -> usize {
        match &self.tags {
            None => 0,
            Some(tags) => tags.bytes(),
        }
    }

    /// Looks a key up for its value: a hit makes the entry the most recently used and is counted, and may
    /// renew its lifetime. What is stale is counted as a miss; what had expired the caller counts.
    pub fn get(&mut self, key: Units<'_>, clock: &impl Clock) -> Lookup {
        let Some(slot) = self.hit(key, key.hash(&self.seed)) else {
            self.stats.misses += 1;
            return Lookup::Missing;
        };
        if self.deadlines.has_passed(slot, clock) {
            let late = self.late(slot, clock);
            self.stats.misses += u64::from(late == Lookup::Stale);
            return late;
        }
        self.stats.hits += 1;
        if self.update_age_on_get && self.deadlines.matter() {
            self.renew(slot, clock.now());
        }
        Lookup::Hit(slot)
    }

    /// Looks a key up for its presence: recency and hits stay as they are.
    pub fn has(&mut self, key: Units<'_>, clock: &impl Clock) -> Lookup {
        match self.find(key, key.hash(&self.seed)) {
            None => Lookup::Missing,
            Some(slot) if self.deadlines.has_passed(slot, clock) => self.late(slot, clock),
            Some(slot) => Lookup::Hit(slot),
        }
    }

    /// Renews the lifetime of a valid entry, or gives it another time to live in milliseconds, 0 for ever,
    /// and makes it the most recently used; its slot. Nothing is counted.
    pub fn touch(&mut self, key: Units<'_>, ttl: Option<f64>, now: f64) -> Option<Slot> {
        let hash = key.hash(&self.seed);
        let found = self.find(key, hash);
        let slot = found.filter(|&slot| !self.deadlines.has_passed(slot, &now))?;
        self.policy.hit_at(slot, hash, &mut self.deadlines.slots);
        match ttl {
            Some(ttl) => {
                let own = self.prolonged(self.deadlines.lifetime(slot), ttl);
                let own = self.shortened(Some(own));
                self.deadlines.renew(slot, now, own);
            }
            None => self.renew(slot, now),
        }
        Some(slot)
    }

    /// Whether the key has an entry, expired or not.
    pub fn contains(&self, key: Units<'_>) -> bool {
        self.find(key, key.hash(&self.seed)).is_some()
    }

    /// Makes an entry the most recently used without reading or writing it.
    pub fn promote(&mut self, key: Units<'_>) {
        self.hit(key, key.hash(&self.seed));
    }

    /// The time after which [`Store::expire_next`] may find something; infinity for never.
    pub fn next_deadline(&self) -> f64 {
        self.deadlines.next()
    }

    /// Removes the key's entry as one that exceeds a limit, and counts it.
    pub fn evict(&mut self, key: Units<'_>) -> Option<Key> {
        let evicted = self.remove(key)?;
        self.stats.evictions += 1;
        Some(evicted)
    }

    /// Removes the key's entry as one that has expired, and counts it.
    pub fn expire(&mut self, key: Units<'_>) -> Option<Key> {
        let expired = self.remove(key)?;
        self.stats.expirations += 1;
        Some(expired)
    }

    /// Removes the key's entry, expired or not.
    pub fn remove(&mut self, key: Units<'_>) -> Option<Key> {
        let hash = key.hash(&self.seed);
        let slot = self.policy.remove(key, hash, &self.deadlines.slots)?;
        Some(self.give_back(slot))
    }

    /// Removes the entry in a slot, expired or not.
    pub fn remove_at(&mut self, slot: Slot) -> Option<Key> {
        self.take(slot)
    }

    /// Slots whose entries are gone, and whose values are still to be dropped.
    pub fn freed(&self) -> &[Slot] {
        &self.freed
    }

    /// Notes that the values of all freed slots were dropped.
    pub fn recycle_freed(&mut self) {
        for slot in self.freed.drain(..) {
            self.deadlines.slots.recycle(slot);
        }
        // A bulk deletion's list would stay as long as it once was.
        self.freed.shrink_to(64);
    }

    /// Slots and keys of all entries, expired ones included, least valuable first: for `lru` in the order of use,
    /// for `s3-fifo` in the order in which the small queue and then the main one will come to them.
    pub fn keys(&self) -> impl Iterator<Item = (Slot, Units<'_>)> {
        let slots = self.policy.iter();
        slots.map(|slot| (slot, self.deadlines.slots.units(slot)))
    }

    /// The same, but what was used after all that was not, as far as the policy counts uses: the order in which another
    /// store is to be given them.
    pub fn keys_by_worth(&self) -> impl Iterator<Item = (Slot, Units<'_>)> {
        let slots = self.policy.iter_by_worth(&self.deadlines.slots);
        slots.map(|slot| (slot, self.deadlines.slots.units(slot)))
    }

    /// Whether the entry in a slot comes among the later ones of [`Store::keys_by_worth`].
    pub fn is_proven(&self, slot: Slot) -> bool {
        self.policy.is_proven(slot, &self.deadlines.slots)
    }

    /// Whether the entry in a slot has not expired.
    pub fn is_valid(&self, slot: Slot, clock: &impl Clock) -> bool {
        !self.deadlines.has_passed(slot, clock)
    }

    pub(super) fn find(&self, key: Units<'_>, hash: u32) -> Option<Slot> {
        self.policy.find(key, hash, &self.deadlines.slots)
    }

    pub(super) fn hit(&mut self, key: Units<'_>, hash: u32) -> Option<Slot> {
        self.policy.hit(key, hash, &mut self.deadlines.slots)
    }

    pub(super) fn weighted(&self) -> bool {
        self.limits.max_weight > 0.0
    }

    /// What comes of an entry that was found expired.
    #[cold]
    fn late(&mut self, slot: Slot, clock: &impl Clock) -> Lookup {
        if self.deadlines.is_in_grace(slot, clock) {
            return Lookup::Stale;
        }
        self.stats.expirations += 1;
        self.take(slot);
        Lookup::Expired(slot)
    }

    /// Has the lifetime of an entry begin anew.
    fn renew(&mut self, slot: Slot, now: f64) {
        let lifetime = self.deadlines.lifetime(slot);
        self.deadlines.renew(slot, now, Some(lifetime));
    }

    /// Removes the entry in a slot whose value the caller drops at once.
    pub(super) fn take(&mut self, slot: Slot) -> Option<Key> {
        let hash = self.deadlines.slots.hash(slot);
        self.policy
            .remove_at(slot, hash, &self.deadlines.slots)
            .then(|| self.give_back(slot))
    }

    /// Removes the entry in a slot whose value is dropped later.
    pub(super) fn free(&mut self, slot: Slot) {
        let hash = self.deadlines.slots.hash(slot);
        if self.policy.remove_at(slot, hash, &self.deadlines.slots) {
            self.release_later(slot);
        }
    }

    /// Releases the slot of an entry that the policy has no more, and whose value is dropped later.
    pub(super) fn release_later(&mut self, slot: Slot) {
        self.release(slot);
        self.freed.push(slot);
    }

    /// Releases the slot of an entry that the policy has no more, and whose value the caller drops at once.
    pub(super) fn give_back(&mut self, slot: Slot) -> Key {
        let text = self.release(slot);
        self.deadlines.slots.recycle(slot);
        Key::new(text, slot)
    }

    /// Releases the slot of an entry that the policy has no more.
    #[inline(always)]
    fn release(&mut self, slot: Slot) -> Text {
        if self.tags.is_some() {
            self.untag(slot);
        }
        let text = self.deadlines.release(slot);
        self.key_bytes -= text.heap_bytes();
        if self.weighted() {
            self.subtract_weight(slot, self.is_empty());
        }
        text
    }

    /// `emptied`: no other entry is left, so whatever rounding has left over goes too.
    pub(super) fn subtract_weight(&mut self, slot: Slot, emptied: bool) {
        let weight = self.weights[slot as usize];
        self.total_weight -= weight;
        if emptied {
            self.total_weight = 0.0;
        }
        self.policy.weigh(slot, -weight, &self.deadlines.slots);
    }
}

#[cfg(test)]
impl Store {
    /// The keys in the order in which they expire: the oldest write first, then those with a time
    /// to live of their own; panics unless map, slots and weights tell the same story.
    pub(super) fn validate(&self) -> (Vec<String>, Vec<String>) {
        let by_slot: std::collections::HashMap<Slot, Units<'_>> = self.keys().collect();
        assert_eq!(by_slot.len(), self.len(), "no slot is used twice");
        self.policy.validate(&self.deadlines.slots, &self.weights);
        let (written, own) = self.deadlines.validate(&self.freed);
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
        if let Some(tags) = &self.tags {
            tags.validate(&by_slot.keys().copied().collect::<Vec<_>>());
        }
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
