//! Steps over many entries of a [`Store`]: pruning, deletion by pattern, clearing, scans.

use super::clock::Clock;
use super::deadlines::Deadlines;
use super::key::Key;
use super::pattern::Pattern;
use super::policy::Policy;
use super::slots::Slot;
use super::store::Store;
use super::tags::Tags;
use super::units::Units;

/// What a cache held until it was cleared: memory that is freed when this is dropped, which takes
/// time in proportion to the number of entries and can be done by any thread.
#[must_use = "dropping it takes time in proportion to what was held"]
pub struct Remains {
    entries: usize,
    _held: Box<Held>,
}

type Held = (Policy, Deadlines, Vec<f64>, Vec<Slot>, Option<Box<Tags>>);

impl Remains {
    /// How many entries are to be freed.
    pub fn entries(&self) -> usize {
        self.entries
    }
}

/// The outcome of a deletion by pattern.
pub enum Removed {
    /// So many entries were removed, and others are left; their slots are [`Store::freed`].
    Some(usize),
    /// Every entry was removed, at least one. The slots start anew.
    All(Remains),
}

impl Store {
    /// Removes one entry that has expired, and counts it. Those without a time to live of their
    /// own go in the order of their writing, and none before the oldest of them.
    pub fn expire_next(&mut self, clock: &impl Clock) -> Option<Key> {
        let slot = self.deadlines.expired(clock)?;
        self.stats.expirations += 1;
        self.remove_at(slot)
    }

    /// Removes at most so many entries that have expired, in the order of [`Store::expire_next`],
    /// and counts them. Their slots are freed. Returns how many that was.
    pub fn prune(&mut self, clock: &impl Clock, most: usize) -> usize {
        for count in 0..most {
            let Some(slot) = self.deadlines.expired(clock) else {
                return count;
            };
            self.stats.expirations += 1;
            self.free(slot);
        }
        most
    }

    /// Removes every entry whose key matches, expired or not.
    pub fn remove_matching(&mut self, pattern: &Pattern) -> Removed {
        let mut matching = Vec::new();
        if self.rounded {
            // The sum of weights depends on the order of removal: that of use.
            let matches = self.keys().filter(|&(_, key)| pattern.matches(key));
            matching.extend(matches.map(|(slot, _)| slot));
        } else {
            // In the order of memory the scan is several times as fast.
            self.scan(0, usize::MAX, |slot, key| {
                if pattern.matches(key) {
                    matching.push(slot);
                }
            });
        }
        if !matching.is_empty() && matching.len() == self.len() {
            return Removed::All(self.clear());
        }
        for &slot in &matching {
            self.free(slot);
        }
        Removed::Some(matching.len())
    }

    /// Removes every entry. The slots start anew, and none is freed any more.
    pub fn clear(&mut self) -> Remains {
        let entries = self.len();
        let fresh = Policy::new(self.policy.eviction());
        let policy = std::mem::replace(&mut self.policy, fresh);
        let fresh = Deadlines::new(self.deadlines.default());
        let deadlines = std::mem::replace(&mut self.deadlines, fresh);
        let weights = std::mem::take(&mut self.weights);
        let freed = std::mem::take(&mut self.freed);
        let tags = self.tags.take();
        self.total_weight = 0.0;
        self.rounded = false;
        self.key_bytes = 0;
        Remains {
            entries,
            _held: Box::new((policy, deadlines, weights, freed, tags)),
        }
    }

    /// Shows entries in the order of their slots, expired ones included: those in the `most` slots
    /// from `from` on, 0 being the first. Returns where to go on, `None` at the end. An entry that
    /// is held throughout a scan in several steps keeps its slot, so it is shown exactly once.
    pub fn scan(
        &self,
        from: Slot,
        most: usize,
        visit: impl FnMut(Slot, Units<'_>),
    ) -> Option<Slot> {
        let slots = &self.deadlines.slots;
        slots.visit(from, most, visit);
        let next = (from.max(1) as usize).saturating_add(most);
        (next < slots.end() as usize).then_some(next as Slot)
    }

    /// Slots of which a user's scan gets the entries at once: so few that they do not weigh, and so
    /// many that the steps cost little.
    pub const SCAN_STEP: usize = 256;

    /// The same for the entries among them that are valid and match.
    pub fn scan_matching(
        &self,
        from: Slot,
        most: usize,
        pattern: &Pattern,
        clock: &impl Clock,
        mut visit: impl FnMut(Slot, Units<'_>),
    ) -> Option<Slot> {
        self.scan(from, most, |slot, key| {
            if pattern.matches(key) && !self.deadlines.has_passed(slot, clock) {
                visit(slot, key);
            }
        })
    }
}
