//! What a cache holds, as a file. `docs/snapshot-format.md` describes it byte by byte.
//!
//! Nothing in here knows a store, a lock of one, or Node.js: entries come in, and entries come out.
#![forbid(unsafe_code)]

// Each module uses only those above it.
mod control;
mod entries;
mod failure;

mod format;

mod file;
mod reader;

mod writer;

pub use control::Control;
pub use entries::{Entries, Entry};
pub use failure::{Code, Failure};
pub use file::Lock;
pub use format::{Header, Kind};
pub use reader::{Expected, Snapshot, read};
pub use writer::{Saved, Writer};

#[cfg(test)]
pub(crate) mod tests;
