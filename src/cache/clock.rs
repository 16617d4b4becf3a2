//! How the core asks about time. It never reads a clock: the caller brings one.

/// Answers whether a time to live has passed.
///
/// Times are milliseconds since the epoch, as `Date.now()` counts them.
pub trait Clock {
    /// Whether strictly more than `ttl` milliseconds lie between `stamp` and now.
    fn has_passed(&self, ttl: f64, stamp: f64) -> bool;

    /// The time.
    fn now(&self) -> f64;
}

/// A number is the clock that stands still at that time.
impl Clock for f64 {
    fn has_passed(&self, ttl: f64, stamp: f64) -> bool {
        // Not `*self > stamp + ttl`: the sum would round differently from JavaScript's
        // `now - stamp > ttl`, and NaN must mean "not expired" as it does there.
        *self - stamp > ttl
    }

    fn now(&self) -> f64 {
        *self
    }
}
