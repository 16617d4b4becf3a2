//! The layout of a snapshot: how header, heads of blocks and entries lie in bytes. All numbers are
//! little-endian. What is written when is in [`super::writer`], what is believed in [`super::reader`].

use super::entries::{Entries, Entry};
use super::failure::{Code, Failure};
use crate::cache::{Lifetime, TagList, Units};
use crate::value::Value;

/// How every snapshot begins. Whoever takes it for text, and changes line ends or the eighth bit, spoils it.
pub(super) const MAGIC: [u8; 8] = *b"\x89NMC\r\n\x1a\n";

pub(super) const VERSION: u32 = 1;

/// Bytes of the header before the names.
pub(super) const HEADER_BYTES: usize = 32;

/// Bytes of the head of a block, its checksum included.
pub(super) const HEAD_BYTES: usize = 28;

/// Bytes of a checksum.
pub(super) const CRC_BYTES: usize = 4;

/// In place of the number of a part: the block that ends the file.
pub(super) const END: u32 = u32::MAX;

/// Bytes of an entry with nothing in it.
const LEAST_ENTRY: usize = 10;

/// Tag of a number; see `lib/shared-memory-cache/codec.js`.
const NUMBER: u8 = 0;

/// The last tag that there is.
const LAST_TAG: u8 = 14;

const WIDE: u8 = 1;
const EXPIRES: u8 = 2;
const OWN: u8 = 4;
const TAGGED: u8 = 8;

/// Which kind of cache has written a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A `MemoryCache`.
    Local = 1,
    /// A `SharedMemoryCache`.
    Shared = 2,
}

/// What a snapshot says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Who has written it.
    pub kind: Kind,
    /// The name of the codec of its values.
    pub codec: String,
    /// The name of the store, for a shared one.
    pub store: Box<[u16]>,
    /// When it was written, in milliseconds since the epoch.
    pub created_at: f64,
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::from(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.kind as u32).to_le_bytes());
        bytes.extend((self.codec.len() as u32).to_le_bytes());
        bytes.extend((self.store.len() as u32).to_le_bytes());
        bytes.extend(self.created_at.to_le_bytes());
        bytes.extend(self.codec.as_bytes());
        bytes.extend(self.store.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }
}

/// The head of a block: 24 bytes, and a checksum of these and the body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Bytes of the body.
    pub(super) length: u32,
    /// How many blocks come before it.
    pub(super) number: u32,
    /// Which part its entries belong to.
    pub(super) part: u32,
    /// How many entries it has.
    pub(super) count: u32,
    /// Where it stands among the blocks of its part.
    pub(super) order: i64,
}

impl Head {
    /// The head as bytes; the checksum of header, head and body is the last four.
    pub(super) fn encode(&self, seed: u32, body: &[u8]) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[0..4].copy_from_slice(&self.length.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.number.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.part.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.count.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.order.to_le_bytes());
        let crc = checksum(seed, &bytes[..24], body);
        bytes[24..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The head, and the checksum that it names.
    pub(super) fn decode(bytes: &[u8; HEAD_BYTES]) -> (Head, u32) {
        let mut cursor = Cursor::new(bytes, 0);
        let mut number = || cursor.u32().expect("it has 28 bytes");
        let (length, at, part, count) = (number(), number(), number(), number());
        let (low, high) = (u64::from(number()), u64::from(number()));
        let head = Head {
            length,
            number: at,
            part,
            count,
            order: (high << 32 | low) as i64,
        };
        (head, number())
    }
}

/// As zlib has it, and going on from the checksum of the header: a block of another file is none of this.
pub(super) fn checksum(seed: u32, head: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(seed);
    hasher.update(head);
    hasher.update(body);
    hasher.finalize()
}

/// Adds an entry to the body of a block.
pub(super) fn encode_entry(entry: &Entry<'_>, body: &mut Vec<u8>) -> Result<(), Failure> {
    let own = entry.own.filter(|own| own.ttl() > 0.0);
    let expires = entry.expires_at.is_finite();
    let mut flags = 0;
    for (is_set, flag) in [
        (is_wide(entry.key), WIDE),
        (expires, EXPIRES),
        (expires && own.is_some(), OWN),
        (entry.tags.is_some(), TAGGED),
    ] {
        flags |= if is_set { flag } else { 0 };
    }
    let (tag, length) = match entry.value {
        Value::Number(_) => (NUMBER, size_of::<f64>()),
        Value::Bytes(tag, bytes) => (*tag, bytes.len()),
    };
    body.extend([flags, tag]);
    body.extend(number_of(entry.key.len())?);
    body.extend(number_of(length)?);
    if expires {
        body.extend(entry.expires_at.to_le_bytes());
        if let Some(own) = own {
            body.extend(own.ttl().to_le_bytes());
            body.extend(own.grace().to_le_bytes());
        }
    }
    if let Some(tags) = entry.tags {
        body.extend(number_of(tags.len())?);
        for tag in tags.iter() {
            body.push(u8::from(is_wide(tag)));
            body.extend(number_of(tag.len())?);
            encode_units(tag, body);
        }
    }
    encode_units(entry.key, body);
    match entry.value {
        Value::Number(number) => body.extend(number.to_le_bytes()),
        Value::Bytes(_, bytes) => body.extend_from_slice(bytes),
    }
    Ok(())
}

fn is_wide(units: Units<'_>) -> bool {
    matches!(units, Units::Wide(_))
}

fn encode_units(units: Units<'_>, body: &mut Vec<u8>) {
    match units {
        Units::Narrow(bytes) => body.extend_from_slice(bytes),
        Units::Wide(units) => body.extend(units.iter().flat_map(|unit| unit.to_le_bytes())),
    }
}

/// A length in four bytes.
pub(super) fn number_of(length: usize) -> Result<[u8; 4], Failure> {
    let length = u32::try_from(length).map_err(|_| {
        let text = format!("{length} bytes are more than a snapshot can hold in one piece");
        Failure::new(Code::TooLarge, text)
    })?;
    Ok(length.to_le_bytes())
}

/// Adds the entries of a block's body, which begins at byte `offset` of the file.
pub(super) fn decode_entries(
    head: &Head,
    body: &[u8],
    offset: u64,
    entries: &mut Entries,
) -> Result<(), Failure> {
    let mut cursor = Cursor::new(body, offset);
    if head.count as usize > body.len() / LEAST_ENTRY {
        let text = format!("{} entries in a block of {} bytes", head.count, body.len());
        return Err(Failure::at(Code::Damaged, offset, text));
    }
    for _ in 0..head.count {
        cursor.entry(entries)?;
    }
    if cursor.left() > 0 {
        return Err(cursor.damaged(format!("{} bytes are left over", cursor.left())));
    }
    Ok(())
}

/// Reads a body from its start on and never beyond its end.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the body begins in the file.
    offset: u64,
    /// For code units.
    wide: Vec<u16>,
    narrow: Vec<u8>,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8], offset: u64) -> Self {
        Cursor {
            bytes,
            at: 0,
            offset,
            wide: Vec::new(),
            narrow: Vec::new(),
        }
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn damaged(&self, text: impl Into<String>) -> Failure {
        Failure::at(Code::Damaged, self.offset + self.at as u64, text)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Failure> {
        if length > self.left() {
            let text = format!("{length} bytes of an entry where {} are left", self.left());
            return Err(self.damaged(text));
        }
        let taken = &self.bytes[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let bytes = self.take(N)?;
        Ok(bytes.try_into().expect("so many were taken"))
    }

    fn u8(&mut self) -> Result<u8, Failure> {
        Ok(self.array::<1>()?[0])
    }

    fn u32(&mut self) -> Result<u32, Failure> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn f64(&mut self) -> Result<f64, Failure> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    /// So many code units, which are given to `then` in canonical form.
    fn units<R>(
        &mut self,
        is_wide: bool,
        length: usize,
        then: impl FnOnce(Units<'_>) -> R,
    ) -> Result<R, Failure> {
        if !is_wide {
            return Ok(then(Units::Narrow(self.take(length)?)));
        }
        let bytes = self.take(length.saturating_mul(2))?;
        let units = bytes.chunks_exact(2);
        self.wide.clear();
        self.wide
            .extend(units.map(|unit| u16::from_le_bytes([unit[0], unit[1]])));
        self.narrow.resize(length, 0);
        Ok(then(Units::new(&self.wide, &mut self.narrow)))
    }

    fn entry(&mut self, entries: &mut Entries) -> Result<(), Failure> {
        let (flags, tag) = (self.u8()?, self.u8()?);
        if flags >= 2 * TAGGED || tag > LAST_TAG {
            return Err(self.damaged(format!("an entry of the kinds {flags} and {tag}")));
        }
        let key_length = self.u32()? as usize;
        let length = self.u32()? as usize;
        let has = |flag| flags & flag != 0;
        let mut expires_at = f64::INFINITY;
        let mut own = None;
        if has(EXPIRES) {
            expires_at = self.f64()?;
            if !expires_at.is_finite() {
                return Err(self.damaged("an entry expires at no time"));
            }
        }
        if has(OWN) {
            let (ttl, grace) = (self.f64()?, self.f64()?);
            if !(ttl > 0.0 && grace >= 0.0 && has(EXPIRES)) {
                return Err(self.damaged(format!("a lifetime of {ttl} and {grace} ms")));
            }
            own = Some(Lifetime::new(ttl, grace));
        }
        let mut tags = TagList::default();
        if has(TAGGED) {
            for _ in 0..self.u32()? {
                let is_wide = self.u8()? != 0;
                let length = self.u32()? as usize;
                self.units(is_wide, length, |tag| tags.push(tag))?;
            }
        }
        // The key's scratch is the cursor's own, so the value is found first.
        let key_at = self.at;
        let key_bytes = key_length.saturating_mul(if has(WIDE) { 2 } else { 1 });
        self.take(key_bytes)?;
        let value = self.value(tag, length)?;
        let end = std::mem::replace(&mut self.at, key_at);
        self.units(has(WIDE), key_length, |key| {
            entries.push(key, value, expires_at, own, tags);
        })?;
        self.at = end;
        Ok(())
    }

    fn value(&mut self, tag: u8, length: usize) -> Result<Value, Failure> {
        if tag == NUMBER {
            if length != size_of::<f64>() {
                return Err(self.damaged(format!("a number of {length} bytes")));
            }
            return Ok(Value::Number(self.f64()?));
        }
        // Texts of wide code units have the even ones of the first tags.
        if tag <= 6 && tag.is_multiple_of(2) && !length.is_multiple_of(2) {
            return Err(self.damaged(format!("code units in {length} bytes")));
        }
        Ok(Value::Bytes(tag, self.take(length)?.into()))
    }
}
