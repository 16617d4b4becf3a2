//! The native clock: the same timeline as `Date.now()`, whole milliseconds, rounded down.

use crate::cache::Clock;
use crate::shared::now;

/// The clock of reads. The kernel's coarse clock costs 12 ns where the precise one costs 48 to 65
/// in a virtual machine; it shows the time of the last timer tick, so it is a lower bound of now,
/// and an upper one with [`LAG`] added. Only where the two disagree is the precise clock read.
pub(super) struct HybridClock;

/// How far the coarse clock can lag, in milliseconds. A tick is 10 ms at the most; a host that
/// holds a virtual CPU back delays it further.
const LAG: f64 = 100.0;

impl Clock for HybridClock {
    fn has_passed(&self, ttl: f64, stamp: f64) -> bool {
        let Some(coarse) = coarse() else {
            return now().has_passed(ttl, stamp);
        };
        coarse.has_passed(ttl, stamp)
            || ((coarse + LAG).has_passed(ttl, stamp) && now().has_passed(ttl, stamp))
    }

    fn now(&self) -> f64 {
        now()
    }
}

#[cfg(target_os = "linux")]
fn coarse() -> Option<f64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid timespec that the call may write.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_REALTIME_COARSE, &mut time) };
    (status == 0).then_some(time.tv_sec as f64 * 1e3 + (time.tv_nsec / 1_000_000) as f64)
}

#[cfg(not(target_os = "linux"))]
fn coarse() -> Option<f64> {
    None
}
