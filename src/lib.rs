//! The native part of `native-memory-cache`.
//!
//! - [`cache`]: the pure core: keys, recency, expiry order, weights, wildcards. Safe Rust, no
//!   Node.js, no clock.
//! - [`snapshot`]: what a cache holds as a file: format, writer, reader. Safe Rust.
//! - [`shared`]: named stores for all threads of the process: locks around the core.
//! - `binding` (feature `node`): the only code that knows Node.js and the only unsafe code.
//!
//! Values never come here: they stay in JavaScript, in an array indexed by the slot numbers
//! that the core hands out.

pub mod cache;
pub mod shared;
pub mod snapshot;
mod value;

// Not in unit tests: Node.js itself would have to be linked, and its registration is compiled out.
#[cfg(all(feature = "node", not(test)))]
mod binding;
