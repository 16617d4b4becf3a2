//! Entries on their way into a cache of one thread: read from a file or given by the facade, built into a store beside
//! that of the cache, and put in its place. How a file is written is in [`super::snapshot_writing`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use napi::bindgen_prelude::*;
use napi_derive::napi;
use parking_lot::Mutex;

use super::batch::{Batch, Rows};
use super::cold_tags::tag_list;
use super::snapshot_writing::{Payload, SnapshotFailure, value_of};
use super::table::{background, change_cache, with_cache};
use crate::cache::{Lifetime, Limits, Loaded, Slot, Store, Units};
use crate::snapshot::{Code, Control, Entries, Entry, Expected, Failure, Snapshot, read};
use crate::value::Value;

/// Entries that are to be loaded, and what was made of them.
pub struct Loading {
    pub(super) entries: Arc<Entries>,
    /// Whether lifetimes of single entries have the grace of the cache.
    pub(super) takes_grace: bool,
    built: Arc<Mutex<Option<Store>>>,
}

impl Loading {
    fn of(entries: Entries, takes_grace: bool) -> External<Loading> {
        External::new(Loading {
            entries: Arc::new(entries),
            takes_grace,
            built: Arc::default(),
        })
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        // It is collected on the cache's own thread, which a million values would hold up.
        let entries = std::mem::take(&mut self.entries);
        let built = self.built.lock().take();
        background().discard(entries.len(), (entries, built));
    }
}

/// What was read, or why nothing was.
#[napi(object, object_from_js = false)]
pub struct ReadSnapshot {
    /// The entries.
    pub loading: Option<External<Loading>>,
    /// How many there are.
    pub entries: Option<u32>,
    /// Bytes of the file.
    pub bytes: Option<f64>,
    /// Why nothing was read.
    pub failure: Option<SnapshotFailure>,
}

impl ReadSnapshot {
    fn from(outcome: std::result::Result<Snapshot, Failure>) -> Self {
        match outcome {
            Ok(Snapshot { entries, bytes, .. }) => ReadSnapshot {
                entries: Some(entries.len() as u32),
                loading: Some(Loading::of(entries, false)),
                bytes: Some(bytes as f64),
                failure: None,
            },
            Err(failure) => ReadSnapshot {
                loading: None,
                entries: None,
                bytes: None,
                failure: Some(failure.into()),
            },
        }
    }
}

/// A file that another thread reads.
pub struct ReadingTask {
    path: PathBuf,
    codec: Option<String>,
    keep_valid: bool,
}

impl ReadingTask {
    fn read(&self) -> std::result::Result<Snapshot, Failure> {
        let expected = Expected {
            codec: self.codec.as_deref(),
            store: None,
            keep_valid: self.keep_valid,
        };
        read(Path::new(&self.path), &expected, &Control::default())
    }
}

impl Task for ReadingTask {
    type Output = std::result::Result<Snapshot, Failure>;
    type JsValue = ReadSnapshot;

    fn compute(&mut self) -> Result<Self::Output> {
        Ok(self.read())
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> Result<ReadSnapshot> {
        Ok(ReadSnapshot::from(output))
    }
}

/// Reads and verifies a file on another thread.
#[napi(catch_unwind)]
pub fn snapshot_read(
    path: String,
    codec: Option<String>,
    keep_valid: bool,
) -> AsyncTask<ReadingTask> {
    AsyncTask::new(ReadingTask {
        path: path.into(),
        codec,
        keep_valid,
    })
}

/// The same at once.
#[napi(catch_unwind)]
pub fn snapshot_read_sync(path: String, codec: Option<String>, keep_valid: bool) -> ReadSnapshot {
    let task = ReadingTask {
        path: path.into(),
        codec,
        keep_valid,
    };
    ReadSnapshot::from(task.read())
}

/// An empty list of entries.
#[napi(catch_unwind)]
pub fn loading_new() -> External<Loading> {
    Loading::of(Entries::default(), true)
}

/// Adds entries: joined keys with their lengths, values where they are encoded, when they expire, infinite for never,
/// how long they live when they are renewed, NaN for as long as the cache says, and tags.
#[napi(catch_unwind)]
#[allow(clippy::too_many_arguments)]
pub fn loading_add(
    loading: &mut External<Loading>,
    text: Utf16String,
    lengths: Uint32Array,
    value_tags: Option<Uint8Array>,
    payloads: Option<Vec<Payload>>,
    expires_at: Float64Array,
    ttls: Float64Array,
    tags: Vec<Option<Vec<Utf16String>>>,
) -> Result<()> {
    let entries = Arc::get_mut(&mut loading.entries)
        .ok_or_else(|| Error::from_reason("the entries are being loaded"))?;
    let mut payloads = payloads.map(Vec::into_iter);
    let mut scratch = Vec::new();
    let mut start = 0;
    for (index, tags) in tags.into_iter().enumerate() {
        let end = start + lengths[index] as usize;
        let units = &text[start..end];
        start = end;
        if scratch.len() < units.len() {
            scratch.resize(units.len(), 0);
        }
        let value = match (&value_tags, &mut payloads) {
            (Some(tags), Some(payloads)) => value_of(tags[index], payloads.next().flatten()),
            _ => Value::Number(0.0),
        };
        let ttl = ttls[index];
        entries.push(
            Units::new(units, &mut scratch),
            value,
            expires_at[index],
            (!ttl.is_nan()).then(|| Lifetime::new(ttl, 0.0)),
            tags.as_deref().map(tag_list).unwrap_or_default(),
        );
    }
    Ok(())
}

/// Keys and values of some entries, in the order of use.
#[napi(catch_unwind)]
pub fn loading_take<'env>(
    env: &'env Env,
    loading: &External<Loading>,
    from: u32,
    most: u32,
) -> Result<Rows<'env>> {
    let mut batch = Batch::default();
    let end = from.saturating_add(most).min(loading.entries.len() as u32);
    for index in from..end {
        let Entry { key, value, .. } = loading.entries.get(index as usize);
        batch.entry(key, value);
    }
    batch.into_rows(env, false)
}

/// What was built, or why nothing was.
#[napi(object, object_from_js = false)]
pub struct Built {
    /// The slot of each entry; 0 of those that are left out.
    pub places: Option<Uint32Array>,
    /// Whether any of them expires.
    pub expires: Option<bool>,
    /// Why nothing was built.
    pub failure: Option<SnapshotFailure>,
}

impl Built {
    fn from(outcome: std::result::Result<(Vec<Slot>, bool), Failure>) -> Self {
        match outcome {
            Ok((places, expires)) => Built {
                places: Some(Uint32Array::new(places)),
                expires: Some(expires),
                failure: None,
            },
            Err(failure) => Built {
                places: None,
                expires: None,
                failure: Some(failure.into()),
            },
        }
    }
}

/// A store that another thread builds.
pub struct BuildingTask {
    entries: Arc<Entries>,
    built: Arc<Mutex<Option<Store>>>,
    takes_grace: bool,
    store: Option<Store>,
    weights: Option<Vec<f64>>,
    now: f64,
    strict: bool,
}

impl BuildingTask {
    fn new(
        loading: &Loading,
        id: u32,
        weights: Option<Float64Array>,
        now: f64,
        strict: bool,
    ) -> Self {
        BuildingTask {
            entries: Arc::clone(&loading.entries),
            built: Arc::clone(&loading.built),
            takes_grace: loading.takes_grace,
            store: Some(with_cache(id, |cache| cache.store.empty_like())),
            weights: weights.map(|weights| weights.to_vec()),
            now,
            strict,
        }
    }

    fn weight(&self, index: usize) -> f64 {
        self.weights.as_ref().map_or(0.0, |weights| weights[index])
    }

    /// Fails if more entries are valid, or they weigh more, than the limits allow.
    fn check(&self, limits: Limits) -> std::result::Result<(), Failure> {
        let mut count = 0.0;
        let mut weight = 0.0;
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.expires_at >= self.now {
                count += 1.0;
                weight += self.weight(index);
            }
        }
        let refused = |held: f64, of: &str, most: f64| {
            let text = format!("it holds {held} {of}, and the cache may hold {most}");
            Err(Failure::new(Code::TooLarge, text))
        };
        if limits.max_size > 0.0 && count > limits.max_size {
            return refused(count, "entries", limits.max_size);
        }
        if limits.max_weight > 0.0 && weight > limits.max_weight {
            return refused(weight, "of weight", limits.max_weight);
        }
        Ok(())
    }

    fn build(&mut self) -> std::result::Result<(Vec<Slot>, bool), Failure> {
        let mut store = self.store.take().expect("it is built once");
        if self.strict {
            self.check(store.limits())?;
        }
        let own = |own: Lifetime| match self.takes_grace {
            true => store.own_lifetime(own.ttl()),
            false => own,
        };
        let owns: Vec<Option<Lifetime>> = self
            .entries
            .iter()
            .map(|entry| entry.own.map(own))
            .collect();
        let loaded = |index: usize| {
            let entry = self.entries.get(index);
            Loaded {
                key: entry.key,
                weight: self.weight(index),
                expires_at: entry.expires_at,
                own: owns[index],
                tags: entry.tags,
            }
        };
        let places = store.load(self.entries.len(), loaded, self.now);
        let mut places = places.map_err(|_| {
            let text = format!(
                "{} entries are more than a cache can hold",
                self.entries.len()
            );
            Failure::new(Code::TooLarge, text)
        })?;
        store.evict_loaded(&mut places);
        let expires = store.expires();
        *self.built.lock() = Some(store);
        Ok((places, expires))
    }
}

impl Task for BuildingTask {
    type Output = std::result::Result<(Vec<Slot>, bool), Failure>;
    type JsValue = Built;

    fn compute(&mut self) -> Result<Self::Output> {
        Ok(self.build())
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> Result<Built> {
        Ok(Built::from(output))
    }
}

/// Builds a store for a cache, on another thread. Nothing changes by that.
#[napi(catch_unwind)]
pub fn loading_build(
    loading: &External<Loading>,
    id: u32,
    weights: Option<Float64Array>,
    now: f64,
    strict: bool,
) -> AsyncTask<BuildingTask> {
    AsyncTask::new(BuildingTask::new(loading, id, weights, now, strict))
}

/// The same at once.
#[napi(catch_unwind)]
pub fn loading_build_sync(
    loading: &External<Loading>,
    id: u32,
    weights: Option<Float64Array>,
    now: f64,
    strict: bool,
) -> Built {
    Built::from(BuildingTask::new(loading, id, weights, now, strict).build())
}

/// Puts the store that was built in the place of the cache's own; false if the cache has other limits by now.
#[napi(catch_unwind)]
pub fn loading_swap(env: Env, id: u32, loading: &External<Loading>) -> bool {
    let Some(built) = loading.built.lock().take() else {
        return false;
    };
    let replaced = change_cache(env.raw(), id, |cache| {
        if built.limits() != cache.store.limits() {
            return None;
        }
        Some(std::mem::replace(&mut cache.store, built))
    });
    let Some(old) = replaced else { return false };
    background().discard(old.len(), old);
    true
}
