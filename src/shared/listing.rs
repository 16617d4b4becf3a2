//! A list of the entries of a store, taken in steps, each under the lock of one shard.

use super::value::Value;
use crate::cache::Units;

/// Keys and, if wanted, values. The keys lie in two buffers: a million of them are two allocations.
#[derive(Default)]
pub struct Listing {
    narrow: Vec<u8>,
    wide: Vec<u16>,
    rows: Vec<Row>,
}

struct Row {
    used: u64,
    is_wide: bool,
    start: usize,
    len: usize,
    value: Option<Value>,
}

impl Listing {
    /// Makes room for so many entries with short keys.
    pub(super) fn reserve(&mut self, entries: usize) {
        self.rows.reserve(entries);
        self.narrow.reserve(entries * 64);
    }

    pub(super) fn push(&mut self, used: u64, key: Units<'_>, value: Option<Value>) {
        let (is_wide, start) = match key {
            Units::Narrow(bytes) => {
                self.narrow.extend_from_slice(bytes);
                (false, self.narrow.len() - bytes.len())
            }
            Units::Wide(units) => {
                self.wide.extend_from_slice(units);
                (true, self.wide.len() - units.len())
            }
        };
        self.rows.push(Row {
            used,
            is_wide,
            start,
            len: key.len(),
            value,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Brings what was pushed since there were `from` entries into the order of use.
    pub(super) fn sort(&mut self, from: usize) {
        self.rows[from..].sort_unstable_by_key(|row| row.used);
    }

    /// The entries, shard by shard, in each the least recently used first.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Units<'_>, Option<&Value>)> {
        self.rows.iter().map(|row| {
            let units = if row.is_wide {
                Units::Wide(&self.wide[row.start..][..row.len])
            } else {
                Units::Narrow(&self.narrow[row.start..][..row.len])
            };
            (units, row.value.as_ref())
        })
    }
}
