//! Entries on their way into a file or out of one, in the order of use.

use crate::cache::{Lifetime, Span, TagList, Texts, Units};
use crate::value::Value;

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its key.
    pub key: Units<'a>,
    /// Its value.
    pub value: &'a Value,
    /// When it expires, in milliseconds since the epoch; infinite for never.
    pub expires_at: f64,
    /// Its own lifetime; `None` for that of the cache.
    pub own: Option<Lifetime>,
    /// Its tags, if it has any.
    pub tags: Option<&'a TagList>,
}

/// Many entries.
#[derive(Debug, Default)]
pub struct Entries {
    keys: Texts,
    rows: Vec<Row>,
    /// Which row comes when, unless they are in order.
    sequence: Vec<u32>,
}

#[derive(Debug)]
struct Row {
    key: Span,
    value: Value,
    expires_at: f64,
    own: Option<Lifetime>,
    // Few entries have tags: a word for those that have none.
    tags: Option<Box<TagList>>,
}

impl Entries {
    /// Makes room for so many more entries with short keys.
    pub fn reserve(&mut self, entries: usize) {
        self.rows.reserve(entries);
        self.keys.reserve(entries * 64);
    }

    /// Adds an entry as the one used last.
    pub fn push(
        &mut self,
        key: Units<'_>,
        value: Value,
        expires_at: f64,
        own: Option<Lifetime>,
        tags: TagList,
    ) {
        debug_assert!(self.sequence.is_empty());
        self.rows.push(Row {
            key: self.keys.push(key),
            value,
            expires_at,
            own,
            tags: (!tags.is_empty()).then(|| Box::new(tags)),
        });
    }

    /// Adds those of another list behind these.
    pub fn append(&mut self, other: Entries) {
        let Entries { keys, rows, .. } = other;
        self.rows.extend(rows.into_iter().map(|row| Row {
            key: self.keys.push(keys.get(row.key)),
            ..row
        }));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// An entry by its place in the order of use; 0 is the least recently used.
    pub fn get(&self, index: usize) -> Entry<'_> {
        let row = match self.sequence.get(index) {
            Some(&row) => &self.rows[row as usize],
            None => &self.rows[index],
        };
        Entry {
            key: self.keys.get(row.key),
            value: &row.value,
            expires_at: row.expires_at,
            own: row.own,
            tags: row.tags.as_deref(),
        }
    }

    /// One by one, the least recently used first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Says in which order the entries were used, by their numbers in the order of adding.
    pub fn arrange(&mut self, sequence: Vec<u32>) {
        debug_assert_eq!(sequence.len(), self.rows.len());
        self.sequence = sequence;
    }
}
