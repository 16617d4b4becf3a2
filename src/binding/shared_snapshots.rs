//! Snapshots of shared stores, which are written and read on other threads: values lie in a store as they lie in a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::port::with_ports;
use super::shared_cold::on_store;
use super::snapshot_loading::Loading;
use super::snapshot_writing::{Ended, SnapshotFailure};
use crate::shared::{self, Caller, Event, OwnSnapshot, SharedStore, now};
use crate::snapshot::{Control, Failure, Saved};

/// The file of a store's own, as the user wants it.
#[napi(object, object_to_js = false)]
pub struct WantedSnapshot {
    /// Where it is.
    pub path: String,
    /// Whether it is written when the store ends.
    pub on_exit: bool,
    /// Whether the whole blocks before any damage are enough.
    pub keep_valid: bool,
    /// The time, where it is not the native clock's.
    pub now: Option<f64>,
}

impl From<WantedSnapshot> for OwnSnapshot {
    fn from(wanted: WantedSnapshot) -> Self {
        OwnSnapshot {
            path: wanted.path.into(),
            on_exit: wanted.on_exit,
            keep_valid: wanted.keep_valid,
            is_foreign: wanted.now.is_some(),
            now: wanted.now.unwrap_or_else(now),
        }
    }
}

/// What watches and stops a save or a restore.
#[napi(catch_unwind)]
pub fn snapshot_control() -> External<Arc<Control>> {
    External::new(Arc::default())
}

/// Stops it.
#[napi(catch_unwind)]
pub fn snapshot_cancel(control: &External<Arc<Control>>) {
    control.abort();
}

/// Entries done, entries in all or 0, bytes done.
#[napi(catch_unwind)]
pub fn snapshot_progress(control: &External<Arc<Control>>) -> Vec<f64> {
    let (entries, total, bytes) = control.progress();
    vec![entries as f64, total as f64, bytes as f64]
}

fn store_of(index: u32) -> Result<(Arc<SharedStore>, Caller)> {
    on_store(index, |cache| {
        let store = Arc::clone(&cache.handle.store);
        ((store, Some((cache.id, cache.interest))), Vec::new())
    })
}

/// What is written at a time of the user's is not judged by the native clock.
fn note_clock(store: &SharedStore, at: Option<f64>) {
    if at.is_some() {
        store.see_foreign_clock();
    }
}

/// A save that another thread makes.
pub struct SavingTask {
    store: Arc<SharedStore>,
    path: PathBuf,
    control: Arc<Control>,
    renewed_after: Option<Duration>,
    now: f64,
}

impl Task for SavingTask {
    type Output = std::result::Result<Option<Saved>, Failure>;
    type JsValue = Ended;

    fn compute(&mut self) -> Result<Self::Output> {
        let Self {
            store,
            path,
            control,
            renewed_after,
            now,
        } = self;
        Ok(store.save(path, *now, *renewed_after, control))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> Result<Ended> {
        Ok(Ended::from(output.map(Option::unwrap_or_default)))
    }
}

/// Writes all entries to a file; not if it is the store's own and was written less than so many milliseconds ago.
#[napi(catch_unwind)]
pub fn shared_save(
    index: u32,
    path: String,
    control: &External<Arc<Control>>,
    renewed_after: Option<f64>,
    at: Option<f64>,
) -> Result<AsyncTask<SavingTask>> {
    let (store, _) = store_of(index)?;
    Ok(AsyncTask::new(SavingTask {
        store,
        path: path.into(),
        control: Arc::clone(control),
        renewed_after: renewed_after.map(|ms| Duration::from_millis(ms as u64)),
        now: at.unwrap_or_else(now),
    }))
}

/// Writes the store's own file at once.
#[napi(catch_unwind)]
pub fn shared_save_sync(index: u32, at: Option<f64>) -> Ended {
    let store = with_ports(|ports| Arc::clone(&ports.cache(index).handle.store));
    Ended::from(store.save_own(at.unwrap_or_else(now)))
}

/// How many entries there are now, or why nothing was loaded.
#[napi(object, object_from_js = false)]
pub struct LoadedEntries {
    /// Entries.
    pub entries: Option<u32>,
    /// Why nothing was loaded.
    pub failure: Option<SnapshotFailure>,
}

/// Leaves the caller's own events for the facade, if the caller is still there.
fn loaded(
    index: u32,
    caller: Caller,
    outcome: std::result::Result<(usize, Vec<Event>), Failure>,
) -> LoadedEntries {
    match outcome {
        Ok((entries, events)) => {
            with_ports(|ports| {
                let place = ports.caches.get(index as usize).and_then(Option::as_ref);
                if place.map(|cache| cache.id) == caller.map(|(id, _)| id) {
                    ports.add_events(index, events);
                }
            });
            LoadedEntries {
                entries: Some(entries as u32),
                failure: None,
            }
        }
        Err(failure) => LoadedEntries {
            entries: None,
            failure: Some(failure.into()),
        },
    }
}

/// A restore that another thread makes.
pub struct RestoringTask {
    store: Arc<SharedStore>,
    index: u32,
    caller: Caller,
    path: PathBuf,
    keep_valid: bool,
    control: Arc<Control>,
    now: f64,
}

impl Task for RestoringTask {
    type Output = std::result::Result<(usize, Vec<Event>), Failure>;
    type JsValue = LoadedEntries;

    fn compute(&mut self) -> Result<Self::Output> {
        let Self {
            store,
            caller,
            path,
            keep_valid,
            control,
            now,
            ..
        } = self;
        Ok(store.restore(path, *keep_valid, *now, control, *caller))
    }

    fn resolve(&mut self, _env: Env, output: Self::Output) -> Result<LoadedEntries> {
        Ok(loaded(self.index, self.caller, output))
    }
}

/// Replaces all entries by those of a file.
#[napi(catch_unwind)]
pub fn shared_restore(
    index: u32,
    path: String,
    keep_valid: bool,
    control: &External<Arc<Control>>,
    at: Option<f64>,
) -> Result<AsyncTask<RestoringTask>> {
    let (store, caller) = store_of(index)?;
    note_clock(&store, at);
    Ok(AsyncTask::new(RestoringTask {
        store,
        index,
        caller,
        path: path.into(),
        keep_valid,
        control: Arc::clone(control),
        now: at.unwrap_or_else(now),
    }))
}

/// Replaces all entries by those of a list.
#[napi(catch_unwind)]
pub fn shared_load(
    index: u32,
    loading: &External<Loading>,
    at: Option<f64>,
) -> Result<LoadedEntries> {
    let (store, caller) = store_of(index)?;
    note_clock(&store, at);
    let how = shared::Loading {
        now: at.unwrap_or_else(now),
        strict: false,
        takes_grace: loading.takes_grace,
    };
    let outcome = store.load(&loading.entries, how, &Control::default(), caller);
    Ok(loaded(index, caller, outcome))
}
