//! Entries become blocks, and blocks a file.

use std::path::Path;

use super::entries::Entry;
use super::failure::Failure;
use super::file::{Lock, NewFile};
use super::format::{self, END, HEAD_BYTES, Head, Header};

/// A block is closed once it has so many bytes.
const BLOCK: usize = 128 * 1024;

/// Bytes of blocks that are written at once.
const WRITTEN_AT_ONCE: usize = 1024 * 1024;

/// What was saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Entries.
    pub entries: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes one snapshot. Dropped before [`Writer::finish`] it leaves the old one in place.
#[derive(Debug)]
pub struct Writer {
    file: NewFile,
    /// The writer's own right to the path, unless the cache has it.
    _lock: Option<Lock>,
    /// Blocks that are to be written, the last one perhaps not closed.
    buffer: Vec<u8>,
    /// Where the open block begins in the buffer.
    open: Option<usize>,
    head: Head,
    /// The checksum of the header.
    seed: u32,
    blocks: u32,
    saved: Saved,
}

impl Writer {
    /// Begins a snapshot. Without a lock that the caller holds for as long as the writer is there, it takes one.
    pub fn create(path: &Path, header: &Header, held: Option<&Lock>) -> Result<Writer, Failure> {
        let lock = match held {
            Some(lock) if lock.is_of(path) => None,
            _ => Some(Lock::acquire(path)?),
        };
        let file = NewFile::create(path)?;
        let buffer = header.encode();
        let seed = header_checksum(&buffer);
        Ok(Writer {
            file,
            _lock: lock,
            saved: Saved {
                entries: 0,
                bytes: buffer.len() as u64,
            },
            buffer,
            open: None,
            head: Head {
                length: 0,
                number: 0,
                part: 0,
                count: 0,
                order: 0,
            },
            seed,
            blocks: 0,
        })
    }

    /// Has what is added from now on stand here: in which part, and where among the blocks of that. A block that
    /// is full is followed by one of the next order number.
    pub fn begin(&mut self, part: u32, order: i64) -> Result<(), Failure> {
        self.close()?;
        self.head.part = part;
        self.head.order = order;
        Ok(())
    }

    /// Adds an entry, used after those added before it since [`Writer::begin`].
    pub fn add(&mut self, entry: &Entry<'_>) -> Result<(), Failure> {
        let start = match self.open {
            Some(start) => start,
            None => {
                let start = self.buffer.len();
                self.buffer.resize(start + HEAD_BYTES, 0);
                self.open = Some(start);
                start
            }
        };
        format::encode_entry(entry, &mut self.buffer)?;
        self.head.count += 1;
        self.saved.entries += 1;
        if self.buffer.len() - start >= BLOCK {
            self.close()?;
            self.head.order += 1;
        }
        Ok(())
    }

    /// Closes the open block.
    fn close(&mut self) -> Result<(), Failure> {
        let Some(start) = self.open.take() else {
            return Ok(());
        };
        let (head, body) = self.buffer[start..].split_at_mut(HEAD_BYTES);
        self.head.length = u32::from_le_bytes(format::number_of(body.len())?);
        self.head.number = self.blocks;
        head.copy_from_slice(&self.head.encode(self.seed, body));
        self.blocks += 1;
        self.head.count = 0;
        self.saved.bytes += (HEAD_BYTES + body.len()) as u64;
        Ok(())
    }

    /// Whether so much waits that it is worth a [`Writer::flush`].
    pub fn is_full(&self) -> bool {
        self.buffer.len() >= WRITTEN_AT_ONCE
    }

    /// Writes what waits.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.close()?;
        let written = self.file.write(&self.buffer);
        self.buffer.clear();
        written
    }

    /// What was added so far.
    pub fn saved(&self) -> Saved {
        self.saved
    }

    /// Writes the end and puts the snapshot in the place of the old one.
    pub fn finish(mut self) -> Result<Saved, Failure> {
        self.close()?;
        let mut body = Vec::from(self.saved.entries.to_le_bytes());
        body.extend(u64::from(self.blocks).to_le_bytes());
        let end = Head {
            length: body.len() as u32,
            number: self.blocks,
            part: END,
            count: 0,
            order: 0,
        };
        self.buffer.extend(end.encode(self.seed, &body));
        self.buffer.extend_from_slice(&body);
        self.saved.bytes += (HEAD_BYTES + body.len()) as u64;
        self.flush()?;
        self.file.commit()?;
        Ok(self.saved)
    }
}

fn header_checksum(header: &[u8]) -> u32 {
    let (_, crc) = header.split_at(header.len() - format::CRC_BYTES);
    u32::from_le_bytes(crc.try_into().expect("it has four bytes"))
}
