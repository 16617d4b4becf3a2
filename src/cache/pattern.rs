//! Which keys a bulk deletion means: a prefix or a wildcard pattern. Linear time, always.
//!
//! A pattern is cut at its asterisks. The first piece must start the key, the last must end it
//! and the others must occur in between, each at its leftmost place: if any placement fits, that
//! one does, so nothing is ever tried twice. Pieces are searched by Knuth, Morris and Pratt's
//! algorithm (SIAM J. Comput. 6, 1977), which never steps back in the key.

use super::units::Units;

const ASTERISK: u16 = b'*' as u16;

/// A set of keys, given by a prefix or a wildcard pattern in UTF-16 code units.
pub struct Pattern {
    kind: Kind,
}

enum Kind {
    Prefix(Literal),
    Exact(Literal),
    Pieces {
        first: Literal,
        middle: Vec<Piece>,
        last: Literal,
    },
}

impl Pattern {
    /// The keys that start with `prefix`.
    pub fn prefix(prefix: &[u16]) -> Self {
        Pattern {
            kind: Kind::Prefix(Literal::new(prefix)),
        }
    }

    /// The keys that match `pattern` as a whole, in which each `*` stands for any units, none
    /// included, and every other unit for itself.
    pub fn wildcard(pattern: &[u16]) -> Self {
        Self::within(&[], pattern)
    }

    /// The keys that start with `prefix`, in which an asterisk stands for itself, and go on as
    /// [`Pattern::wildcard`] says.
    pub fn within(prefix: &[u16], pattern: &[u16]) -> Self {
        let mut pieces: Vec<&[u16]> = pattern.split(|&unit| unit == ASTERISK).collect();
        let last = pieces.pop().unwrap_or_default();
        if pieces.is_empty() {
            return Pattern {
                kind: Kind::Exact(Literal::new(&[prefix, last].concat())),
            };
        }
        let first = Literal::new(&[prefix, pieces.remove(0)].concat());
        let last = Literal::new(last);
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

    fn matches_units<U: Unit>(&self, key: &[U]) -> bool {
        match &self.kind {
            Kind::Prefix(prefix) => U::starts_with(key, prefix),
            Kind::Exact(units) => key.len() == units.wide.len() && U::starts_with(key, units),
            Kind::Pieces {
                first,
                middle,
                last,
            } => {
                let (start, end) = (first.wide.len(), last.wide.len());
                if key.len() < start + end
                    || !U::starts_with(key, first)
                    || !U::starts_with(&key[key.len() - end..], last)
                {
                    return false;
                }
                let mut rest = &key[start..key.len() - end];
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

/// A piece at the start or the end of a pattern, in both forms in which keys are stored, so that
/// the comparison is one of memory.
struct Literal {
    wide: Vec<u16>,
    /// `None` if no narrow key can have it.
    narrow: Option<Vec<u8>>,
}

impl Literal {
    fn new(units: &[u16]) -> Self {
        let narrow = units.iter().map(|&unit| u8::try_from(unit).ok()).collect();
        Literal {
            wide: units.to_vec(),
            narrow,
        }
    }
}

/// A code unit of a stored key.
trait Unit: Copy + Into<u16> {
    fn starts_with(key: &[Self], prefix: &Literal) -> bool;
}

impl Unit for u8 {
    fn starts_with(key: &[u8], prefix: &Literal) -> bool {
        prefix
            .narrow
            .as_ref()
            .is_some_and(|prefix| key.starts_with(prefix))
    }
}

impl Unit for u16 {
    fn starts_with(key: &[u16], prefix: &Literal) -> bool {
        key.starts_with(&prefix.wide)
    }
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
    fn end_in<U: Unit>(&self, key: &[U]) -> Option<usize> {
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
