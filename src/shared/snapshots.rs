//! The file that a [`SharedStore`] has of its own: opened with it, and written and given back at its end. How files
//! are written is in [`super::saving`], how they come in in [`super::loading`].

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::store::SharedStore;
use super::sync::Mutex;
use super::sync::atomic::{AtomicU64, Ordering};
use crate::snapshot::{Code, Control, Failure, Lock};

/// The file that a store has of its own.
pub(super) struct Own {
    path: PathBuf,
    pub(super) lock: Arc<Lock>,
    on_exit: bool,
}

/// What a store knows of its snapshots.
#[derive(Default)]
pub(super) struct Snapshots {
    pub(super) own: Mutex<Option<Own>>,
    /// When the store's own file was last written, by whoever holds this.
    pub(super) saving: Mutex<Option<Instant>>,
    /// What stops whoever does.
    pub(super) under_way: Mutex<Option<Arc<Control>>>,
    /// Raised when a load begins to replace everything, and when it has.
    pub(super) loads: AtomicU64,
    /// Held by a load that reports, so that what one has replaced is told before what the next does.
    pub(super) reporting: Mutex<()>,
    /// Why the last save, that of the end, has failed.
    at_end: Mutex<Option<Failure>>,
}

/// What a store is to be opened with.
#[derive(Clone, Debug)]
pub struct OwnSnapshot {
    /// Where the file is.
    pub path: PathBuf,
    /// Whether it is written when the store ends.
    pub on_exit: bool,
    /// Whether the whole blocks before any damage are enough.
    pub keep_valid: bool,
    /// The time, in milliseconds since the epoch.
    pub now: f64,
    /// Whether that is of a clock of the caller's own.
    pub is_foreign: bool,
}

impl SharedStore {
    /// Where the store's own file is.
    pub fn own_path(&self) -> Option<PathBuf> {
        let own = self.snapshots.own.lock();
        own.as_ref().map(|own| own.path.clone())
    }

    /// Gives a store that nobody sees yet a file of its own, and what is in it.
    pub(super) fn open_own(self: &Arc<Self>, wanted: &OwnSnapshot) -> Result<(), Failure> {
        let lock = Lock::acquire(&wanted.path)?;
        let (keep_valid, now) = (wanted.keep_valid, wanted.now);
        if wanted.is_foreign {
            self.see_foreign_clock();
        }
        let control = Control::default();
        let name = self.name.clone();
        match self.restore_as(&wanted.path, Some(&name), keep_valid, now, &control, None) {
            Err(failure) if failure.code != Code::NotFound => return Err(failure),
            _ => {}
        }
        *self.snapshots.own.lock() = Some(Own {
            path: wanted.path.clone(),
            lock: Arc::new(lock),
            on_exit: wanted.on_exit,
        });
        Ok(())
    }

    /// Saves for the last time, if that is wanted, and gives the file back. A store that lives by another clock than
    /// the real one has its entries judged by who restores them.
    pub(super) fn close_own(&self, now: f64) {
        let is_foreign = self.foreign_clock.load(Ordering::Relaxed);
        let now = if is_foreign { 0.0 } else { now };
        let saves = self
            .snapshots
            .own
            .lock()
            .as_ref()
            .is_some_and(|own| own.on_exit);
        if saves && let Err(failure) = self.save_own(now) {
            *self.snapshots.at_end.lock() = Some(failure);
        }
        self.give_up_own();
    }

    /// Gives the file back as it is, by whoever is writing it, too.
    pub(super) fn abandon_own(&self) {
        self.stop_saving();
        let stopped = self.snapshots.saving.lock();
        self.give_up_own();
        drop(stopped);
    }

    fn give_up_own(&self) {
        let own = self.snapshots.own.lock().take();
        drop(own);
    }

    /// Why the save of the store's end has failed.
    pub fn failure_at_end(&self) -> Option<Failure> {
        self.snapshots.at_end.lock().take()
    }
}
