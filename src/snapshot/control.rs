//! How a save or a restore that is under way is watched and stopped from another thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::failure::{Code, Failure};

/// Progress, and whether to go on. One serves one save or restore.
#[derive(Debug, Default)]
pub struct Control {
    aborted: AtomicBool,
    entries: AtomicU64,
    total: AtomicU64,
    bytes: AtomicU64,
}

impl Control {
    /// Has what is under way stop soon and change nothing.
    pub fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
    }

    /// Fails once it was aborted.
    pub fn check(&self) -> Result<(), Failure> {
        if self.aborted.load(Ordering::Relaxed) {
            return Err(Failure::new(Code::Aborted, "it was aborted"));
        }
        Ok(())
    }

    /// Entries done, entries in all as far as known, else 0, and bytes done.
    pub fn progress(&self) -> (u64, u64, u64) {
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        (of(&self.entries), of(&self.total), of(&self.bytes))
    }

    /// Notes how many entries there are in all.
    pub fn expect(&self, entries: u64) {
        self.total.store(entries, Ordering::Relaxed);
    }

    /// Notes how much is done.
    pub fn report(&self, entries: u64, bytes: u64) {
        self.entries.store(entries, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }
}
