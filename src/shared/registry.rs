//! The stores of the process by name, and the handles that keep them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::flights::Outcome;
use super::store::{Options, SharedStore};
use super::sync::Mutex;

/// The stores of the process. One is open for as long as it has handles.
#[derive(Default)]
pub struct Registry {
    stores: Mutex<BTreeMap<String, Open>>,
}

struct Open {
    store: Arc<SharedStore>,
    handles: usize,
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
    /// See [`Options`].
    pub shards: Option<u32>,
    /// See [`Options`].
    pub codec: Option<String>,
}

impl Registry {
    /// Opens the store of this name, or makes it with what is wanted and else the defaults.
    pub fn open(
        self: &Arc<Self>,
        name: &str,
        wanted: &Wanted,
        defaults: impl FnOnce(&Wanted) -> Options,
    ) -> Result<Handle, Conflict> {
        let mut stores = self.stores.lock();
        let open = match stores.get_mut(name) {
            Some(open) => {
                wanted.check(&open.store.options)?;
                open
            }
            None => stores.entry(name.to_owned()).or_insert_with(|| Open {
                store: Arc::new(SharedStore::new(name.to_owned(), defaults(wanted))),
                handles: 0,
            }),
        };
        open.handles += 1;
        Ok(Handle {
            registry: Arc::clone(self),
            store: Arc::clone(&open.store),
        })
    }

    /// Ends a store, whoever has it open; whether there was one.
    pub fn destroy(&self, name: &str, reason: &Outcome) -> bool {
        let removed = self.stores.lock().remove(name);
        let Some(open) = removed else {
            return false;
        };
        open.store.end(reason);
        true
    }

    /// The names of the open stores, in order.
    pub fn names(&self) -> Vec<String> {
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

impl Wanted {
    fn check(&self, open: &Options) -> Result<(), Conflict> {
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
        if differs(&self.shards, &open.shards) {
            return conflict("shards", open.shards.to_string());
        }
        if differs(&self.codec, &open.codec) {
            return conflict("codec", open.codec.clone());
        }
        Ok(())
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
            drop(ended);
        }
    }
}
