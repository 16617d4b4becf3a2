//! Exact JavaScript strings, borrowed ([`Units`]) and stored ([`Text`]), and how they are hashed.
//!
//! Nothing about entries: which key is whose is in [`super::key`].

use std::hash::{BuildHasher, Hasher};

/// The code units of a JavaScript string, in their one canonical form: narrow if and only if
/// every unit is below 256. So two keys are equal exactly if their forms and units are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Units<'a> {
    /// Every unit is below 256: one byte each.
    Narrow(&'a [u8]),
    /// At least one unit is 256 or above; lone surrogates included.
    Wide(&'a [u16]),
}

impl<'a> Units<'a> {
    /// The code units, wide, in a vector or whatever holds them.
    pub fn code_units<C>(self) -> C
    where
        C: FromIterator<u16> + for<'b> From<&'b [u16]>,
    {
        match self {
            Units::Narrow(bytes) => bytes.iter().map(|&byte| u16::from(byte)).collect(),
            Units::Wide(units) => units.into(),
        }
    }

    /// Brings UTF-16 code units into canonical form. `scratch` is where narrow units go.
    ///
    /// # Panics
    /// If `scratch` is shorter than `units`.
    pub fn new(units: &'a [u16], scratch: &'a mut [u8]) -> Self {
        let bytes = &mut scratch[..units.len()];
        let mut seen = 0;
        for (byte, &unit) in bytes.iter_mut().zip(units) {
            seen |= unit;
            *byte = unit as u8;
        }
        if seen < 256 {
            Units::Narrow(bytes)
        } else {
            Units::Wide(units)
        }
    }

    /// How many code units the string has.
    pub fn len(&self) -> usize {
        match self {
            Units::Narrow(bytes) => bytes.len(),
            Units::Wide(units) => units.len(),
        }
    }

    /// Whether this is the empty string.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A 32-bit hash under a secret seed: keys come from outside (session ids, client
    /// addresses), so which of them collide must not be predictable.
    pub(super) fn hash(&self, seed: &ahash::RandomState) -> u32 {
        let mut hasher = seed.build_hasher();
        match self {
            Units::Narrow(bytes) => hasher.write(bytes),
            Units::Wide(units) => units.iter().for_each(|&unit| hasher.write_u16(unit)),
        }
        hasher.finish() as u32
    }
}

/// Longest narrow key that is stored inside its record. A UUID (36 units) fits, and a record fills
/// one cache line.
const INLINE_BYTES: usize = 38;
const INLINE_UNITS: usize = INLINE_BYTES / 2;

/// A stored key.
#[derive(Debug)]
pub(super) enum Text {
    InlineNarrow(u8, [u8; INLINE_BYTES]),
    InlineWide(u8, [u16; INLINE_UNITS]),
    Narrow(Box<[u8]>),
    Wide(Box<[u16]>),
}

impl Default for Text {
    fn default() -> Self {
        Text::InlineNarrow(0, [0; INLINE_BYTES])
    }
}

impl Text {
    pub(super) fn new(units: Units<'_>) -> Self {
        match units {
            Units::Narrow(bytes) if bytes.len() <= INLINE_BYTES => {
                let mut inline = [0; INLINE_BYTES];
                inline[..bytes.len()].copy_from_slice(bytes);
                Text::InlineNarrow(bytes.len() as u8, inline)
            }
            Units::Wide(units) if units.len() <= INLINE_UNITS => {
                let mut inline = [0; INLINE_UNITS];
                inline[..units.len()].copy_from_slice(units);
                Text::InlineWide(units.len() as u8, inline)
            }
            Units::Narrow(bytes) => Text::Narrow(bytes.into()),
            Units::Wide(units) => Text::Wide(units.into()),
        }
    }

    /// Bytes held outside the record.
    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Text::InlineNarrow(..) | Text::InlineWide(..) => 0,
            Text::Narrow(bytes) => bytes.len(),
            Text::Wide(units) => size_of_val(&**units),
        }
    }

    pub(super) fn units(&self) -> Units<'_> {
        match self {
            Text::InlineNarrow(len, bytes) => Units::Narrow(&bytes[..*len as usize]),
            Text::InlineWide(len, units) => Units::Wide(&units[..*len as usize]),
            Text::Narrow(bytes) => Units::Narrow(bytes),
            Text::Wide(units) => Units::Wide(units),
        }
    }
}
