//! Keys: exact JavaScript strings, borrowed ([`Units`]) and stored ([`Text`]).
//!
//! How keys are hashed and compared, and nothing about entries.

use std::borrow::Borrow;
use std::cell::Cell;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::slots::{NO_SLOT, Slot, Slots};

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

/// The key of an entry that was removed, with the slot that it had.
#[derive(Debug)]
pub struct Key {
    text: Text,
    slot: Slot,
}

impl Key {
    pub(super) fn new(text: Text, slot: Slot) -> Self {
        Key { text, slot }
    }

    /// The code units.
    pub fn units(&self) -> Units<'_> {
        self.text.units()
    }

    /// The slot of the entry that had this key.
    pub fn slot(&self) -> Slot {
        self.slot
    }
}

/// What stands in the map for an entry: 8 bytes, so that the nodes that `lru` links stay small and
/// moving one to the front touches little memory. The key itself is in the slot's record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle {
    pub(super) hash: u32,
    pub(super) slot: Slot,
}

/// What an entry is looked up by: a hash with either the units or the slot. The slot lets the
/// expiry order remove an entry without reading its key.
///
/// A probe that was found equal to a handle knows its slot: `lru` peeks at values, not at keys.
pub(super) struct Probe<'a> {
    hash: u32,
    slot: Cell<Slot>,
    by_units: Option<(Units<'a>, &'a Slots)>,
}

impl<'a> Probe<'a> {
    /// By units: `slots` has the keys to compare with.
    pub(super) fn of(units: Units<'a>, hash: u32, slots: &'a Slots) -> Self {
        Probe {
            hash,
            slot: Cell::new(NO_SLOT),
            by_units: Some((units, slots)),
        }
    }

    /// By slot.
    pub(super) fn at(slot: Slot, hash: u32) -> Self {
        Probe {
            hash,
            slot: Cell::new(slot),
            by_units: None,
        }
    }

    /// The slot of the handle that the probe was found equal to.
    pub(super) fn found_slot(&self) -> Slot {
        self.slot.get()
    }
}

/// The form in which the map compares handles and probes with each other: it asks what is looked
/// up whether it is what is held, one virtual call for each.
pub(super) trait Comparable {
    fn handle(&self) -> Handle;
    fn is(&self, held: Handle) -> bool;
}

impl Comparable for Handle {
    fn handle(&self) -> Handle {
        *self
    }
    fn is(&self, held: Handle) -> bool {
        *self == held
    }
}

impl Comparable for Probe<'_> {
    fn handle(&self) -> Handle {
        Handle {
            hash: self.hash,
            slot: self.slot.get(),
        }
    }
    fn is(&self, held: Handle) -> bool {
        if self.hash != held.hash {
            return false;
        }
        let Some((units, slots)) = self.by_units else {
            return self.slot.get() == held.slot;
        };
        let equal = slots.units(held.slot) == units;
        if equal {
            self.slot.set(held.slot);
        }
        equal
    }
}

impl PartialEq for dyn Comparable + '_ {
    fn eq(&self, held: &Self) -> bool {
        self.is(held.handle())
    }
}

impl Eq for dyn Comparable + '_ {}

impl Hash for dyn Comparable + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.handle().hash);
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot
    }
}

impl Eq for Handle {}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash);
    }
}

impl<'a> Borrow<dyn Comparable + 'a> for Handle {
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
