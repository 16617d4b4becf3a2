//! What the raw callbacks of shared caches are given beside index and key: conditions, values. No
//! store is touched here.

use std::sync::Arc;

use napi::sys;

use super::batch::NUMBER;
use super::raw::{Call, Failure};
use super::tags::tags_argument;
use crate::cache::Units;
use crate::shared::{Condition, Tagging, Value, WriteTime, now};

/// Tags of texts, strings and JSON, by the facade's numbers: an odd one is followed by that of the
/// same kind of text with wide code units.
pub(super) const TEXTS: std::ops::RangeInclusive<u8> = 1..=6;

pub(super) fn is_narrow(text: u8) -> bool {
    text % 2 == 1
}

/// What the key's entry must be; NaN is no condition.
pub(super) fn condition_argument<const N: usize>(
    call: &Call<N>,
    index: usize,
) -> Result<Option<Condition>, Failure> {
    Ok(call.number_unless_nan(index)?.map(condition))
}

/// -1 for there being an entry, 0 for none, else its version.
pub(super) fn condition(given: f64) -> Condition {
    match given {
        -1.0 => Condition::Present,
        0.0 => Condition::Absent,
        version => Condition::Version(version as u64),
    }
}

pub(super) fn write_time(now_given: Option<f64>, own_ttl: Option<f64>) -> WriteTime {
    WriteTime {
        now: now_given.unwrap_or_else(now),
        own_ttl,
        ..WriteTime::default()
    }
}

/// Has what is written live up to a time, which was not past when the facade looked.
pub(super) fn live_until(write: &mut WriteTime, expires_at: f64) {
    let left = expires_at - write.now;
    // 0 would be for ever.
    write.own_ttl = Some(if left > 0.0 { left } else { 1.0 });
}

/// What becomes of the entry's tags: an array replaces them, null keeps them, and without either it has
/// none.
pub(super) fn tagging_argument<const N: usize>(
    call: &Call<N>,
    index: usize,
) -> Result<Tagging, Failure> {
    if call.has(index) && call.kind(index)? == sys::ValueType::napi_null {
        return Ok(Tagging::Keep);
    }
    let tags = tags_argument(call, index)?;
    Ok(tags.map_or_else(Tagging::default, Tagging::Replace))
}

/// The value given by a tag and a payload: a number, a string, a buffer or nothing.
pub(super) fn value_argument<const N: usize>(
    call: &Call<N>,
    index: usize,
) -> Result<Value, Failure> {
    let tag = call.uint(index)? as u8;
    value_argument_of(call, tag, index + 1)
}

/// The same with a tag that came in another way.
pub(super) fn value_argument_of<const N: usize>(
    call: &Call<N>,
    tag: u8,
    index: usize,
) -> Result<Value, Failure> {
    if tag == NUMBER {
        return Ok(Value::Number(call.number(index)?));
    }
    if TEXTS.contains(&tag) {
        let narrow = if is_narrow(tag) { tag } else { tag - 1 };
        return call.with_text(index, |units| {
            Ok(match units {
                Units::Narrow(bytes) => Value::Bytes(narrow, bytes.into()),
                Units::Wide(units) => {
                    let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
                    Value::Bytes(narrow + 1, bytes.into())
                }
            })
        });
    }
    let bytes = call.with_bytes_mut(index, |bytes| Arc::from(&*bytes))?;
    Ok(Value::Bytes(tag, bytes))
}
