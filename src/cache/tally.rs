//! What the entries of a [`Store`] whose keys match come to. Nothing is counted in the statistics,
//! used or removed.

use super::pattern::Pattern;
use super::slots::Slot;
use super::store::Store;

/// How many entries there are, and what they weigh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Entries, expired ones included.
    pub entries: usize,
    /// The sum of their weights; 0 where weights are off.
    pub weight: f64,
}

impl Store {
    /// Adds what matches among the `most` slots from `from` on, 0 being the first. Returns where to
    /// go on, `None` at the end.
    pub fn tally(
        &self,
        from: Slot,
        most: usize,
        pattern: &Pattern,
        tally: &mut Tally,
    ) -> Option<Slot> {
        self.scan(from, most, |slot, key| {
            if pattern.matches(key) {
                tally.entries += 1;
                tally.weight += self.weights.get(slot as usize).copied().unwrap_or(0.0);
            }
        })
    }
}
