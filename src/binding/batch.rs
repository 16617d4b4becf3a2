//! Messages, events and entries on their way to JavaScript: many in one object, so that the cost
//! of each is a row of numbers. Values travel as bytes and are decoded only when read; large values
//! of events stay here until then, since most hooks never look at them.

use std::collections::{BTreeMap, VecDeque};

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::cold::Joined;
use crate::cache::Units;
use crate::shared::{Event, Listing, Message, Outcome, Value};

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
    /// Somebody waits for a flight: its number.
    Awaited = 4,
    /// Nobody waits any more for a flight: its number, whether there is a reason.
    Abandoned = 5,
}

/// Bytes of values that fill a batch.
pub(super) const FULL: usize = 16 * 1024 * 1024;

/// Values of events up to this size are copied at once.
const COPIED: usize = 16 * 1024;

/// Tag of a number; other tags, but for [`KEPT`], belong to the facade.
pub(super) const NUMBER: u8 = 0;

/// Tag of a value that is kept here under a number.
const KEPT: u8 = 255;

/// Large values of events, by number, until a hook reads them. The latest of them at most: nobody
/// tells that a hook will not read one.
#[derive(Default)]
pub(super) struct Kept {
    values: BTreeMap<u64, Value>,
    next: u64,
    bytes: usize,
}

impl Kept {
    /// Twice a batch: what hooks cause while they run does not drive out what they are called for.
    const MOST: usize = 2 * FULL;

    fn keep(&mut self, value: Value) -> u64 {
        let number = self.next;
        self.next += 1;
        self.bytes += size(&value);
        self.values.insert(number, value);
        while self.bytes > Self::MOST
            && self.values.len() > 1
            && let Some((_, oldest)) = self.values.pop_first()
        {
            self.bytes -= size(&oldest);
        }
        number
    }

    /// The value of this number, unless it was taken or is too old.
    pub(super) fn take(&mut self, number: u64) -> Option<Value> {
        let value = self.values.remove(&number)?;
        self.bytes -= size(&value);
        Some(value)
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Number(_) => 0,
        Value::Bytes(_, bytes) => bytes.len(),
    }
}

/// What is too much for one batch.
pub enum Pending {
    /// Events, each with the number of the handle that caused it.
    Events(VecDeque<(u32, Event)>),
    /// Entries, and which of them comes next.
    Entries(Listing, usize),
    /// Values, each with its version.
    Values(VecDeque<(u64, Value)>),
}

impl Pending {
    /// Moves what fits to a batch; whether something is left.
    pub(super) fn fill(&mut self, batch: &mut Batch, kept: &mut Kept) -> bool {
        match self {
            Pending::Events(events) => {
                while let Some((_, event)) = events.front()
                    && batch.has_room(size(&event.value))
                    && let Some((id, event)) = events.pop_front()
                {
                    batch.event(id, &event, kept);
                }
                !events.is_empty()
            }
            Pending::Values(values) => {
                while let Some((_, value)) = values.front()
                    && batch.has_room(size(value))
                    && let Some((version, value)) = values.pop_front()
                {
                    batch.row(Kind::Event, version as f64, 0.0, Some(&value));
                }
                !values.is_empty()
            }
            Pending::Entries(listing, next) => {
                for (key, value) in listing.entries().skip(*next) {
                    let value = value.expect("it was listed with values");
                    if !batch.has_room(size(value)) {
                        return true;
                    }
                    batch.entry(key, value);
                    *next += 1;
                }
                false
            }
        }
    }
}

#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<f64>,
    keys: Joined,
    payload: Vec<u8>,
    /// Bytes of values that are kept for its rows.
    kept_bytes: usize,
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
    /// Whether others wait.
    pub more: bool,
    /// Where they wait, if it is the first batch of several.
    pub rest: Option<External<Option<Pending>>>,
}

impl Batch {
    pub(super) fn message(&mut self, message: &Message, kept: &mut Kept) {
        match message {
            Message::Event(backlog, event) => {
                backlog.leave(event);
                self.event(backlog.id, event, kept);
            }
            Message::Landed { waiter, outcome } => {
                let failed = f64::from(u8::from(matches!(outcome, Outcome::Failed(_))));
                let value = Some(outcome.value());
                self.row(Kind::Landed, f64::from(*waiter), failed, value);
            }
            Message::Awaited(flight) => self.row(Kind::Awaited, *flight as f64, 0.0, None),
            Message::Abandoned { flight, reason } => {
                let has_reason = f64::from(u8::from(reason.is_some()));
                self.row(Kind::Abandoned, *flight as f64, has_reason, reason.as_ref());
            }
            Message::TakeOver { waiter, flight } => {
                self.row(Kind::TakeOver, f64::from(*waiter), *flight as f64, None);
            }
        }
    }

    /// Whether a value of so many bytes belongs to this batch; a large one is alone in its own.
    fn has_room(&self, bytes: usize) -> bool {
        // Of keys and rows of small entries there may be as many as of bytes.
        let filled = self.payload.len() + self.kept_bytes + self.rows.len() * size_of::<f64>();
        self.rows.is_empty() || filled + bytes <= FULL
    }

    fn event(&mut self, subscriber: u32, event: &Event, kept: &mut Kept) {
        let mut scratch = vec![0; event.key.len()];
        self.keys.push(Units::new(&event.key, &mut scratch));
        let (first, second) = (f64::from(subscriber), f64::from(event.happened as u8));
        if size(&event.value) <= COPIED {
            self.row(Kind::Event, first, second, Some(&event.value));
        } else {
            self.kept_bytes += size(&event.value);
            let number = kept.keep(event.value.clone()) as f64;
            self.place(Kind::Event, first, second, KEPT, number, 0.0);
        }
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
            rest: None,
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
        self.place(kind, first, second, tag, place, length);
    }

    fn place(&mut self, kind: Kind, first: f64, second: f64, tag: u8, place: f64, length: f64) {
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
