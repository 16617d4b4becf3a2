//! What stores are opened with: as a caller wants it, as a store has it, and where the two differ.

use crate::cache::{Eviction, Lifetimes, Limits};

/// What a store was opened with.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The most entries; 0 is unlimited.
    pub max_size: f64,
    /// The most bytes; 0 is unlimited.
    pub max_bytes: f64,
    /// Milliseconds that entries stay valid; 0 is for ever.
    pub ttl: f64,
    /// What becomes of that. Its grace is the longer one of the two that follow.
    pub lifetimes: Lifetimes,
    /// Which entries make room.
    pub eviction: Eviction,
    /// Milliseconds for which who fetches may be given what has expired, while that is fetched anew.
    pub stale_while_revalidate: f64,
    /// Milliseconds for which who fetches may be given what has expired, if the fetch fails.
    pub stale_if_error: f64,
    /// How many locks the keys are spread over.
    pub shards: u32,
    /// How values are encoded, as the facade names it.
    pub codec: String,
}

impl Options {
    /// What a store has where nothing else was wanted: the published package's limits, and locks
    /// enough that threads seldom meet. A store of fewer than [`EXACT`] entries has one lock, so
    /// that its order of eviction is exact; so has one so small that its parts could not hold a
    /// value of [`PART`] bytes.
    pub fn with_defaults(wanted: &Wanted) -> Self {
        /// Up to this many entries, one shard.
        const EXACT: f64 = 1_024.0;
        /// What each shard can hold at least.
        const PART: f64 = 1_048_576.0;
        /// Locks of a large store.
        const SHARDS: u32 = 16;
        let max_size = wanted.max_size.unwrap_or(100.0);
        let max_bytes = wanted.max_bytes.unwrap_or(0.0);
        let small = (max_size > 0.0 && max_size < EXACT)
            || (max_bytes > 0.0 && max_bytes < PART * f64::from(SHARDS));
        let stale_while_revalidate = wanted.stale_while_revalidate.unwrap_or(0.0);
        let stale_if_error = wanted.stale_if_error.unwrap_or(0.0);
        Options {
            max_size,
            max_bytes,
            ttl: wanted.ttl.unwrap_or(300_000.0),
            lifetimes: Lifetimes {
                grace: stale_while_revalidate.max(stale_if_error),
                update_age_on_get: wanted.update_age_on_get.unwrap_or(false),
                jitter: wanted.ttl_jitter.unwrap_or(0.0),
                jitter_seed: wanted.ttl_jitter_seed.unwrap_or(0.0).to_bits(),
            },
            eviction: wanted.eviction.unwrap_or_default(),
            stale_while_revalidate,
            stale_if_error,
            shards: wanted.shards.unwrap_or(if small { 1 } else { SHARDS }),
            codec: wanted
                .codec
                .clone()
                .unwrap_or_else(|| "structured".to_owned()),
        }
    }
}

impl Options {
    /// What becomes of lifetimes in a shard: each is given random parts of its own.
    pub(super) fn lifetimes_of_shard(&self, index: u32) -> Lifetimes {
        Lifetimes {
            jitter_seed: self.lifetimes.jitter_seed.wrapping_add(index.into()),
            ..self.lifetimes
        }
    }

    /// The part of one of so many shards.
    pub(super) fn of_shard(&self, index: u32, count: u32) -> Limits {
        self.limits(
            equal_part(self.max_size, index, count),
            equal_part(self.max_bytes, index, count),
        )
    }

    /// The parts of shards that hold so many entries and bytes: what one has beyond its equal part others leave
    /// to it, as far as they can.
    pub(super) fn of_shards_with(&self, entries: &[usize], bytes: &[usize]) -> Vec<Limits> {
        let sizes = parts_with(self.max_size, entries).into_iter();
        let parts = sizes.zip(parts_with(self.max_bytes, bytes));
        parts
            .map(|(max_size, max_bytes)| self.limits(max_size, max_bytes))
            .collect()
    }

    fn limits(&self, max_size: f64, max_bytes: f64) -> Limits {
        Limits {
            max_size,
            // Weights stay on without a limit, so that bytes are counted in one way.
            max_weight: if max_bytes == 0.0 {
                f64::INFINITY
            } else {
                max_bytes
            },
            ttl: self.ttl,
        }
    }
}

/// Every shard has the same part, and the first ones what does not divide: the parts add up to the whole. None
/// may get 0, which would be unlimited.
fn equal_part(total: f64, index: u32, count: u32) -> f64 {
    if total == 0.0 || total.is_infinite() || count == 1 {
        return total;
    }
    let (total, count, index) = (total.floor(), f64::from(count), f64::from(index));
    let part = (total / count).floor();
    (part + f64::from(u8::from(index < total - part * count))).max(1.0)
}

/// Parts of the same sum as the equal ones. A shard that has less than its part leaves to those that have more what
/// it does not need, but no more than a quarter: later entries come to all shards alike.
fn parts_with(total: f64, held: &[usize]) -> Vec<f64> {
    let count = held.len() as u32;
    let equal: Vec<f64> = (0..count)
        .map(|index| equal_part(total, index, count))
        .collect();
    if total == 0.0 || total.is_infinite() {
        return equal;
    }
    let parts = || equal.iter().map(|&part| part as u64).zip(held);
    let wanted: Vec<u64> = parts()
        .map(|(part, &held)| (held as u64).saturating_sub(part))
        .collect();
    let spare: Vec<u64> = parts()
        .map(|(part, &held)| part.saturating_sub(held as u64).min(part / 4))
        .collect();
    let lent = wanted.iter().sum::<u64>().min(spare.iter().sum());
    let gained = divided(lent, &wanted).zip(divided(lent, &spare));
    let changed = equal.iter().zip(gained);
    changed
        .map(|(part, (gained, left))| part + gained as f64 - left as f64)
        .collect()
}

/// An amount in whole numbers, in proportion to these, of which it is no more than the sum: nor is any part more than
/// its number.
fn divided(amount: u64, among: &[u64]) -> impl Iterator<Item = u64> {
    let sum: u128 = among.iter().map(|&number| u128::from(number)).sum();
    let upto = move |numbers: u128| (u128::from(amount) * numbers / sum.max(1)) as u64;
    let mut before = 0;
    among.iter().map(move |&number| {
        let start = upto(before);
        before += u128::from(number);
        upto(before) - start
    })
}

/// The store is open with another value of this option.
#[derive(Debug, PartialEq)]
pub struct Conflict {
    /// The option's name.
    pub option: &'static str,
    /// What the store has, as text.
    pub open: String,
}

/// Options as a caller gives them: what is `None` is left to the store, or to the default.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// See [`Options`].
    pub max_size: Option<f64>,
    /// See [`Options`].
    pub max_bytes: Option<f64>,
    /// See [`Options`].
    pub ttl: Option<f64>,
    /// See [`Lifetimes`].
    pub update_age_on_get: Option<bool>,
    /// See [`Lifetimes`].
    pub ttl_jitter: Option<f64>,
    /// See [`Lifetimes`]; counts only where the store is made.
    pub ttl_jitter_seed: Option<f64>,
    /// See [`Options`].
    pub eviction: Option<Eviction>,
    /// See [`Options`].
    pub stale_while_revalidate: Option<f64>,
    /// See [`Options`].
    pub stale_if_error: Option<f64>,
    /// See [`Options`].
    pub shards: Option<u32>,
    /// See [`Options`].
    pub codec: Option<String>,
}

impl Wanted {
    /// Whether all that is wanted is what the open store has.
    pub(super) fn check(&self, open: &Options) -> Result<(), Conflict> {
        fn differs<T: PartialEq>(wanted: &Option<T>, open: &T) -> bool {
            wanted.as_ref().is_some_and(|wanted| wanted != open)
        }
        let conflict = |option, open: String| Err(Conflict { option, open });
        // As JavaScript writes it.
        let text = |number: f64| match number {
            f64::INFINITY => "Infinity".to_owned(),
            number => number.to_string(),
        };
        if differs(&self.max_size, &open.max_size) {
            return conflict("maxSize", text(open.max_size));
        }
        if differs(&self.max_bytes, &open.max_bytes) {
            return conflict("maxBytes", text(open.max_bytes));
        }
        if differs(&self.ttl, &open.ttl) {
            return conflict("ttl", text(open.ttl));
        }
        let lifetimes = &open.lifetimes;
        if differs(&self.update_age_on_get, &lifetimes.update_age_on_get) {
            return conflict("updateAgeOnGet", lifetimes.update_age_on_get.to_string());
        }
        if differs(&self.ttl_jitter, &lifetimes.jitter) {
            return conflict("ttlJitter", text(lifetimes.jitter));
        }
        if differs(&self.eviction, &open.eviction) {
            return conflict("eviction", open.eviction.name().to_owned());
        }
        if differs(&self.stale_while_revalidate, &open.stale_while_revalidate) {
            return conflict("staleWhileRevalidate", text(open.stale_while_revalidate));
        }
        if differs(&self.stale_if_error, &open.stale_if_error) {
            return conflict("staleIfError", text(open.stale_if_error));
        }
        if differs(&self.shards, &open.shards) {
            return conflict("shards", open.shards.to_string());
        }
        if differs(&self.codec, &open.codec) {
            return conflict("codec", open.codec.clone());
        }
        Ok(())
    }
}
