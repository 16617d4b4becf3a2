//! Named stores that all threads of the process share, and the thread that expires their entries.
//!
//! `parking_lot` around the pure core. Nothing in here knows Node.js: values are bytes, and other
//! threads are reached through an [`Inbox`].
#![forbid(unsafe_code)]

// Each module uses only those above it.
mod clock;
mod sync;

mod messages;
mod options;

mod inbox;
mod listing;

mod events;
mod expirer;
mod flights;

mod shard;

mod additions;

mod store;

mod conditions;
mod fetches;
mod lifetimes;
mod loading;
mod resizing;
mod saving;
mod scans;
mod tags;
mod tallies;

mod snapshots;

mod registry;

pub use additions::{Addition, Incremented, NotAdded};
pub use clock::now;
pub use conditions::Condition;
pub use events::Subscriber;
pub use expirer::{Check, Expirer};
pub use fetches::Request;
pub use flights::Begun;
pub use inbox::Inbox;
pub use listing::Listing;
pub use loading::Loading;
pub use messages::{Backlog, Event, Happened, Interest, MOST_WAITING, Message, Outcome, Read};
pub use options::{Conflict, Options, Wanted};
pub use registry::{Handle, NotOpened, Registry};
pub use scans::Position;
pub use shard::{Tagging, WriteTime};
pub use snapshots::OwnSnapshot;
pub use store::{Caller, Metrics, SharedStore};
pub use value::Value;

use crate::value;

#[cfg(test)]
mod tests;
