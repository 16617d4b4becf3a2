//! Named stores that all threads of the process share, and the thread that expires their entries.
//!
//! `parking_lot` around the pure core. Nothing in here knows Node.js: values are bytes, and other
//! threads are reached through an [`Inbox`].
#![forbid(unsafe_code)]

mod clock;
mod events;
mod expirer;
mod flights;
mod inbox;
mod registry;
mod shard;
mod store;
mod sync;
mod value;

pub use clock::now;
pub use events::{Event, Happened, Interest, MOST_WAITING, Subscriber};
pub use expirer::{Check, Expirer};
pub use flights::{Begun, Outcome};
pub use inbox::{Inbox, Message};
pub use registry::{Conflict, Handle, Registry, Wanted};
pub use shard::{NotANumber, WriteTime};
pub use store::{Caller, Metrics, Options, Read, SharedStore, TooLarge};
pub use value::Value;

#[cfg(test)]
mod tests;
