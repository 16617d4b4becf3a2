//! A history: which keys were evicted a short while ago.
//!
//! It remembers as many as the cache has entries, in eight bytes for each. They lie in lines of one cache line's
//! size, each hash in one of them. Of a key there are twenty bits of its hash, which with the
//! number of the line tell it from nearly all others, and when it went. A line has twice the room that it
//! needs on average, so hardly ever is one forgotten early because others have come into the same line.

/// Keys to a line.
const LINE: usize = 16;

/// No key.
const EMPTY: u32 = 0;

/// The bits of a key's hash; the others of 32 are for the time.
const HASH_BITS: u32 = 20;
const HASH: u32 = (1 << HASH_BITS) - 1;
const TIMES: u32 = 1 << (32 - HASH_BITS);

/// Times are counted in steps, of which there are at most so many to the length of the history. They come round
/// after eight lengths: by then what is so old was replaced.
const STEPS: usize = TIMES as usize / 8;

#[derive(Default)]
pub(super) struct History {
    /// In each the youngest first.
    lines: Vec<[u32; LINE]>,
    /// For so many keys there are lines.
    length: usize,
    /// Keys that were noted so far.
    noted: u32,
    /// So many of them are a step, as a power of two.
    step: u32,
}

impl History {
    /// Notes that a key with this hash was evicted from a cache of so many entries.
    pub(super) fn remember(&mut self, hash: u32, entries: usize) {
        // Caches bounded by weight hold now more entries, now fewer.
        if self.length == 0 || self.length < entries / 2 || self.length > entries * 4 {
            self.start_anew(entries);
        }
        self.noted = self.noted.wrapping_add(1);
        let key = self.time() << HASH_BITS | fingerprint(hash);
        let line = self.line(hash);
        line.copy_within(..LINE - 1, 1);
        line[0] = key;
    }

    /// Whether a key with this hash was among the last that were evicted, as many as there are entries. It is
    /// remembered no more.
    pub(super) fn recall(&mut self, hash: u32, entries: usize) -> bool {
        if self.lines.is_empty() {
            return false;
        }
        let (now, step) = (self.time(), self.step);
        let line = self.line(hash);
        let mut keys = line.iter();
        let Some(index) = keys.position(|key| key & HASH == fingerprint(hash)) else {
            return false;
        };
        let age = now.wrapping_sub(line[index] >> HASH_BITS) % TIMES;
        // The one that made room for the key that now asks does not count.
        if age as usize > entries >> step {
            return false;
        }
        line.copy_within(index + 1.., index);
        line[LINE - 1] = EMPTY;
        true
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<[u32; LINE]>()
    }

    fn start_anew(&mut self, length: usize) {
        self.length = length.max(1);
        self.lines = vec![[EMPTY; LINE]; (self.length * 2).div_ceil(LINE)];
        self.step = (self.length / STEPS + 1).ilog2();
    }

    fn time(&self) -> u32 {
        (self.noted >> self.step) % TIMES
    }

    fn line(&mut self, hash: u32) -> &mut [u32; LINE] {
        let number = (u64::from(hash) * self.lines.len() as u64) >> 32;
        &mut self.lines[number as usize]
    }
}

fn fingerprint(hash: u32) -> u32 {
    (hash & HASH).max(EMPTY + 1)
}
