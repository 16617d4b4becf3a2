//! Many strings side by side in two buffers: a million of them are two allocations.

use super::units::Units;

/// Strings, each found by its [`Span`].
#[derive(Debug, Default)]
pub struct Texts {
    narrow: Vec<u8>,
    wide: Vec<u16>,
}

/// Where a string of [`Texts`] is.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    start: usize,
    len: u32,
    is_wide: bool,
}

impl Texts {
    /// Bytes of all strings.
    pub fn bytes(&self) -> usize {
        self.narrow.len() + size_of_val(&*self.wide)
    }

    /// Forgets all strings, and keeps the room.
    pub fn clear(&mut self) {
        self.narrow.clear();
        self.wide.clear();
    }

    /// Makes room for so many more narrow units.
    pub fn reserve(&mut self, units: usize) {
        self.narrow.reserve(units);
    }

    /// Adds a string.
    pub fn push(&mut self, units: Units<'_>) -> Span {
        let (is_wide, start) = match units {
            Units::Narrow(bytes) => {
                self.narrow.extend_from_slice(bytes);
                (false, self.narrow.len() - bytes.len())
            }
            Units::Wide(wide) => {
                self.wide.extend_from_slice(wide);
                (true, self.wide.len() - wide.len())
            }
        };
        Span {
            start,
            len: units.len() as u32,
            is_wide,
        }
    }

    /// The string that was added as this one.
    pub fn get(&self, span: Span) -> Units<'_> {
        let range = span.start..span.start + span.len as usize;
        if span.is_wide {
            Units::Wide(&self.wide[range])
        } else {
            Units::Narrow(&self.narrow[range])
        }
    }
}
