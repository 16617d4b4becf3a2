//! Saves and loads of stores beside other threads, in every order that shuttle tries; as in [`super::interleavings`].

use shuttle::thread;

use super::super::loading::Loading;
use super::interleavings::{check, no_expiry};
use super::*;
use crate::cache::TagList;
use crate::snapshot::tests::Folder;
use crate::snapshot::{Control, Entries};

/// Of those with files, which take longer.
const SAVES: usize = 200;

const KEYS: [&str; 4] = ["a", "b", "c", "d"];

fn fill(store: &Arc<SharedStore>, value: f64) {
    for name in KEYS {
        set(store, name, Value::Number(value));
    }
}

/// Those keys, all with the same value.
fn entries_of(value: f64) -> Entries {
    let mut entries = Entries::default();
    for name in KEYS {
        let tags = TagList::default();
        entries.push(key(name), Value::Number(value), f64::INFINITY, None, tags);
    }
    entries
}

const HOW: Loading = Loading {
    now: 0.0,
    strict: false,
    takes_grace: true,
};

fn load(store: &Arc<SharedStore>, entries: &Entries, caller: Caller) -> Vec<Event> {
    let loaded = store.load(entries, HOW, &Control::default(), caller);
    loaded.expect("nothing is in its way").1
}

/// How many entries a file brings, which must be whole.
fn restore(store: &Arc<SharedStore>, folder: &Folder) -> usize {
    let restored = store.restore(&folder.file(), false, 0.0, &Control::default(), None);
    restored.expect("it is whole").0
}

#[test]
fn what_a_load_replaces_is_told_before_what_happens_to_its_key_after_that() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        fill(&handle.store, 1.0);
        let (inbox, _) = inbox();
        let interest = Interest(Interest::SET.0 | Interest::DELETE.0);
        let subscriber = handle.store.subscribe(7, interest, Arc::clone(&inbox));
        let threads = [0, 1].map(|thread| {
            let handle = Arc::clone(&handle);
            thread::spawn(move || match thread {
                0 => drop(load(&handle.store, &entries_of(2.0), None)),
                _ => fill(&handle.store, 3.0),
            })
        });
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        let mut told: Vec<(String, Happened, Value)> = Vec::new();
        for message in inbox.receive(100, usize::MAX).0 {
            let Message::Event(_, event) = message else {
                panic!("there are only events");
            };
            let name = String::from_utf16_lossy(&event.key);
            told.push((name, event.happened, event.value));
        }
        for name in KEYS {
            let of_key = told.iter().filter(|(other, ..)| other == name);
            let of_key: Vec<_> = of_key.map(|(_, what, value)| (*what, value)).collect();
            let (old, new) = (&Value::Number(1.0), &Value::Number(3.0));
            let before = [(Happened::Updated, new), (Happened::Cleared, new)];
            let after = [(Happened::Cleared, old), (Happened::Updated, new)];
            assert!(of_key == before || of_key == after, "{name}: {of_key:?}");
        }
        drop(subscriber);
    });
}

#[test]
fn after_two_loads_at_once_each_shard_has_what_one_of_them_brought() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let threads = [1.0, 2.0].map(|value| {
            let handle = Arc::clone(&handle);
            thread::spawn(move || drop(load(&handle.store, &entries_of(value), None)))
        });
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        let held = KEYS.map(|name| value_of(&handle.store, name).expect("both brought it"));
        // The limits are held meanwhile: one comes as a whole after the other.
        assert!(held.iter().all(|value| *value == held[0]), "{held:?}");
    });
}

#[test]
fn a_store_that_is_destroyed_while_it_is_loaded_is_empty() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let loads = Arc::clone(&handle);
        let loading = thread::spawn(move || {
            let control = Control::default();
            let _ = loads.store.load(&entries_of(1.0), HOW, &control, None);
        });
        assert!(destroy(&registry));
        loading.join().expect("it ends");
        assert_eq!(handle.store.metrics().entries, 0);
    });
}

#[test]
fn a_save_beside_writes_and_clear_has_of_each_key_what_it_had_at_some_time() {
    let test = || {
        let folder = Folder::new();
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        fill(&handle.store, 1.0);
        let threads = [0, 1].map(|thread| {
            let handle = Arc::clone(&handle);
            thread::spawn(move || match thread {
                0 => fill(&handle.store, 2.0),
                _ => drop(handle.store.clear(None)),
            })
        });
        let control = Arc::default();
        let saved = handle.store.save(&folder.file(), 0.0, None, &control);
        let saved = saved.expect("it is written").expect("nobody else saves");
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        assert_eq!(restore(&handle.store, &folder) as u64, saved.entries);
        for name in KEYS {
            let held = value_of(&handle.store, name);
            let known = [None, Some(Value::Number(1.0)), Some(Value::Number(2.0))];
            assert!(known.contains(&held), "{name}: {held:?}");
        }
    };
    shuttle::check_random(test, SAVES);
}

#[test]
fn a_save_that_a_destroy_overtakes_leaves_a_whole_file_or_none() {
    let test = || {
        let folder = Folder::new();
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        fill(&handle.store, 1.0);
        let saves = Arc::clone(&handle);
        let path = folder.file();
        let saving = thread::spawn(move || saves.store.save(&path, 0.0, None, &Arc::default()));
        assert!(destroy(&registry));
        let saved = saving.join().expect("it ends");
        assert_eq!(saved.is_ok(), folder.file().exists());
        let Ok(saved) = saved else { return };
        let other = Arc::default();
        let fresh = open(&other, &no_expiry());
        let entries = saved.expect("nobody else saves").entries;
        assert_eq!(restore(&fresh.store, &folder) as u64, entries);
    };
    shuttle::check_random(test, SAVES);
}
