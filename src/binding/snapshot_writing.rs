//! Saves of a cache of one thread: a walk over its entries, whose values the facade encodes, into a file that is
//! written elsewhere. How a file comes back is in [`super::snapshot_loading`].

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use napi::bindgen_prelude::*;
use napi_derive::napi;
use parking_lot::Mutex;

use super::batch::NUMBER;
use super::cold::string;
use super::shared_arguments::{TEXTS, is_narrow};
use super::table::with_cache;
use crate::cache::{Lifetime, Side, Span, TagList, Texts, Units};
use crate::snapshot::{Code, Entry, Failure, Header, Kind, Lock, Saved, Writer};
use crate::value::Value;

/// Why a snapshot was not written, or not read.
#[napi(object, object_from_js = false)]
pub struct SnapshotFailure {
    /// What kind of failure it is.
    pub code: String,
    /// What was wrong.
    pub text: String,
    /// At which byte of the file.
    pub offset: Option<f64>,
    /// The system's number for it.
    pub errno: Option<i32>,
}

impl From<Failure> for SnapshotFailure {
    fn from(failure: Failure) -> Self {
        SnapshotFailure {
            code: failure.code.name().to_owned(),
            text: failure.text,
            offset: failure.offset.map(|offset| offset as f64),
            errno: failure.errno,
        }
    }
}

/// The right to write a snapshot, until it is given back.
pub type SnapshotLock = Option<Lock>;

/// The right that was asked for, or why there is none.
#[napi(object, object_from_js = false)]
pub struct Locked {
    /// The right.
    pub lock: Option<External<SnapshotLock>>,
    /// Why there is none.
    pub failure: Option<SnapshotFailure>,
}

/// Takes the right to write the snapshot at a path.
#[napi(catch_unwind)]
pub fn snapshot_lock(path: String) -> Locked {
    match Lock::acquire(Path::new(&path)) {
        Ok(lock) => Locked {
            lock: Some(External::new(Some(lock))),
            failure: None,
        },
        Err(failure) => Locked {
            lock: None,
            failure: Some(failure.into()),
        },
    }
}

/// Gives the right back.
#[napi(catch_unwind)]
pub fn snapshot_unlock(lock: &mut External<SnapshotLock>) {
    lock.take();
}

/// Between the order numbers of two steps of a walk: what a step takes may become several blocks.
const STEP: i64 = 1 << 20;

/// A snapshot that is being written.
pub struct SnapshotWriter {
    file: Arc<Written>,
    pending: Pending,
    /// How many steps of the walk there were on either side.
    before: i64,
    after: i64,
}

/// What is shared with the thread that writes.
struct Written {
    /// `None` once it is finished or given up.
    writer: Mutex<Option<Writer>>,
    aborted: AtomicBool,
}

/// Entries whose values the facade is encoding.
#[derive(Default)]
struct Pending {
    texts: Texts,
    rows: Vec<Row>,
    /// The number of their block.
    order: i64,
}

/// What was never used is put so far before all else, as in a dump.
const UNPROVEN: i64 = 1 << 40;

struct Row {
    key: Span,
    is_proven: bool,
    expires_at: f64,
    own: Option<Lifetime>,
    tags: TagList,
}

impl Written {
    fn check(&self) -> std::result::Result<(), Failure> {
        if self.aborted.load(Ordering::Relaxed) {
            return Err(Failure::new(Code::Aborted, "it was aborted"));
        }
        Ok(())
    }

    fn on_writer<R>(
        &self,
        step: impl FnOnce(&mut Option<Writer>) -> std::result::Result<R, Failure>,
    ) -> std::result::Result<R, Failure> {
        let mut writer = self.writer.lock();
        self.check()?;
        if writer.is_none() {
            return Err(Failure::new(Code::Aborted, "it has ended"));
        }
        step(&mut writer)
    }

    fn flush(&self) -> std::result::Result<(), Failure> {
        self.on_writer(|writer| writer.as_mut().map_or(Ok(()), Writer::flush))
    }

    fn finish(&self) -> std::result::Result<Saved, Failure> {
        // Under the lock: whoever aborts knows afterwards that nothing is renamed any more.
        self.on_writer(|writer| writer.take().map_or(Ok(Saved::default()), Writer::finish))
    }
}

/// The writer that was asked for, or why there is none.
#[napi(object, object_from_js = false)]
pub struct OpenedWriter {
    /// The writer.
    pub writer: Option<External<SnapshotWriter>>,
    /// Why there is none.
    pub failure: Option<SnapshotFailure>,
}

/// Begins a snapshot, by a right of its own.
#[napi(catch_unwind)]
pub fn snapshot_writer(path: String, codec: String, created_at: f64) -> OpenedWriter {
    open(&path, codec, created_at, None)
}

/// Begins a snapshot by a right that the caller has.
#[napi(catch_unwind)]
pub fn snapshot_writer_by(
    lock: &External<SnapshotLock>,
    path: String,
    codec: String,
    created_at: f64,
) -> OpenedWriter {
    open(&path, codec, created_at, (**lock).as_ref())
}

fn open(path: &str, codec: String, created_at: f64, held: Option<&Lock>) -> OpenedWriter {
    let header = Header {
        kind: Kind::Local,
        codec,
        store: Box::default(),
        created_at,
    };
    match Writer::create(Path::new(path), &header, held) {
        Ok(writer) => {
            let file = Written {
                writer: Mutex::new(Some(writer)),
                aborted: AtomicBool::new(false),
            };
            let writer = SnapshotWriter {
                file: Arc::new(file),
                pending: Pending::default(),
                before: 0,
                after: 0,
            };
            OpenedWriter {
                writer: Some(External::new(writer)),
                failure: None,
            }
        }
        Err(failure) => OpenedWriter {
            writer: None,
            failure: Some(failure.into()),
        },
    }
}

/// Gets a cache ready for a walk over its entries; false if this is to be called again.
#[napi(catch_unwind)]
pub fn snapshot_walk(id: u32) -> bool {
    with_cache(id, |cache| cache.store.begin_walk())
}

/// Ends the walk.
#[napi(catch_unwind)]
pub fn snapshot_end_walk(id: u32) {
    with_cache(id, |cache| cache.store.end_walk());
}

/// Takes the next entries of the walk that are valid, at most so many, in place of those taken before; their slots.
#[napi(catch_unwind)]
pub fn snapshot_next(
    writer: &mut External<SnapshotWriter>,
    id: u32,
    most: u32,
    now: f64,
) -> Uint32Array {
    let mut pending = Pending::default();
    let walked = with_cache(id, |cache| {
        let (slots, side) = cache.store.walk_some(most as usize, &now)?;
        let store = &cache.store;
        for &slot in &slots {
            let mut tags = TagList::default();
            store.tags(slot).for_each(|tag| tags.push(tag));
            pending.rows.push(Row {
                key: pending.texts.push(store.key_at(slot)),
                is_proven: store.is_proven(slot),
                expires_at: store.expires_at(slot),
                own: store.own_lifetime_at(slot),
                tags,
            });
        }
        Some((slots, side))
    });
    let Some((slots, side)) = walked else {
        writer.pending = pending;
        return Uint32Array::new(Vec::new());
    };
    pending.order = match side {
        Side::Before => {
            writer.before += 1;
            -STEP * writer.before
        }
        Side::After => {
            writer.after += 1;
            STEP * writer.after
        }
    };
    writer.pending = pending;
    Uint32Array::new(slots)
}

/// The key of one of the entries that were taken.
#[napi(catch_unwind)]
pub fn snapshot_pending_key<'env>(
    env: &'env Env,
    writer: &External<SnapshotWriter>,
    index: u32,
) -> Result<Unknown<'env>> {
    let Pending { texts, rows, .. } = &writer.pending;
    string(env, texts.get(rows[index as usize].key))
}

/// The payload of a value, beside its tag.
pub(super) type Payload = Option<Either3<f64, Utf16String, Uint8Array>>;

/// The value given by a tag and a payload: a number, a string, bytes or nothing.
pub(super) fn value_of(tag: u8, payload: Payload) -> Value {
    match payload {
        Some(Either3::A(number)) if tag == NUMBER => Value::Number(number),
        Some(Either3::B(text)) if TEXTS.contains(&tag) => {
            let narrow = if is_narrow(tag) { tag } else { tag - 1 };
            let mut scratch = vec![0; text.len()];
            match Units::new(&text, &mut scratch) {
                Units::Narrow(bytes) => Value::Bytes(narrow, bytes.into()),
                Units::Wide(units) => {
                    let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
                    Value::Bytes(narrow + 1, bytes.into())
                }
            }
        }
        Some(Either3::C(bytes)) => Value::Bytes(tag, Arc::from(&*bytes)),
        _ => Value::Bytes(tag, Arc::default()),
    }
}

/// Adds the entries that were taken, with their values.
#[napi(catch_unwind)]
pub fn snapshot_fill(
    writer: &mut External<SnapshotWriter>,
    tags: Uint8Array,
    payloads: Vec<Payload>,
) -> Result<()> {
    let Pending { texts, rows, order } = std::mem::take(&mut writer.pending);
    let values = tags.iter().zip(payloads);
    let (proven, unproven): (Vec<_>, Vec<_>) =
        rows.iter().zip(values).partition(|(row, _)| row.is_proven);
    // What goes wrong is told by the next flush.
    let _ = writer.file.on_writer(|file| {
        let Some(file) = file else { return Ok(()) };
        for (rows, order) in [(unproven, order - UNPROVEN), (proven, order)] {
            if rows.is_empty() {
                continue;
            }
            file.begin(0, order)?;
            for (row, (&tag, payload)) in rows {
                file.add(&Entry {
                    key: texts.get(row.key),
                    value: &value_of(tag, payload),
                    expires_at: row.expires_at,
                    own: row.own,
                    tags: (!row.tags.is_empty()).then_some(&row.tags),
                })?;
            }
        }
        Ok(())
    });
    Ok(())
}

/// How a step ended: it tells what is in the file, or why it failed.
#[napi(object, object_from_js = false)]
pub struct Ended {
    /// Entries in the file.
    pub entries: Option<f64>,
    /// Bytes of the file.
    pub bytes: Option<f64>,
    /// Why it failed.
    pub failure: Option<SnapshotFailure>,
}

impl Ended {
    pub(super) fn from(outcome: std::result::Result<Saved, Failure>) -> Self {
        match outcome {
            Ok(saved) => Ended {
                entries: Some(saved.entries as f64),
                bytes: Some(saved.bytes as f64),
                failure: None,
            },
            Err(failure) => Ended {
                entries: None,
                bytes: None,
                failure: Some(failure.into()),
            },
        }
    }
}

/// A step that another thread takes.
pub struct WritingTask {
    file: Arc<Written>,
    finish: bool,
}

impl Task for WritingTask {
    type Output = std::result::Result<Saved, Failure>;
    type JsValue = Ended;

    fn compute(&mut self) -> Result<Self::Output> {
        if self.finish {
            return Ok(self.file.finish());
        }
        Ok(self.file.flush().map(|()| Saved::default()))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> Result<Ended> {
        Ok(Ended::from(output))
    }
}

/// Writes what was added, on another thread.
#[napi(catch_unwind)]
pub fn snapshot_flush(writer: &External<SnapshotWriter>) -> AsyncTask<WritingTask> {
    let file = Arc::clone(&writer.file);
    AsyncTask::new(WritingTask {
        file,
        finish: false,
    })
}

/// Writes the rest and puts the file in the place of the old one, on another thread.
#[napi(catch_unwind)]
pub fn snapshot_finish(writer: &External<SnapshotWriter>) -> AsyncTask<WritingTask> {
    let file = Arc::clone(&writer.file);
    AsyncTask::new(WritingTask { file, finish: true })
}

/// The same at once.
#[napi(catch_unwind)]
pub fn snapshot_finish_sync(writer: &External<SnapshotWriter>) -> Ended {
    Ended::from(writer.file.finish())
}

/// Entries and bytes so far.
#[napi(catch_unwind)]
pub fn snapshot_written(writer: &External<SnapshotWriter>) -> Vec<f64> {
    let file = writer.file.writer.lock();
    let saved = file.as_ref().map_or(Saved::default(), Writer::saved);
    vec![saved.entries as f64, saved.bytes as f64]
}

/// Has the snapshot be given up soon, unless it is finished: the old one stays. Waits for nothing.
#[napi(catch_unwind)]
pub fn snapshot_stop(writer: &External<SnapshotWriter>) {
    writer.file.aborted.store(true, Ordering::Relaxed);
}

/// Gives the snapshot up, unless it is finished: the old one stays. Waits for a step under way.
#[napi(catch_unwind)]
pub fn snapshot_abort(writer: &External<SnapshotWriter>) {
    writer.file.aborted.store(true, Ordering::Relaxed);
    let given_up = writer.file.writer.lock().take();
    drop(given_up);
}
