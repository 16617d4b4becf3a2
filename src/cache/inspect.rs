//! Looks at entries of a [`Store`] that change nothing: nothing is counted, used or removed.

use super::clock::Clock;
use super::slots::Slot;
use super::store::Store;
use super::units::Units;

/// What is known of an entry. Times are milliseconds, those of entries that never expire infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    /// Where its value is.
    pub slot: Slot,
    /// How long it lives.
    pub ttl: f64,
    /// When that began: it was written, or renewed. NaN for an entry that never expires, of which no
    /// time is kept.
    pub start: f64,
    /// When it expires: it is valid up to then, and then still.
    pub expires_at: f64,
    /// What it counts for; 0 where weights are off.
    pub weight: f64,
    /// Whether it has expired and is kept for now.
    pub stale: bool,
}

impl Store {
    /// The slot of a valid entry.
    pub fn peek(&self, key: Units<'_>, clock: &impl Clock) -> Option<Slot> {
        let slot = self.find(key, key.hash(&self.seed))?;
        (!self.deadlines.has_passed(slot, clock)).then_some(slot)
    }

    /// What is known of a key's entry that is valid or kept.
    pub fn info(&self, key: Units<'_>, clock: &impl Clock) -> Option<Info> {
        let slot = self.find(key, key.hash(&self.seed))?;
        let stale = self.deadlines.has_passed(slot, clock);
        if stale && !self.deadlines.is_in_grace(slot, clock) {
            return None;
        }
        let ttl = self.deadlines.lifetime(slot).ttl();
        let weight = self.weights.get(slot as usize).copied().unwrap_or(0.0);
        let info = Info {
            slot,
            ttl: f64::INFINITY,
            start: f64::NAN,
            expires_at: self.expires_at(slot),
            weight,
            stale,
        };
        if ttl == 0.0 {
            return Some(info);
        }
        Some(Info {
            ttl,
            start: self.deadlines.start(slot),
            ..info
        })
    }

    /// When the entry in a slot expires; infinite for never.
    pub fn expires_at(&self, slot: Slot) -> f64 {
        match self.deadlines.lifetime(slot).ttl() {
            0.0 => f64::INFINITY,
            ttl => self.deadlines.start(slot) + ttl,
        }
    }
}
