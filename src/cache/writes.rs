//! Writes to a [`Store`], and the room that is made for them.

use super::clock::Clock;
use super::key::Key;
use super::lifetime::Lifetime;
use super::slots::Slot;
use super::store::{Limits, Store};
use super::units::{Text, Units};

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

impl Store {
    /// Whether writing the key with this weight needs room to be made first.
    pub fn exceeds(&self, key: Units<'_>, weight: f64) -> bool {
        self.projection_exceeds(weight, self.existing(key, key.hash(&self.seed)))
    }

    /// Writes a key in one step: makes room by removing what has expired and then what was used
    /// least recently. The slots of those are freed. `own` is the entry's own lifetime in place of the
    /// store's.
    pub fn set(
        &mut self,
        key: Units<'_>,
        weight: f64,
        now: f64,
        own: Option<Lifetime>,
    ) -> Result<Written, Full> {
        let hash = key.hash(&self.seed);
        if self.weighted() && weight > self.limits.max_weight {
            if let Some(slot) = self.find(key, hash) {
                self.stats.evictions += 1;
                self.free(slot);
            }
            return Ok(Written::Refused);
        }
        // Without weights an update needs no room: one lookup finds, promotes and renews.
        let unbounded_update = !self.weighted() && !self.overfull();
        if unbounded_update && let Some(slot) = self.hit(key, hash) {
            let own = self.shortened(own);
            self.deadlines.renew(slot, now, own);
            if self.tags.is_some() {
                self.untag(slot);
            }
            return Ok(Written::Updated(slot));
        }
        let mut existing = if unbounded_update {
            None
        } else {
            self.existing(key, hash)
        };
        if self.projection_exceeds(weight, existing) {
            self.prune(&now, usize::MAX);
            if existing.is_some() {
                existing = self.existing(key, hash);
            }
            while let Some(stale) = self.deadlines.expired_in_grace(&now)
                && self.projection_exceeds(weight, existing)
            {
                self.stats.expirations += 1;
                self.free(stale);
                existing = existing.filter(|kept| kept.slot != stale);
            }
            while let Some(victim) = self.evict_for(existing, weight) {
                self.release_later(victim);
            }
        }
        self.write(key, hash, existing, weight, now, own)
    }

    /// Writes a key without making room for it; it becomes the most recently used. `own` is the
    /// entry's own lifetime in place of the store's.
    pub fn insert(
        &mut self,
        key: Units<'_>,
        weight: f64,
        now: f64,
        own: Option<Lifetime>,
    ) -> Result<Written, Full> {
        let hash = key.hash(&self.seed);
        let existing = self.existing(key, hash);
        self.write(key, hash, existing, weight, now, own)
    }

    /// The lifetime of an entry with its own time to live in milliseconds, 0 for ever.
    pub fn own_lifetime(&self, ttl: f64) -> Lifetime {
        Lifetime::new(ttl, self.grace)
    }

    /// The lifetime of an entry that is kept for `grace` milliseconds beyond it; without a time to live
    /// of its own it has the store's.
    pub fn kept_lifetime(&self, ttl: Option<f64>, grace: f64) -> Lifetime {
        Lifetime::new(ttl.unwrap_or(self.limits.ttl), grace)
    }

    /// The lifetime of an entry that is given another time to live: it keeps its grace. Of one that lives for
    /// ever none is known, and it gets the store's.
    pub(super) fn prolonged(&self, lifetime: Lifetime, ttl: f64) -> Lifetime {
        if lifetime == Lifetime::FOREVER {
            return self.own_lifetime(ttl);
        }
        Lifetime::new(ttl, lifetime.grace())
    }

    /// Removes an entry that has expired but is kept, and counts it, if the key cannot be written
    /// with this weight otherwise. Before anything valid is evicted.
    pub fn expire_kept_for(
        &mut self,
        key: Units<'_>,
        weight: f64,
        clock: &impl Clock,
    ) -> Option<Key> {
        if !self.exceeds(key, weight) {
            return None;
        }
        self.expire_kept(clock)
    }

    /// Removes an entry that has expired but is kept, and counts it, if more is held than the limits
    /// allow.
    pub fn expire_kept_excess(&mut self, clock: &impl Clock) -> Option<Key> {
        if !self.is_excessive() {
            return None;
        }
        self.expire_kept(clock)
    }

    /// Removes an entry that has expired but is kept, and counts it: for who needs the room.
    pub fn expire_kept(&mut self, clock: &impl Clock) -> Option<Key> {
        let slot = self.deadlines.expired_in_grace(clock)?;
        self.stats.expirations += 1;
        self.take(slot)
    }

    /// Removes the least recently used entry other than the key's own, and counts it, if the
    /// key cannot be written with this weight otherwise.
    pub fn evict_next(&mut self, key: Units<'_>, weight: f64) -> Option<Key> {
        let existing = self.existing(key, key.hash(&self.seed));
        let victim = self.evict_for(existing, weight)?;
        Some(self.give_back(victim))
    }

    /// Whether more is held than the limits allow: by [`Store::insert`] without room made, or since
    /// they were made smaller.
    pub fn is_excessive(&self) -> bool {
        self.overfull() || (self.weighted() && self.total_weight > self.limits.max_weight)
    }

    /// Removes the least recently used entry, and counts it, if more is held than the limits allow.
    pub fn evict_excess(&mut self) -> Option<Key> {
        if !self.is_excessive() {
            return None;
        }
        let victim = self.evict_other_than(None)?;
        Some(self.give_back(victim))
    }

    /// Whether more entries are held than the limit: by [`Store::insert`] without room made.
    fn overfull(&self) -> bool {
        self.limits.max_size > 0.0 && self.len() as f64 > self.limits.max_size
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
        own: Option<Lifetime>,
    ) -> Result<Written, Full> {
        let own = self.shortened(own);
        if let Some(Existing { slot, .. }) = existing {
            self.policy.hit_at(slot, hash);
            self.deadlines.renew(slot, now, own);
            if self.tags.is_some() {
                self.untag(slot);
            }
            if self.weighted() {
                self.subtract_weight(slot, self.len() == 1);
                self.add_weight(slot, weight);
            }
            return Ok(Written::Updated(slot));
        }
        // The new entry's value takes the place of one that was to be dropped.
        let reused = self.freed.pop();
        if reused.is_none() && !self.deadlines.slots.has_room() {
            return Err(Full);
        }
        let text = Text::new(key);
        self.key_bytes += text.heap_bytes();
        let slot = self.deadlines.take(reused, text, hash, now, own);
        self.policy.insert(slot, hash);
        if self.weighted() {
            self.add_weight(slot, weight);
        }
        Ok(Written::Inserted(slot))
    }

    /// Has an entry other than the written one go, and counts it, if a write of this weight does not fit
    /// otherwise. Its slot is to be released.
    fn evict_for(&mut self, written: Option<Existing>, weight: f64) -> Option<Slot> {
        if !self.projection_exceeds(weight, written) {
            return None;
        }
        self.evict_other_than(written.map(|existing| existing.slot))
    }

    fn evict_other_than(&mut self, kept: Option<Slot>) -> Option<Slot> {
        let victim = self.policy.evict(kept, &self.deadlines.slots)?;
        self.stats.evictions += 1;
        Some(victim)
    }

    /// The lifetime of a new or updated entry where chance has a part in it.
    pub(super) fn shortened(&mut self, own: Option<Lifetime>) -> Option<Lifetime> {
        let Some(jitter) = &mut self.jitter else {
            return own;
        };
        Some(jitter.shorten(own.unwrap_or(self.deadlines.default())))
    }

    pub(super) fn add_weight(&mut self, slot: Slot, weight: f64) {
        let slot = slot as usize;
        if self.weights.len() <= slot {
            self.weights.resize(slot + 1, 0.0);
        }
        self.weights[slot] = weight;
        self.total_weight += weight;
        /// Sums of whole numbers up to here are exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        self.rounded |= weight.fract() != 0.0 || self.total_weight > EXACT;
    }
}
