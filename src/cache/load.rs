//! A whole cache at once: an empty [`Store`] is given entries that another one held, with their order of
//! use, lifetimes, weights and tags.
//!
//! Nothing is counted, and nothing evicted: who loads more than the limits allow has that evicted.

use super::lifetime::Lifetime;
use super::slots::{NO_SLOT, Slot};
use super::store::{Lifetimes, Limits, Store};
use super::tags::TagList;
use super::units::{Text, Units};
use super::writes::Full;

/// An entry to be loaded.
#[derive(Clone, Copy)]
pub struct Loaded<'a> {
    /// Its key.
    pub key: Units<'a>,
    /// What it counts for; without meaning where weights are off.
    pub weight: f64,
    /// When it expires, infinite for never.
    pub expires_at: f64,
    /// Its own lifetime; `None` for the store's.
    pub own: Option<Lifetime>,
    /// Its tags, if it has any.
    pub tags: Option<&'a TagList>,
}

impl Store {
    /// An empty cache with the limits and lifetimes of this one.
    pub fn empty_like(&self) -> Store {
        let lifetimes = Lifetimes {
            grace: self.grace,
            update_age_on_get: self.update_age_on_get,
            ..Lifetimes::default()
        };
        let mut empty = Store::with_lifetimes(self.limits, lifetimes);
        empty.jitter = self.jitter.clone();
        empty
    }

    /// Gives an empty store so many entries, the least recently used first. What has expired is left out, and of
    /// entries with the same key all but the last. Returns the slot of each; 0 of those left out.
    pub fn load<'a>(
        &mut self,
        count: usize,
        entry: impl Fn(usize) -> Loaded<'a>,
        now: f64,
    ) -> Result<Vec<Slot>, Full> {
        debug_assert!(self.is_empty() && self.slots() == 0);
        let mut slots = vec![NO_SLOT; count];
        // By slot, the sentinel's included: which entry it has.
        let mut owners = vec![0];
        for (index, place) in slots.iter_mut().enumerate() {
            let loaded = entry(index);
            // What is heavier than all may be would drive out everything before itself.
            let too_heavy = self.weighted() && loaded.weight > self.limits.max_weight;
            if loaded.expires_at < now || too_heavy {
                continue;
            }
            let hash = loaded.key.hash(&self.seed);
            let slot = match self.find(loaded.key, hash) {
                Some(slot) => {
                    self.policy.hit_at(slot, hash);
                    if self.weighted() {
                        self.subtract_weight(slot, self.len() == 1);
                    }
                    owners[slot as usize] = index;
                    slot
                }
                None => {
                    if !self.deadlines.slots.has_room() {
                        return Err(Full);
                    }
                    let text = Text::new(loaded.key);
                    self.key_bytes += text.heap_bytes();
                    let slot = self.deadlines.slots.take(None, text, hash, 0.0);
                    self.policy.insert(slot, hash);
                    owners.push(index);
                    slot
                }
            };
            if self.weighted() {
                self.add_weight(slot, loaded.weight);
            }
            if self.tags.is_some() || loaded.tags.is_some() {
                self.tag(slot, loaded.tags.unwrap_or(&TagList::default()));
            }
            *place = slot;
        }
        // Only the last of those with the same key has its slot.
        for (index, place) in slots.iter_mut().enumerate() {
            if owners[*place as usize] != index {
                *place = NO_SLOT;
            }
        }
        self.load_deadlines(&owners, |slot| entry(owners[slot as usize]), now);
        Ok(slots)
    }

    /// Queues are in the order of expiry, which is not that of use.
    fn load_deadlines<'a>(
        &mut self,
        owners: &[usize],
        entry: impl Fn(Slot) -> Loaded<'a>,
        now: f64,
    ) {
        let slots = 1..owners.len() as Slot;
        let mut due: Vec<(f64, Slot)> = slots.map(|slot| (entry(slot).expires_at, slot)).collect();
        due.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (expires_at, slot) in due {
            let (start, lifetime) = self.lifetime_until(expires_at, entry(slot).own, now);
            self.deadlines.place(slot, start, lifetime);
        }
    }

    /// When a lifetime that ends at a time began, and which it is: the entry's own, or the store's, unless
    /// that would not have begun yet. Entries of one lifetime expire in the order of its beginnings, and others
    /// begin now.
    fn lifetime_until(
        &self,
        expires_at: f64,
        own: Option<Lifetime>,
        now: f64,
    ) -> (f64, Option<Lifetime>) {
        if expires_at == f64::INFINITY {
            return (now, Some(Lifetime::FOREVER));
        }
        let lifetime = own.unwrap_or(self.deadlines.default());
        let start = expires_at - lifetime.ttl();
        if lifetime.ttl() > 0.0 && start <= now {
            return (start, own);
        }
        // A time to live of 0 would be for ever.
        let ttl = (expires_at - now).max(1.0);
        let grace = own.map_or(self.grace, Lifetime::grace);
        (expires_at - ttl, Some(Lifetime::new(ttl, grace)))
    }

    /// Evicts what was loaded beyond the limits, uncounted, and forgets it in the list of slots that
    /// [`Store::load`] has returned.
    pub fn evict_loaded(&mut self, slots: &mut [Slot]) {
        if !self.is_excessive() {
            return;
        }
        while self.evict_excess().is_some() {}
        self.reset_stats();
        let mut held = vec![false; self.deadlines.slots.end() as usize];
        self.scan(0, usize::MAX, |slot, _| held[slot as usize] = true);
        for slot in slots {
            if !held[*slot as usize] {
                *slot = NO_SLOT;
            }
        }
    }

    /// What bounds the cache.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The lifetime of an entry that is not the store's.
    pub fn own_lifetime_at(&self, slot: Slot) -> Option<Lifetime> {
        let lifetime = self.deadlines.lifetime(slot);
        (lifetime != self.deadlines.default()).then_some(lifetime)
    }
}
