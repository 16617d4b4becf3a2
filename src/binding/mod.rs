//! The binding: the only code that knows Node.js, and the only unsafe code.
//!
//! It translates between Node-API and [`crate::cache`] and decides nothing. The operations that
//! programs call all the time are raw callbacks ([`hot`]): a `#[napi]` function costs about 85 ns
//! more per call. Everything else goes through `napi-derive` ([`cold`]).

mod clock;
mod cold;
mod hot;
mod raw;
mod table;
