//! Which keys a bulk deletion means: a prefix or a wildcard pattern. Linear time, always.
//!
//! A pattern is cut at its asterisks. The first piece must start the key, the last must end it
//! and the others must occur in between, each at its leftmost place: if any placement fits, that
//! one does, so nothing is ever tried twice. Pieces are searched by Knuth, Morris and Pratt's
//! algorithm (SIAM J. Comput. 6, 1977), which never steps back in the key.

use super::key::Units;

const ASTERISK: u16 = b'*' as u16;

/// A set of keys, given by a prefix or a wildcard pattern in UTF-16 code units.
pub struct Pattern {
    kind: Kind,
}

enum Kind {
    Prefix(Vec<u16>),
    Exact(Vec<u16>),
    Pieces {
        first: Vec<u16>,
        middle: Vec<Piece>,
        last: Vec<u16>,
    },
}

impl Pattern {
    /// The keys that start with `prefix`.
    pub fn prefix(prefix: &[u16]) -> Self {
        Pattern {
            kind: Kind::Prefix(prefix.to_vec()),
        }
    }

    /// The keys that match `pattern` as a whole, in which each `*` stands for any units, none
    /// included, and every other unit for itself.
    pub fn wildcard(pattern: &[u16]) -> Self {
        let mut pieces: Vec<&[u16]> = pattern.split(|&unit| unit == ASTERISK).collect();
        let last = pieces.pop().unwrap_or_default().to_vec();
        if pieces.is_empty() {
            return Pattern {
                kind: Kind::Exact(last),
            };
        }
        let first = pieces.remove(0).to_vec();
        let middle = pieces
            .into_iter()
            .filter(|piece| !piece.is_empty())
            .map(Piece::new)
            .collect();
        Pattern {
            kind: Kind::Pieces {
                first,
                middle,
                last,
            },
        }
    }

    /// Whether the key belongs to the set.
    pub fn matches(&self, key: Units<'_>) -> bool {
        match key {
            Units::Narrow(bytes) => self.matches_units(bytes),
            Units::Wide(units) => self.matches_units(units),
        }
    }

    fn matches_units<U: Copy + Into<u16>>(&self, key: &[U]) -> bool {
        match &self.kind {
            Kind::Prefix(prefix) => starts_with(key, prefix),
            Kind::Exact(units) => key.len() == units.len() && starts_with(key, units),
            Kind::Pieces {
                first,
                middle,
                last,
            } => {
                if key.len() < first.len() + last.len()
                    || !starts_with(key, first)
                    || !starts_with(&key[key.len() - last.len()..], last)
                {
                    return false;
                }
                let mut rest = &key[first.len()..key.len() - last.len()];
                for piece in middle {
                    match piece.end_in(rest) {
                        Some(end) => rest = &rest[end..],
                        None => return false,
                    }
                }
                true
            }
        }
    }
}

fn starts_with<U: Copy + Into<u16>>(key: &[U], prefix: &[u16]) -> bool {
    key.len() >= prefix.len() && key.iter().zip(prefix).all(|(&a, &b)| a.into() == b)
}

/// A non-empty piece between two asterisks, with its table of borders: `borders[i]` is the
/// length of the longest proper prefix of `units[..=i]` that also ends it.
struct Piece {
    units: Vec<u16>,
    borders: Vec<usize>,
}

impl Piece {
    fn new(units: &[u16]) -> Self {
        let mut borders = vec![0; units.len()];
        let mut matched = 0;
        for i in 1..units.len() {
            while matched > 0 && units[i] != units[matched] {
                matched = borders[matched - 1];
            }
            if units[i] == units[matched] {
                matched += 1;
            }
            borders[i] = matched;
        }
        Piece {
            units: units.to_vec(),
            borders,
        }
    }

    /// Where the leftmost occurrence in `key` ends.
    fn end_in<U: Copy + Into<u16>>(&self, key: &[U]) -> Option<usize> {
        let mut matched = 0;
        for (i, &unit) in key.iter().enumerate() {
            let unit = unit.into();
            while matched > 0 && unit != self.units[matched] {
                matched = self.borders[matched - 1];
            }
            if unit == self.units[matched] {
                matched += 1;
                if matched == self.units.len() {
                    return Some(i + 1);
                }
            }
        }
        None
    }
}
