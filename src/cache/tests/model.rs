//! The naive model that the core is compared with. No test lives here.

use super::super::{Eviction, Limits, Stats};
use super::orders::Order;

/// A cache as one would first write it: two vectors.
pub(super) struct Model {
    pub(super) limits: Limits,
    /// Of entries without one of their own; `limits` has that of the beginning.
    pub(super) default_ttl: f64,
    /// Least valuable first.
    pub(super) entries: Vec<Entry>,
    pub(super) order: Order,
    /// Keys, oldest write first.
    pub(super) writes: Vec<String>,
    pub(super) weight: f64,
    pub(super) stats: Stats,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) written: f64,
    pub(super) own_ttl: Option<f64>,
    pub(super) weight: f64,
    pub(super) tags: Vec<String>,
    /// Since it came into its queue, and whether that is the main one: see [`super::orders`].
    pub(super) uses: u8,
    pub(super) main: bool,
    pub(super) born: usize,
}

impl Model {
    pub(super) fn new(limits: Limits, eviction: Eviction) -> Self {
        Model {
            limits,
            default_ttl: limits.ttl,
            entries: Vec::new(),
            order: Order::new(eviction),
            writes: Vec::new(),
            weight: 0.0,
            stats: Stats::default(),
        }
    }

    pub(super) fn find(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Entry> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        let entry = self.entries.remove(index);
        self.writes.retain(|written| written != key);
        self.weight -= entry.weight;
        if self.entries.is_empty() {
            self.weight = 0.0;
        }
        Some(entry)
    }

    pub(super) fn lookup(&mut self, key: &str, now: f64, promote: bool) -> &'static str {
        let Some(entry) = self.find(key).cloned() else {
            return "missing";
        };
        if promote {
            self.count_use(key);
        }
        if self.has_expired(&entry, now) {
            self.take(key);
            self.stats.expirations += 1;
            return "expired";
        }
        "hit"
    }

    /// Renews a valid entry, or gives it another lifetime.
    pub(super) fn touch(&mut self, key: &str, own_ttl: Option<f64>, now: f64) -> bool {
        match self.find(key).cloned() {
            Some(entry) if !self.has_expired(&entry, now) => {
                let own_ttl = own_ttl.or(entry.own_ttl).or(Some(self.limits.ttl));
                // Nothing is added or subtracted, and so nothing rounded.
                let total = self.weight;
                self.insert(key, entry.weight, now, own_ttl);
                self.weight = total;
                let touched = self.entries.iter_mut().find(|entry| entry.key == key);
                if let Some(touched) = touched {
                    touched.tags = entry.tags;
                }
                true
            }
            _ => false,
        }
    }

    pub(super) fn has_expired(&self, entry: &Entry, now: f64) -> bool {
        let ttl = entry.own_ttl.unwrap_or(self.limits.ttl);
        ttl > 0.0 && now - entry.written > ttl
    }

    /// Keys with a time to live of their own, the first to expire first.
    pub(super) fn own_deadlines(&self) -> Vec<(f64, String)> {
        let own = self.entries.iter().filter_map(|entry| {
            let ttl = entry.own_ttl?;
            let deadline = if ttl > 0.0 {
                entry.written + ttl
            } else {
                f64::INFINITY
            };
            Some((deadline, entry.key.clone()))
        });
        let mut own: Vec<_> = own.collect();
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        own
    }

    pub(super) fn exceeds(&self, key: &str, weight: f64) -> bool {
        let old = self.find(key);
        let size = self.entries.len() + usize::from(old.is_none());
        let total = self.weight - old.map_or(0.0, |entry| entry.weight) + weight;
        self.is_overfull(size) || self.limits.max_weight > 0.0 && total > self.limits.max_weight
    }

    /// Which of two own deadlines at the same time goes first is left open: `preferred` decides.
    pub(super) fn expire_next(&mut self, now: f64, preferred: Option<&str>) -> Option<String> {
        let own = self.own_deadlines();
        let due = own
            .iter()
            .filter(|(deadline, _)| now > *deadline && *deadline == own[0].0);
        let keys: Vec<&String> = due.map(|(_, key)| key).collect();
        let key = match keys
            .iter()
            .find(|key| Some(key.as_str()) == preferred)
            .or(keys.first())
        {
            Some(&key) => key.clone(),
            None => {
                let key = self.writes.first()?.clone();
                if !self.has_expired(self.find(&key)?, now) {
                    return None;
                }
                key
            }
        };
        self.take(&key);
        self.stats.expirations += 1;
        Some(key)
    }

    pub(super) fn evict_next(&mut self, key: &str, weight: f64) -> Option<String> {
        if !self.exceeds(key, weight) {
            return None;
        }
        let size = self.entries.len() + usize::from(self.find(key).is_none());
        let victim = self.victim(Some(key), self.is_overfull(size))?;
        self.take(&victim);
        self.stats.evictions += 1;
        Some(victim)
    }

    pub(super) fn resize(&mut self, limits: Limits) {
        self.default_ttl = limits.ttl;
        self.limits = Limits {
            ttl: self.limits.ttl,
            ..limits
        };
    }

    /// Nothing is held, and what is written from now on lives as long as the limits say.
    pub(super) fn restart(&mut self) {
        self.limits.ttl = self.default_ttl;
        self.order = Order::new(self.eviction());
    }

    pub(super) fn is_excessive(&self) -> bool {
        let max_weight = self.limits.max_weight;
        self.is_overfull(self.entries.len()) || max_weight > 0.0 && self.weight > max_weight
    }

    fn is_overfull(&self, size: usize) -> bool {
        self.limits.max_size > 0.0 && size as f64 > self.limits.max_size
    }

    pub(super) fn evict_excess(&mut self) -> Option<String> {
        if !self.is_excessive() {
            return None;
        }
        let victim = self.victim(None, self.is_overfull(self.entries.len()))?;
        self.take(&victim);
        self.stats.evictions += 1;
        Some(victim)
    }

    pub(super) fn insert(
        &mut self,
        key: &str,
        weight: f64,
        written: f64,
        own_ttl: Option<f64>,
    ) -> &'static str {
        let weight = if self.limits.max_weight > 0.0 {
            weight
        } else {
            0.0
        };
        // An own lifetime that is the store's is none.
        let forever = |ttl: f64| if ttl.is_finite() { ttl } else { 0.0 };
        let own_ttl = own_ttl.or(Some(self.default_ttl));
        let own_ttl = own_ttl.filter(|&ttl| forever(ttl) != forever(self.limits.ttl));
        let place = self.writes.iter().position(|written| written == key);
        let index = self.entries.iter().position(|entry| entry.key == key);
        let old = self.take(key);
        if own_ttl.is_none() {
            let never = self.limits.ttl == 0.0 || self.limits.ttl.is_infinite();
            match (&old, place) {
                (Some(entry), Some(place)) if entry.written == written || never => {
                    self.writes.insert(place, key.to_owned());
                }
                _ => self.writes.push(key.to_owned()),
            }
        }
        let entry = Entry {
            key: key.to_owned(),
            written,
            own_ttl,
            weight,
            tags: Vec::new(),
            uses: old.as_ref().map_or(0, |old| old.uses),
            main: old.as_ref().is_some_and(|old| old.main),
            born: old.as_ref().map_or(0, |old| old.born),
        };
        match index {
            None => self.place(entry),
            Some(index) => {
                self.entries.insert(index, entry);
                self.count_use(key);
            }
        }
        self.weight += weight;
        if old.is_some() { "updated" } else { "inserted" }
    }

    pub(super) fn set(
        &mut self,
        key: &str,
        weight: f64,
        now: f64,
        own_ttl: Option<f64>,
    ) -> &'static str {
        if self.limits.max_weight > 0.0 && weight > self.limits.max_weight {
            self.stats.evictions += u64::from(self.take(key).is_some());
            return "refused";
        }
        if self.exceeds(key, weight) {
            while self.expire_next(now, None).is_some() {}
            while self.evict_next(key, weight).is_some() {}
        }
        self.insert(key, weight, now, own_ttl)
    }
}
