//! The cache itself: which keys it holds, in what order they are evicted and when they expire.
//!
//! Nothing in here knows Node.js, reads a clock or holds a user's value.
#![forbid(unsafe_code)]

mod clock;
mod deadlines;
mod key;
mod pattern;
mod slots;
mod store;

pub use clock::Clock;
pub use key::{Key, Units};
pub use pattern::Pattern;
pub use slots::{MAX_SLOTS, Slot};
pub use store::{Full, Limits, Lookup, Stats, Store, Written};

#[cfg(test)]
mod tests;
