//! Stores as files: what comes back, when nothing does, and who may write.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::super::loading::Loading;
use super::super::registry::NotOpened;
use super::super::snapshots::OwnSnapshot;
use super::*;
use crate::cache::TagList;
use crate::snapshot::tests::Folder;
use crate::snapshot::{Code, Control, Entries, Failure, Lock};

const NOW: f64 = 1_000.0;

fn large(max_size: f64, shards: u32) -> Wanted {
    Wanted {
        max_size: Some(max_size),
        ttl: Some(500.0),
        shards: Some(shards),
        ..OPTIONS
    }
}

/// A store that the background thread, which knows the real time, leaves alone.
fn unseen(registry: &Arc<Registry>, wanted: &Wanted) -> Handle {
    let handle = open(registry, wanted);
    handle.store.see_foreign_clock();
    handle
}

fn own(folder: &Folder) -> OwnSnapshot {
    OwnSnapshot {
        path: folder.file(),
        on_exit: true,
        keep_valid: false,
        now: NOW,
        is_foreign: true,
    }
}

fn open_with(
    registry: &Arc<Registry>,
    name: &str,
    snapshot: &OwnSnapshot,
) -> Result<Handle, NotOpened> {
    let name = code_units(name);
    registry.open_with(&name, &large(100.0, 2), Options::with_defaults, snapshot)
}

fn opened(registry: &Arc<Registry>, snapshot: &OwnSnapshot) -> Handle {
    open_with(registry, "store", snapshot)
        .unwrap_or_else(|refused| panic!("it is not opened: {refused:?}"))
}

fn refused(outcome: Result<Handle, NotOpened>) -> NotOpened {
    match outcome {
        Err(refused) => refused,
        Ok(_) => panic!("it is opened"),
    }
}

fn save(store: &SharedStore, folder: &Folder) -> u64 {
    let saved = store.save(&folder.file(), NOW, None, &Arc::default());
    saved.unwrap().expect("nobody else saves").entries
}

fn restore(store: &Arc<SharedStore>, folder: &Folder, now: f64) -> Result<usize, Failure> {
    let restored = store.restore(&folder.file(), false, now, &Control::default(), None);
    restored.map(|(entries, _)| entries)
}

/// All that can be seen of each entry but its version, by key.
fn seen(store: &SharedStore, names: &[String], now: f64) -> Vec<String> {
    let facts = names.iter().map(|name| {
        let (info, value, tags) = store.tagged_info(key(name), &now)?;
        let Read::Hit(value, _) = value else {
            return None;
        };
        let tags: Vec<Vec<u16>> = tags.iter().map(|tag| tag.code_units()).collect();
        Some(format!(
            "{name} {value:?} {} {} {tags:?}",
            info.expires_at, info.ttl
        ))
    });
    facts.flatten().collect()
}

fn order_of_use(store: &SharedStore) -> Vec<Vec<u16>> {
    let listing = store.list(&crate::cache::Pattern::prefix(&[]), false, NOW);
    listing.entries().map(|(key, _)| key.code_units()).collect()
}

/// Entries of every kind; the names of those that are valid.
fn fill(store: &Arc<SharedStore>, count: usize) -> Vec<String> {
    for number in 0..count {
        let mut tags = TagList::default();
        (0..number % 3).for_each(|tag| tags.push(key(&format!("tag {tag}"))));
        let write = WriteTime {
            now: NOW - (number % 50) as f64,
            own_ttl: [None, Some(0.0), Some(700.0), Some(20.0)][number % 4],
            own_grace: None,
            tags: Tagging::Replace(tags),
        };
        let value = match number % 2 {
            0 => Value::Number(number as f64),
            _ => bytes(&format!("value {number}")),
        };
        let stored = store.set(key(&format!("key {number}")), value, &write, None);
        assert!(stored.0.expect("there is room"));
    }
    for number in (0..count).step_by(7) {
        store.get(key(&format!("key {number}")), &NOW, None);
    }
    let names = (0..count).map(|number| format!("key {number}"));
    names
        .filter(|name| matches!(store.peek(key(name), &NOW), Read::Hit(..)))
        .collect()
}

#[test]
fn what_is_restored_is_what_was_saved() {
    let folder = Folder::new();
    let (one, other) = (Arc::default(), Arc::default());
    let from = unseen(&one, &large(0.0, 1));
    let names = fill(&from.store, 9_000);
    assert!(names.len() < 9_000, "some have expired");
    assert_eq!(save(&from.store, &folder), names.len() as u64);
    let to = unseen(&other, &large(0.0, 1));
    set(&to.store, "another", bytes("that is replaced"));
    assert_eq!(restore(&to.store, &folder, NOW), Ok(names.len()));
    assert_eq!(seen(&to.store, &names, NOW), seen(&from.store, &names, NOW));
    assert_eq!(order_of_use(&to.store), order_of_use(&from.store));
    assert!(!to.store.contains(key("another")));
    assert_eq!(to.store.stats().0.hits, 0);
    while from.store.prune(&NOW, None).0 > 0 {}
    assert_eq!(
        to.store.metrics().bytes,
        seen_alone(&names, &from.store).metrics().bytes
    );
}

/// A store that never had any other entries than these.
fn seen_alone(names: &[String], like: &SharedStore) -> Arc<SharedStore> {
    let registry = Arc::default();
    let fresh = Arc::clone(&unseen(&registry, &large(0.0, 1)).store);
    for name in names {
        let Some((_, Read::Hit(value, _), tags)) = like.tagged_info(key(name), &NOW) else {
            panic!("{name} is valid");
        };
        let write = WriteTime {
            now: NOW,
            tags: Tagging::Replace(tags),
            ..WriteTime::default()
        };
        fresh.set(key(name), value, &write, None).0.unwrap();
    }
    fresh
}

#[test]
fn time_passes_while_a_snapshot_lies_there() {
    let folder = Folder::new();
    let registry = Arc::default();
    let handle = unseen(&registry, &large(0.0, 4));
    let names = fill(&handle.store, 400);
    save(&handle.store, &folder);
    let later = NOW + 480.0;
    let left = |store: &SharedStore| seen(store, &names, later);
    let expected = left(&handle.store);
    assert!(expected.len() < names.len());
    assert_eq!(restore(&handle.store, &folder, later), Ok(expected.len()));
    assert_eq!(left(&handle.store), expected);
}

#[test]
fn near_caches_see_that_a_value_was_replaced() {
    let folder = Folder::new();
    let registry = Arc::default();
    let handle = unseen(&registry, &large(0.0, 1));
    set(&handle.store, "k", bytes("v"));
    let version = |store: &SharedStore| match store.peek(key("k"), &NOW) {
        Read::Hit(_, version) => version,
        _ => panic!("it is there"),
    };
    let before = version(&handle.store);
    save(&handle.store, &folder);
    restore(&handle.store, &folder, NOW).unwrap();
    assert!(version(&handle.store) > before);
}

#[test]
fn a_fetch_that_a_restore_overtakes_stores_nothing() {
    let folder = Folder::new();
    let registry = Arc::default();
    let handle = unseen(&registry, &large(0.0, 1));
    set(&handle.store, "k", bytes("restored"));
    save(&handle.store, &folder);
    handle.store.remove(key("k"), Happened::Deleted, None);
    let (inbox, _) = inbox();
    let Begun::Lead { flight, .. } = flights::begin(&handle.store, &inbox, 1) else {
        panic!("nobody else fetches");
    };
    restore(&handle.store, &folder, NOW).unwrap();
    let stores = handle
        .store
        .hold(key("k"), &code_units("k"), flight, false, &NOW);
    assert!(!stores);
    assert_eq!(value_of(&handle.store, "k"), Some(bytes("restored")));
}

#[test]
fn what_is_larger_than_the_limits_is_refused_and_changes_nothing() {
    let folder = Folder::new();
    let (one, other) = (Arc::default(), Arc::default());
    let from = unseen(&one, &large(0.0, 1));
    let names = fill(&from.store, 200);
    save(&from.store, &folder);
    let small = unseen(&other, &large(50.0, 1));
    set(&small.store, "mine", bytes("v"));
    let failure = restore(&small.store, &folder, NOW).unwrap_err();
    assert_eq!(failure.code, Code::TooLarge);
    assert!(failure.text.contains(&names.len().to_string()) && failure.text.contains("50"));
    assert_eq!(value_of(&small.store, "mine"), Some(bytes("v")));
    let kept = small
        .store
        .restore(&folder.file(), true, NOW, &Control::default(), None);
    assert_eq!(kept.unwrap().0, 50);
    // The most recently used stay.
    let all = order_of_use(&from.store);
    assert_eq!(order_of_use(&small.store), all[all.len() - 50..]);
}

#[test]
fn a_store_has_its_file_until_the_last_handle_is_gone_and_saves_then() {
    let folder = Folder::new();
    let registry = Arc::new(Registry::default());
    let first = opened(&registry, &own(&folder));
    let second = opened(&registry, &own(&folder));
    set(&first.store, "k", bytes("v"));
    drop(first);
    assert!(!folder.file().exists());
    let locked = refused(open_with(&registry, "another", &own(&folder)));
    assert!(matches!(locked, NotOpened::Failure(failure) if failure.code == Code::Locked));
    assert_eq!(names(&registry), ["store"]);
    drop(second);
    let again = opened(&registry, &own(&folder));
    assert_eq!(value_of(&again.store, "k"), Some(bytes("v")));
}

#[test]
fn a_store_with_a_mocked_clock_saves_what_the_real_one_takes_for_expired() {
    let folder = Folder::new();
    let registry = Arc::new(Registry::default());
    // The real time at which it ends is decades later.
    let handle = opened(&registry, &own(&folder));
    set(&handle.store, "k", bytes("v"));
    drop(handle);
    assert_eq!(
        value_of(&opened(&registry, &own(&folder)).store, "k"),
        Some(bytes("v"))
    );
}

#[test]
fn a_store_without_a_last_save_leaves_its_file_as_it_is() {
    let folder = Folder::new();
    let registry = Arc::new(Registry::default());
    let unsaved = OwnSnapshot {
        on_exit: false,
        ..own(&folder)
    };
    drop(opened(&registry, &unsaved));
    assert!(!folder.file().exists());
    let handle = opened(&registry, &own(&folder));
    set(&handle.store, "k", bytes("v"));
    assert!(destroy(&registry));
    assert!(!folder.file().exists());
    Lock::acquire(&folder.file()).expect("a destroyed store has given its file back");
}

#[test]
fn opening_fails_by_its_file_and_makes_no_store() {
    let folder = Folder::new();
    let registry = Arc::new(Registry::default());
    drop(opened(&registry, &own(&folder)));
    let other = refused(open_with(&registry, "another", &own(&folder)));
    assert!(matches!(other, NotOpened::Failure(failure) if failure.code == Code::Store));
    let whole = fs::read(folder.file()).unwrap();
    fs::write(folder.file(), &whole[..whole.len() - 1]).unwrap();
    let cut = refused(open_with(&registry, "store", &own(&folder)));
    assert!(matches!(cut, NotOpened::Failure(failure) if failure.code == Code::Truncated));
    assert!(names(&registry).is_empty());
    let lenient = OwnSnapshot {
        keep_valid: true,
        ..own(&folder)
    };
    drop(opened(&registry, &lenient));
}

#[test]
fn who_opens_with_another_file_is_refused() {
    let (folder, other) = (Folder::new(), Folder::new());
    let registry = Arc::new(Registry::default());
    let handle = opened(&registry, &own(&folder));
    let conflict = refused(open_with(&registry, "store", &own(&other)));
    let NotOpened::Conflict(conflict) = conflict else {
        panic!("{conflict:?}");
    };
    assert_eq!(conflict.option, "snapshot.path");
    assert_eq!(conflict.open, folder.file().to_string_lossy());
    drop(handle);
    let plain = unseen(&registry, &large(100.0, 2));
    let conflict = refused(open_with(&registry, "store", &own(&folder)));
    assert!(matches!(conflict, NotOpened::Conflict(_)));
    drop(plain);
}

#[test]
fn a_save_in_intervals_is_left_out_if_the_file_is_young_or_being_written() {
    let folder = Folder::new();
    let registry = Arc::new(Registry::default());
    let handle = opened(&registry, &own(&folder));
    let every = |time: Duration| {
        let saved = handle
            .store
            .save(&folder.file(), NOW, Some(time), &Arc::default());
        saved.unwrap().is_some()
    };
    assert!(every(Duration::from_secs(3_600)));
    assert!(!every(Duration::from_secs(3_600)));
    assert!(every(Duration::ZERO));
    let writing = handle.store.snapshots.saving.lock();
    assert!(!every(Duration::ZERO));
    drop(writing);
}

#[test]
fn an_aborted_save_or_restore_changes_nothing() {
    let folder = Folder::new();
    let registry = Arc::default();
    let handle = unseen(&registry, &large(0.0, 2));
    set(&handle.store, "k", bytes("old"));
    save(&handle.store, &folder);
    let whole = fs::read(folder.file()).unwrap();
    set(&handle.store, "k", bytes("new"));
    let control = Arc::new(Control::default());
    control.abort();
    let saved = handle.store.save(&folder.file(), NOW, None, &control);
    assert_eq!(saved.unwrap_err().code, Code::Aborted);
    assert_eq!(fs::read(folder.file()).unwrap(), whole);
    let restored = handle
        .store
        .restore(&folder.file(), false, NOW, &control, None);
    assert!(restored.is_err_and(|failure| failure.code == Code::Aborted));
    assert_eq!(value_of(&handle.store, "k"), Some(bytes("new")));
    assert!(destroy(&registry));
    let saved = handle
        .store
        .save(&folder.file(), NOW, None, &Arc::default());
    assert_eq!(saved.unwrap_err().code, Code::Aborted);
    assert_eq!(fs::read(folder.file()).unwrap(), whole);
}

#[test]
fn who_listens_hears_what_a_load_has_replaced() {
    let registry = Arc::default();
    let handle = unseen(&registry, &large(0.0, 1));
    set(&handle.store, "k", bytes("old"));
    let (inbox, _) = inbox();
    let listens = Arc::clone(&inbox);
    let subscriber = handle.store.subscribe(1, Interest::DELETE, listens);
    let mut entries = Entries::default();
    let list = TagList::default();
    entries.push(key("k"), bytes("new"), f64::INFINITY, None, list);
    let how = Loading {
        now: NOW,
        strict: false,
        takes_grace: true,
    };
    let loaded = handle
        .store
        .load(&entries, how, &Control::default(), None)
        .unwrap();
    assert_eq!(loaded.0, 1);
    assert_eq!(
        happened(&inbox.receive(10, usize::MAX).0),
        [(Happened::Cleared, "k".to_owned())]
    );
    drop(subscriber);
}
