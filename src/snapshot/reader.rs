//! Bytes become entries: every block is verified before anything of it is used, and nothing is used before all
//! are verified. No number in a file is believed that the file's size does not bear out.

use std::io::{self, Read};
use std::path::Path;

use super::control::Control;
use super::entries::Entries;
use super::failure::{Code, Failure};
use super::file;
use super::format::{
    self, CRC_BYTES, END, HEAD_BYTES, HEADER_BYTES, Head, Header, Kind, MAGIC, VERSION,
};

/// What a snapshot must be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The name of its codec; `None` for any.
    pub codec: Option<&'a str>,
    /// The name of its store, if it is one of a shared store; `None` for any.
    pub store: Option<&'a [u16]>,
    /// Whether the whole blocks before any damage are enough.
    pub keep_valid: bool,
}

/// What was read.
#[derive(Debug)]
pub struct Snapshot {
    /// What it says of itself, unless that is damaged.
    pub header: Option<Header>,
    /// Its entries.
    pub entries: Entries,
    /// Bytes of the file.
    pub bytes: u64,
    /// Why something is missing.
    pub skipped: Option<Failure>,
}

/// Reads and verifies the snapshot in a file.
pub fn read(path: &Path, expected: &Expected<'_>, control: &Control) -> Result<Snapshot, Failure> {
    let (file, size) = file::open(path)?;
    parse(file, size, expected, control)
}

/// The same of so many bytes of whatever can be read.
pub(super) fn parse(
    source: impl Read,
    size: u64,
    expected: &Expected<'_>,
    control: &Control,
) -> Result<Snapshot, Failure> {
    let mut reader = Reader {
        source,
        size,
        at: 0,
        entries: Entries::default(),
        blocks: Vec::new(),
    };
    let mut header = None;
    let read = reader.header(expected).and_then(|(read, seed)| {
        header = Some(read);
        reader.blocks(seed, control)
    });
    let skipped = match read {
        Err(failure) if expected.keep_valid && failure.is_damage() => Some(failure),
        read => {
            read?;
            None
        }
    };
    let mut entries = reader.entries;
    if let Some(sequence) = sequence(reader.blocks) {
        entries.arrange(sequence);
    }
    Ok(Snapshot {
        header,
        entries,
        bytes: size,
        skipped,
    })
}

struct Reader<R> {
    source: R,
    size: u64,
    at: u64,
    entries: Entries,
    blocks: Vec<Block>,
}

/// Where the entries of a block stand.
struct Block {
    part: u32,
    order: i64,
    /// The number of its first entry.
    first: u32,
    count: u32,
}

impl<R: Read> Reader<R> {
    fn left(&self) -> u64 {
        self.size - self.at
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Failure> {
        if bytes.len() as u64 > self.left() {
            let text = format!(
                "{} bytes are left where {} belong",
                self.left(),
                bytes.len()
            );
            return Err(Failure::at(Code::Truncated, self.at, text));
        }
        self.source
            .read_exact(bytes)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => {
                    let text = "it became shorter while it was read";
                    Failure::at(Code::Truncated, self.at, text)
                }
                _ => Failure::io("it cannot be read", &error),
            })?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// The header, and its checksum.
    fn header(&mut self, expected: &Expected<'_>) -> Result<(Header, u32), Failure> {
        if self.size == 0 {
            return Err(Failure::at(Code::Truncated, 0, "it is empty"));
        }
        let mut bytes = vec![0; self.size.min(HEADER_BYTES as u64) as usize];
        self.fill(&mut bytes)?;
        let magic = bytes.len().min(MAGIC.len());
        if bytes[..magic] != MAGIC[..magic] {
            let text = "it does not begin as a snapshot does";
            return Err(Failure::at(Code::NotASnapshot, 0, text));
        }
        if bytes.len() < HEADER_BYTES {
            let text = format!("its header ends after {} bytes", bytes.len());
            return Err(Failure::at(Code::Truncated, self.at, text));
        }
        let number = |at: usize| {
            let bytes = bytes[at..at + 4].try_into();
            u32::from_le_bytes(bytes.expect("four of them"))
        };
        let (version, kind) = (number(8), number(12));
        if version != VERSION {
            let text = format!("it has version {version}, and only {VERSION} is known");
            return Err(Failure::at(Code::Version, 8, text));
        }
        let (codec_length, store_length) = (number(16) as usize, number(20) as usize);
        let created_at = f64::from_le_bytes(bytes[24..32].try_into().expect("eight of them"));
        let names = codec_length as u64 + 2 * store_length as u64;
        if names + CRC_BYTES as u64 > self.left() {
            let text = format!("{} bytes are left for names of {names}", self.left());
            return Err(Failure::at(Code::Truncated, self.at, text));
        }
        bytes.resize(HEADER_BYTES + names as usize + CRC_BYTES, 0);
        self.fill(&mut bytes[HEADER_BYTES..])?;
        let (named, crc) = bytes.split_at(bytes.len() - CRC_BYTES);
        let crc = u32::from_le_bytes(crc.try_into().expect("four of them"));
        let found = crc32fast::hash(named);
        if crc != found {
            return Err(wrong_checksum("the header", 0, found, crc));
        }
        let (codec, store) = named[HEADER_BYTES..].split_at(codec_length);
        let units = store.chunks_exact(2);
        let header = Header {
            kind: match kind {
                1 => Kind::Local,
                2 => Kind::Shared,
                _ => {
                    let text = format!("it is of an unknown kind, {kind}");
                    return Err(Failure::at(Code::Damaged, 12, text));
                }
            },
            codec: String::from_utf8_lossy(codec).into_owned(),
            store: units
                .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
                .collect(),
            created_at,
        };
        check(&header, expected)?;
        Ok((header, crc))
    }

    fn blocks(&mut self, seed: u32, control: &Control) -> Result<(), Failure> {
        let mut body = Vec::new();
        for number in 0.. {
            control.check()?;
            let start = self.at;
            let mut head_bytes = [0; HEAD_BYTES];
            self.fill(&mut head_bytes)?;
            let (head, crc) = Head::decode(&head_bytes);
            if u64::from(head.length) > self.left() {
                let (left, length) = (self.left(), head.length);
                let text = format!("block {number} has {length} bytes, and {left} are left");
                return Err(Failure::at(Code::Truncated, start, text));
            }
            body.resize(head.length as usize, 0);
            self.fill(&mut body)?;
            let found = format::checksum(seed, &head_bytes[..HEAD_BYTES - CRC_BYTES], &body);
            if crc != found {
                return Err(wrong_checksum(
                    &format!("block {number}"),
                    start,
                    found,
                    crc,
                ));
            }
            if head.number != number {
                let text = format!("block {} stands where {number} belongs", head.number);
                return Err(Failure::at(Code::Damaged, start, text));
            }
            if head.part == END {
                return self.end(number, &body);
            }
            let first = self.entries.len() as u32;
            let offset = start + HEAD_BYTES as u64;
            // A block is whole or not there.
            let mut decoded = Entries::default();
            format::decode_entries(&head, &body, offset, &mut decoded)?;
            self.entries.append(decoded);
            self.blocks.push(Block {
                part: head.part,
                order: head.order,
                first,
                count: head.count,
            });
            control.report(self.entries.len() as u64, self.at);
        }
        Ok(())
    }

    fn end(&mut self, blocks: u32, body: &[u8]) -> Result<(), Failure> {
        let entries = self.entries.len() as u64;
        let mut expected = Vec::from(entries.to_le_bytes());
        expected.extend(u64::from(blocks).to_le_bytes());
        if body != expected {
            let text =
                format!("it has {entries} entries in {blocks} blocks, and its end names others");
            return Err(Failure::at(Code::Damaged, self.at, text));
        }
        if self.left() > 0 {
            let text = format!("{} bytes follow its end", self.left());
            return Err(Failure::at(Code::Damaged, self.at, text));
        }
        Ok(())
    }
}

fn wrong_checksum(of: &str, offset: u64, found: u32, named: u32) -> Failure {
    let text = format!(
        "{of} at byte {offset} has the checksum {found:#010x}, and {named:#010x} is written there"
    );
    Failure::at(Code::Damaged, offset, text)
}

fn check(header: &Header, expected: &Expected<'_>) -> Result<(), Failure> {
    if let Some(codec) = expected.codec
        && codec != header.codec
    {
        let text = format!("its values are of codec {:?}, not {codec:?}", header.codec);
        return Err(Failure::new(Code::Codec, text));
    }
    if let Some(store) = expected.store
        && header.kind == Kind::Shared
        && store != &*header.store
    {
        let [theirs, ours] = [&header.store, store].map(String::from_utf16_lossy);
        let text = format!("it is of store {theirs:?}, not {ours:?}");
        return Err(Failure::new(Code::Store, text));
    }
    Ok(())
}

/// In which order the entries were used, if not in that of the file. Of parts, which were used side by side,
/// entries are put in relation: the middle one of one part is as recent as the middle one of another.
fn sequence(mut blocks: Vec<Block>) -> Option<Vec<u32>> {
    if blocks.is_sorted_by_key(|block| block.order) && blocks.iter().all(|block| block.part == 0) {
        return None;
    }
    blocks.sort_by_key(|block| (block.part, block.order));
    let total = blocks.iter().map(|block| block.count as usize).sum();
    let mut ranked: Vec<(f64, u32)> = Vec::with_capacity(total);
    for part in blocks.chunk_by(|one, next| one.part == next.part) {
        let length: f64 = part.iter().map(|block| f64::from(block.count)).sum();
        let numbers = part
            .iter()
            .flat_map(|block| block.first..block.first + block.count);
        ranked.extend(
            (0u32..)
                .zip(numbers)
                .map(|(place, number)| ((f64::from(place) + 0.5) / length, number)),
        );
    }
    ranked.sort_by(|one, other| one.0.total_cmp(&other.0));
    Some(ranked.into_iter().map(|(_, number)| number).collect())
}
