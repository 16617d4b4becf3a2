//! A list of the entries of a store, taken in steps, each under the lock of one shard.

use super::value::Value;
use crate::cache::{Span, Texts, Units};

/// Keys and, if wanted, values.
#[derive(Default)]
pub struct Listing {
    keys: Texts,
    rows: Vec<Row>,
}

struct Row {
    used: u64,
    key: Span,
    value: Option<Value>,
}

impl Listing {
    /// Makes room for so many entries with short keys.
    pub(super) fn reserve(&mut self, entries: usize) {
        self.rows.reserve(entries);
        self.keys.reserve(entries * 64);
    }

    pub(super) fn push(&mut self, used: u64, key: Units<'_>, value: Option<Value>) {
        let key = self.keys.push(key);
        self.rows.push(Row { used, key, value });
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
        let rows = self.rows.iter();
        rows.map(|row| (self.keys.get(row.key), row.value.as_ref()))
    }
}
