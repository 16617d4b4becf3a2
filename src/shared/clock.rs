//! The precise clock: the timeline of `Date.now()`, whole milliseconds, rounded down.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch, as `Date.now()` gives them.
pub fn now() -> f64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_millis() as f64,
        Err(before) => -(before.duration().as_nanos().div_ceil(1_000_000) as f64),
    }
}
