//! How long entries live: one lifetime, and how chance shortens them.
//!
//! What has expired when is in [`super::deadlines`].

/// How long an entry lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lifetime {
    ttl: f64,
    grace: f64,
}

/// Milliseconds beyond which an entry lives for ever: 285,000 years, the whole numbers that an `f64` tells
/// apart. With a longer one nothing would be left of the time of day in a sum.
const LONGEST: f64 = 9_007_199_254_740_992.0;

impl Lifetime {
    /// Of an entry that never expires.
    pub const FOREVER: Lifetime = Lifetime {
        ttl: 0.0,
        grace: 0.0,
    };

    /// Of an entry that expires after `ttl` milliseconds, 0 or infinity for never, and is kept for
    /// `grace` milliseconds beyond, for who takes it stale.
    pub fn new(ttl: f64, grace: f64) -> Self {
        if ttl > 0.0 && ttl <= LONGEST {
            Lifetime { ttl, grace }
        } else {
            Lifetime::FOREVER
        }
    }

    /// Milliseconds until it expires; 0 for never.
    pub fn ttl(self) -> f64 {
        self.ttl
    }

    /// Milliseconds for which it is kept beyond that.
    pub fn grace(self) -> f64 {
        self.grace
    }
}

/// Shortens lifetimes by a random part, so that what was written together does not expire together.
#[derive(Clone, Debug)]
pub(super) struct Jitter {
    share: f64,
    state: u64,
}

impl Jitter {
    /// By up to this share, from 0 to 1.
    pub(super) fn new(share: f64, seed: u64) -> Self {
        Jitter { share, state: seed }
    }

    /// In whole milliseconds, rounded up, so that nothing that expires ever lives for ever.
    pub(super) fn shorten(&mut self, lifetime: Lifetime) -> Lifetime {
        let left = 1.0 - self.share * self.fraction();
        Lifetime {
            ttl: (lifetime.ttl * left).ceil(),
            ..lifetime
        }
    }

    /// From 0 to less than 1, by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    fn fraction(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        (mixed >> 11) as f64 / (1u64 << 53) as f64
    }
}
