//! The cache itself: which keys it holds, in what order they are evicted and when they expire.
//!
//! Nothing in here knows Node.js, reads a clock or holds a user's value.
#![forbid(unsafe_code)]

// Each module uses only those above it, but for `batches`, `bulk`, `inspect`, `load`, `tagging`,
// `tally`, `walk` and `writes`, parts of `store`.
mod clock;
mod lifetime;
mod units;

mod pattern;
mod slots;
mod texts;

mod heap;
mod heaps;

mod deadlines;
mod key;
mod places;

mod fifo;
mod fifo_walk;
mod history;
mod index;

mod recency;
mod s3fifo;

mod policy;
mod tags;

mod store;

mod batches;
mod bulk;
mod inspect;
mod load;
mod tagging;
mod tally;
mod walk;
mod writes;

pub use bulk::{Remains, Removed};
pub use clock::Clock;
pub use inspect::Info;
pub use key::Key;
pub use lifetime::Lifetime;
pub use load::Loaded;
pub use pattern::Pattern;
pub use places::Places;
pub use policy::Eviction;
pub use recency::Side;
pub use slots::{MAX_SLOTS, Slot};
pub use store::{Lifetimes, Limits, Lookup, Stats, Store};
pub use tags::TagList;
pub use tally::Tally;
pub use texts::{Span, Texts};
pub use units::Units;
pub use writes::{Full, Written};

#[cfg(test)]
mod tests;
