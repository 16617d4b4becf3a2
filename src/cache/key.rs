//! Keys: exact JavaScript strings, borrowed ([`Units`]) and stored ([`Key`]).
//!
//! How keys are hashed and compared, and nothing about entries.

use std::borrow::Borrow;
use std::cell::Cell;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::slots::Slot;

/// The code units of a JavaScript string, in their one canonical form: narrow if and only if
/// every unit is below 256. So two keys are equal exactly if their forms and units are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units<'a> {
    /// Every unit is below 256: one byte each.
    Narrow(&'a [u8]),
    /// At least one unit is 256 or above; lone surrogates included.
    Wide(&'a [u16]),
}

impl<'a> Units<'a> {
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
        use std::hash::BuildHasher;
        let mut hasher = seed.build_hasher();
        match self {
            Units::Narrow(bytes) => hasher.write(bytes),
            Units::Wide(units) => units.iter().for_each(|&unit| hasher.write_u16(unit)),
        }
        hasher.finish() as u32
    }
}

/// Longest narrow key that is stored inside its entry. A UUID (36 units) fits, and an entry
/// fills one 80-byte allocation class to the last byte.
const INLINE_BYTES: usize = 38;
const INLINE_UNITS: usize = INLINE_BYTES / 2;

#[derive(Debug)]
enum Text {
    InlineNarrow(u8, [u8; INLINE_BYTES]),
    InlineWide(u8, [u16; INLINE_UNITS]),
    Narrow(Box<[u8]>),
    Wide(Box<[u16]>),
}

impl Text {
    fn new(units: Units<'_>) -> Self {
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

    fn units(&self) -> Units<'_> {
        match self {
            Text::InlineNarrow(len, bytes) => Units::Narrow(&bytes[..*len as usize]),
            Text::InlineWide(len, units) => Units::Wide(&units[..*len as usize]),
            Text::Narrow(bytes) => Units::Narrow(bytes),
            Text::Wide(units) => Units::Wide(units),
        }
    }
}

/// A stored key, with the slot of its entry.
#[derive(Debug)]
pub struct Key {
    text: Text,
    hash: u32,
    slot: Slot,
}

impl Key {
    pub(super) fn new(units: Units<'_>, hash: u32, slot: Slot) -> Self {
        debug_assert_ne!(slot, NO_SLOT);
        Key {
            text: Text::new(units),
            hash,
            slot,
        }
    }

    /// The code units.
    pub fn units(&self) -> Units<'_> {
        self.text.units()
    }

    /// The slot of the entry that has this key.
    pub fn slot(&self) -> Slot {
        self.slot
    }

    pub(super) fn hash(&self) -> u32 {
        self.hash
    }

    /// Bytes that the key holds outside its entry.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.text {
            Text::InlineNarrow(..) | Text::InlineWide(..) => 0,
            Text::Narrow(bytes) => bytes.len(),
            Text::Wide(units) => size_of_val(&**units),
        }
    }
}

const NO_SLOT: Slot = 0;

/// What an entry is looked up by: a hash with either the units or the slot. The slot lets the
/// expiry order remove an entry without a second copy of its key.
///
/// A probe that was found equal to a stored key knows the key's slot: `lru` peeks at values, not
/// at stored keys.
pub(super) struct Probe<'a> {
    hash: u32,
    slot: Cell<Slot>,
    units: Units<'a>,
}

impl<'a> Probe<'a> {
    pub(super) fn of(units: Units<'a>, hash: u32) -> Self {
        Probe {
            hash,
            slot: Cell::new(NO_SLOT),
            units,
        }
    }

    pub(super) fn at(slot: Slot, hash: u32) -> Self {
        debug_assert_ne!(slot, NO_SLOT);
        Probe {
            hash,
            slot: Cell::new(slot),
            units: Units::Narrow(&[]),
        }
    }

    pub(super) fn hash(&self) -> u32 {
        self.hash
    }

    /// The slot of the key that the probe was found equal to.
    pub(super) fn found_slot(&self) -> Slot {
        self.slot.get()
    }
}

/// The form in which the map compares stored keys and probes with each other. One virtual call
/// gives all that a comparison needs.
pub(super) trait Comparable {
    fn view(&self) -> View<'_>;
}

pub(super) struct View<'a> {
    hash: u32,
    slot: Slot,
    units: Units<'a>,
    /// Where a probe learns the slot of the stored key that has its units.
    found: Option<&'a Cell<Slot>>,
}

impl Comparable for Key {
    fn view(&self) -> View<'_> {
        View {
            hash: self.hash,
            slot: self.slot,
            units: self.text.units(),
            found: None,
        }
    }
}

impl Comparable for Probe<'_> {
    fn view(&self) -> View<'_> {
        View {
            hash: self.hash,
            slot: self.slot.get(),
            units: self.units,
            found: Some(&self.slot),
        }
    }
}

impl PartialEq for dyn Comparable + '_ {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.view(), other.view());
        if a.hash != b.hash {
            return false;
        }
        if a.slot != NO_SLOT && b.slot != NO_SLOT {
            return a.slot == b.slot;
        }
        let equal = a.units == b.units;
        if equal && let Some(found) = a.found.or(b.found) {
            found.set(a.slot | b.slot);
        }
        equal
    }
}

impl Eq for dyn Comparable + '_ {}

impl Hash for dyn Comparable + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.view().hash);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (self as &dyn Comparable) == (other as &dyn Comparable)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash);
    }
}

impl<'a> Borrow<dyn Comparable + 'a> for Key {
    fn borrow(&self) -> &(dyn Comparable + 'a) {
        self
    }
}

/// Passes the stored hash on to the map, which takes its bucket from the low bits and its tag
/// from the high ones: the 32 bits stand in both halves.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys hash themselves to 32 bits");
    }
    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash) << 32 | u64::from(hash);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

pub(super) type SpreadState = BuildHasherDefault<Spread>;
