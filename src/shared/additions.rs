//! Additions to the numbers of a [`Shard`], under its lock.

use super::events::Reporter;
use super::messages::Happened;
use super::shard::{Shard, Stored, WriteTime};
use super::value::Value;
use crate::cache::{Full, Units};

/// What is added to a number.
#[derive(Clone, Copy, Debug)]
pub struct Addition {
    /// What it starts at where there is none.
    pub by: f64,
    /// It does not start where there is none.
    pub only_if_present: bool,
}

/// A number that was added to, or started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Incremented {
    /// What it is now.
    pub sum: f64,
    /// Milliseconds for which it lives on, infinite for ever.
    pub remaining: f64,
    /// Whether it was started.
    pub created: bool,
}

/// Why nothing was added.
#[derive(Debug)]
pub enum NotAdded {
    /// The entry holds something else than a number.
    NotANumber,
    /// The sum would be none: of infinite numbers, or of what is none already.
    NoSum,
    /// An entry of this key is larger than the store may be.
    TooLarge,
    /// There are as many entries as can be numbered.
    Full(Full),
}

impl Shard {
    /// Adds to a number, or starts it.
    pub(super) fn increment(
        &mut self,
        key: Units<'_>,
        addition: Addition,
        version: u64,
        write: &WriteTime,
        reporter: &mut Reporter<'_>,
    ) -> Result<Option<Incremented>, NotAdded> {
        let Addition {
            by,
            only_if_present,
        } = addition;
        let Some(slot) = self.valid(key, &write.now, Happened::ExpiredByGet, reporter) else {
            if only_if_present {
                return Ok(None);
            }
            let stored = self.set(key, Value::Number(by), version, write, reporter);
            if !stored.map_err(NotAdded::Full)? {
                return Err(NotAdded::TooLarge);
            }
            let expires_at = self
                .core
                .peek(key, &write.now)
                .map_or(write.now, |slot| self.core.expires_at(slot));
            return Ok(Some(Incremented {
                sum: by,
                remaining: expires_at - write.now,
                created: true,
            }));
        };
        let Some(Stored {
            value: Value::Number(number),
            version: old_version,
            used,
        }) = self.values.get_mut(slot)
        else {
            return Err(NotAdded::NotANumber);
        };
        let sum = *number + by;
        if sum.is_nan() {
            return Err(NotAdded::NoSum);
        }
        *number = sum;
        *old_version = version;
        self.uses += 1;
        *used = self.uses;
        self.core.promote(key);
        reporter.report(Happened::Updated, key, &Value::Number(sum));
        Ok(Some(Incremented {
            sum,
            remaining: self.core.expires_at(slot) - write.now,
            created: false,
        }))
    }
}
