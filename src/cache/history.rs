//! A history of hashes: which keys were evicted a short while ago.
//!
//! It remembers about as many as the cache has entries, in four bytes each. The hashes lie in lines of one cache
//! line's size. Each hash belongs to one of them, and comes in place of the oldest there: so how
//! long one is remembered varies about the wanted length, by a quarter. Two keys of the same hash are taken for one.

/// Hashes to a line. In tests a short history is a single line, and so exact.
const LINE: usize = if cfg!(test) { 32 } else { 16 };

/// No hash.
const EMPTY: u32 = 0;

#[derive(Default)]
pub(super) struct History {
    /// In each the youngest first.
    lines: Vec<[u32; LINE]>,
    /// How many hashes of each line are in use: fewer than there are only in short histories.
    used: usize,
}

impl History {
    /// Notes that a key with this hash was evicted from a cache of so many entries.
    pub(super) fn remember(&mut self, hash: u32, entries: usize) {
        let length = self.lines.len() * self.used;
        // Caches bounded by weight hold now more entries, now fewer.
        if length == 0 || length < entries / 2 || length > entries * 4 {
            self.start_anew(entries);
        }
        let used = self.used;
        let line = self.line(hash);
        line.copy_within(..used - 1, 1);
        line[0] = stored(hash);
    }

    /// Whether a key with this hash was evicted lately. It is remembered no more.
    pub(super) fn recall(&mut self, hash: u32) -> bool {
        if self.lines.is_empty() {
            return false;
        }
        let line = self.line(hash);
        let Some(index) = line.iter().position(|&known| known == stored(hash)) else {
            return false;
        };
        line.copy_within(index + 1.., index);
        line[LINE - 1] = EMPTY;
        true
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<[u32; LINE]>()
    }

    fn start_anew(&mut self, length: usize) {
        let length = length.max(1);
        let lines = length.div_ceil(LINE);
        self.used = length.div_ceil(lines);
        self.lines = vec![[EMPTY; LINE]; lines];
    }

    fn line(&mut self, hash: u32) -> &mut [u32; LINE] {
        let number = (u64::from(hash) * self.lines.len() as u64) >> 32;
        &mut self.lines[number as usize]
    }
}

fn stored(hash: u32) -> u32 {
    hash.max(EMPTY + 1)
}
