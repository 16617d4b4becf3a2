//! Messages, events and entries on their way to JavaScript: many in one object, so that the cost
//! of each is a row of numbers. Values travel as bytes and are decoded only when read.

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::cold::Joined;
use crate::cache::Units;
use crate::shared::{Event, Message, Outcome, Value};

/// Numbers in one row: kind, two operands, the value's tag, and its number, or offset and length.
const ROW: usize = 6;

/// What a row tells; the numbers are those of the facade.
#[derive(Clone, Copy)]
enum Kind {
    /// An event or an entry: subscriber, what happened.
    Event = 0,
    /// A flight has landed: waiter, whether it failed.
    Landed = 1,
    /// A flight is to be led: waiter, number of the flight.
    TakeOver = 2,
}

/// Bytes of values that fill a batch.
const FULL: usize = 16 * 1024 * 1024;

/// Tag of a number; other tags belong to the facade.
pub(super) const NUMBER: u8 = 0;

#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<f64>,
    keys: Joined,
    payload: Vec<u8>,
}

/// Rows, with the keys of those that have one.
#[napi(object, object_from_js = false)]
pub struct Rows<'env> {
    /// Six numbers for each row.
    pub rows: Float64Array,
    /// Keys of the rows of events and entries, in order.
    pub chunks: Vec<Unknown<'env>>,
    /// The length of each key in code units.
    pub lengths: Uint32Array,
    /// The bytes of all values.
    pub payload: Buffer,
    /// Whether other messages wait.
    pub more: bool,
}

impl Batch {
    pub(super) fn message(&mut self, message: &Message) {
        match message {
            Message::Event(backlog, event) => {
                backlog.read_one();
                self.event(backlog.id, event);
            }
            Message::Landed { waiter, outcome } => {
                let (value, failed) = match outcome {
                    Outcome::Fetched(value) => (value, 0.0),
                    Outcome::Failed(error) => (error, 1.0),
                };
                self.row(Kind::Landed, f64::from(*waiter), failed, Some(value));
            }
            Message::TakeOver { waiter, flight } => {
                self.row(Kind::TakeOver, f64::from(*waiter), *flight as f64, None);
            }
        }
    }

    /// Whether what follows is for another batch: an array of bytes has its limit, and a value that
    /// nobody reads should not have been copied for long.
    pub(super) fn is_full(&self) -> bool {
        self.payload.len() >= FULL
    }

    pub(super) fn event(&mut self, subscriber: u32, event: &Event) {
        let mut scratch = vec![0; event.key.len()];
        self.keys.push(Units::new(&event.key, &mut scratch));
        let happened = f64::from(event.happened as u8);
        self.row(
            Kind::Event,
            f64::from(subscriber),
            happened,
            Some(&event.value),
        );
    }

    pub(super) fn entry(&mut self, key: Units<'_>, value: &Value) {
        self.keys.push(key);
        self.row(Kind::Event, 0.0, 0.0, Some(value));
    }

    pub(super) fn into_rows(self, env: &Env, more: bool) -> Result<Rows<'_>> {
        let (chunks, lengths) = self.keys.into_js(env)?;
        Ok(Rows {
            rows: Float64Array::new(self.rows),
            chunks,
            lengths,
            payload: self.payload.into(),
            more,
        })
    }

    fn row(&mut self, kind: Kind, first: f64, second: f64, value: Option<&Value>) {
        let start = self.payload.len() as f64;
        let (tag, place, length) = match value {
            None => (NUMBER, 0.0, 0.0),
            Some(Value::Number(number)) => (NUMBER, *number, 0.0),
            Some(Value::Bytes(tag, bytes)) => {
                self.payload.extend_from_slice(bytes);
                (*tag, start, bytes.len() as f64)
            }
        };
        let row: [f64; ROW] = [
            kind as u8 as f64,
            first,
            second,
            f64::from(tag),
            place,
            length,
        ];
        self.rows.extend(row);
    }
}
