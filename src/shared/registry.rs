//! The stores of the process by name, and the handles that keep them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::clock::now;
use super::expirer::Expirer;
use super::messages::Outcome;
use super::options::{Conflict, Options, Wanted};
use super::snapshots::OwnSnapshot;
use super::store::SharedStore;
use super::sync::Mutex;
use crate::snapshot::Failure;

/// The stores of the process. One is open for as long as it has handles.
#[derive(Default)]
pub struct Registry {
    stores: Mutex<BTreeMap<Box<[u16]>, Open>>,
    /// Held while a store with a file of its own is opened, or ends: taken before `stores`.
    opening: Mutex<()>,
}

/// Why a store was not opened.
#[derive(Debug)]
pub enum NotOpened {
    /// It is open with other options.
    Conflict(Conflict),
    /// Its file cannot be used.
    Failure(Failure),
}

struct Open {
    store: Arc<SharedStore>,
    handles: usize,
}

impl Registry {
    /// Opens the store of this name, or makes it with what is wanted and else the defaults.
    pub fn open(
        self: &Arc<Self>,
        name: &[u16],
        wanted: &Wanted,
        defaults: impl FnOnce(&Wanted) -> Options,
    ) -> Result<Handle, Conflict> {
        let mut stores = self.stores.lock();
        let open = match stores.get_mut(name) {
            Some(open) => {
                wanted.check(&open.store.options())?;
                open
            }
            None => stores.entry(name.into()).or_insert_with(|| Open {
                store: Arc::new(SharedStore::new(name, defaults(wanted), Expirer::global())),
                handles: 0,
            }),
        };
        Ok(self.handle(open))
    }

    /// The same with a file of the store's own. Nobody sees a store that is made before it is restored.
    pub fn open_with(
        self: &Arc<Self>,
        name: &[u16],
        wanted: &Wanted,
        defaults: impl FnOnce(&Wanted) -> Options,
        snapshot: &OwnSnapshot,
    ) -> Result<Handle, NotOpened> {
        let _alone = self.opening.lock();
        if let Some(handle) = self.attach(name, wanted).map_err(NotOpened::Conflict)? {
            return match handle.store.own_path() {
                Some(path) if path == snapshot.path => Ok(handle),
                path => {
                    // The handle's end would wait for the lock that is held here.
                    drop(_alone);
                    Err(NotOpened::Conflict(conflict(path)))
                }
            };
        }
        let store = Arc::new(SharedStore::new(name, defaults(wanted), Expirer::global()));
        store.open_own(snapshot).map_err(NotOpened::Failure)?;
        let mut stores = self.stores.lock();
        if stores.contains_key(name) {
            // Somebody has made it meanwhile, who wanted no file.
            drop(stores);
            return Err(NotOpened::Conflict(conflict(None)));
        }
        let open = stores
            .entry(name.into())
            .or_insert(Open { store, handles: 0 });
        Ok(self.handle(open))
    }

    /// Opens the store of this name if somebody has it open.
    pub fn attach(
        self: &Arc<Self>,
        name: &[u16],
        wanted: &Wanted,
    ) -> Result<Option<Handle>, Conflict> {
        let mut stores = self.stores.lock();
        let Some(open) = stores.get_mut(name) else {
            return Ok(None);
        };
        wanted.check(&open.store.options())?;
        Ok(Some(self.handle(open)))
    }

    fn handle(self: &Arc<Self>, open: &mut Open) -> Handle {
        open.handles += 1;
        Handle {
            registry: Arc::clone(self),
            store: Arc::clone(&open.store),
        }
    }

    /// Ends a store, whoever has it open; whether there was one.
    pub fn destroy(&self, name: &[u16], reason: &Outcome) -> bool {
        let removed = self.stores.lock().remove(name);
        let Some(open) = removed else {
            return false;
        };
        open.store.abandon_own();
        open.store.end(reason);
        true
    }

    /// The names of the open stores, in order: code units, as all that comes from JavaScript.
    pub fn names(&self) -> Vec<Box<[u16]>> {
        self.stores.lock().keys().cloned().collect()
    }

    /// The open stores.
    pub fn stores(&self) -> Vec<Arc<SharedStore>> {
        let stores = self.stores.lock();
        stores
            .values()
            .map(|open| Arc::clone(&open.store))
            .collect()
    }
}

fn conflict(open: Option<PathBuf>) -> Conflict {
    let open = open.map(|path| path.to_string_lossy().into_owned());
    Conflict {
        option: "snapshot.path",
        open: open.unwrap_or_else(|| "undefined".to_owned()),
    }
}

/// Keeps a store open until it is dropped.
pub struct Handle {
    registry: Arc<Registry>,
    /// The store.
    pub store: Arc<SharedStore>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        let own = self.store.own_path().is_some();
        let _alone = own.then(|| self.registry.opening.lock());
        let mut stores = self.registry.stores.lock();
        let Some(open) = stores.get_mut(&self.store.name) else {
            return;
        };
        // After `destroy` the name may belong to another store.
        if !Arc::ptr_eq(&open.store, &self.store) {
            return;
        }
        open.handles -= 1;
        if open.handles == 0 {
            let ended = stores.remove(&self.store.name);
            drop(stores);
            if own {
                self.store.close_own(now());
            }
            drop(ended);
        }
    }
}
