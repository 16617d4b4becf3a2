//! Steps that depend on what a key has: numbers that are added to, writes and removals under a condition.

use super::*;

/// A store whose times are long past for the real thread.
fn open_still(registry: &Arc<Registry>) -> Handle {
    let handle = open(registry, &OPTIONS);
    handle.store.see_foreign_clock();
    handle
}

fn living(now: f64, ttl: f64) -> WriteTime {
    WriteTime {
        now,
        own_ttl: Some(ttl),
        ..WriteTime::default()
    }
}

fn add(
    store: &Arc<SharedStore>,
    name: &str,
    by: f64,
    write: &WriteTime,
) -> Result<Option<Incremented>, NotAdded> {
    let addition = Addition {
        by,
        only_if_present: false,
    };
    store.increment(key(name), addition, write, None).0
}

fn version_of(store: &SharedStore, now: f64) -> Option<u64> {
    match store.peek(key("k"), &now) {
        Read::Hit(_, version) => Some(version),
        Read::Expired | Read::Missing => None,
    }
}

fn set_if(store: &Arc<SharedStore>, value: &str, condition: Condition, now: f64) -> Option<bool> {
    let (stored, _) = store.set_if(key("k"), bytes(value), condition, &living(now, 100.0), None);
    stored.expect("there is room")
}

#[test]
fn an_increment_keeps_the_deadline_of_its_first_write() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let store = &handle.store;
    let added = |by, now| add(store, "n", by, &living(now, 100.0)).ok().flatten();
    let outcome = |sum, remaining, created| {
        Some(Incremented {
            sum,
            remaining,
            created,
        })
    };
    assert_eq!(added(1.0, 0.0), outcome(1.0, 100.0, true));
    assert_eq!(added(2.0, 90.0), outcome(3.0, 10.0, false));
    assert_eq!(added(0.0, 100.0), outcome(3.0, 0.0, false), "still valid");
    assert_eq!(added(1.0, 101.0), outcome(1.0, 100.0, true));
    set(store, "text", bytes("no number"));
    assert!(add(store, "text", 1.0, &write_at(0.0)).is_err());
    assert_eq!(value_of(store, "text"), Some(bytes("no number")));
}

#[test]
fn a_number_without_a_deadline_lives_for_ever_and_one_that_does_not_fit_is_refused() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let remaining = |store, name: &str| {
        let added = add(store, name, 1.0, &write_at(5.0)).ok().flatten();
        added.expect("it is added").remaining
    };
    assert_eq!(remaining(&handle.store, "n"), f64::INFINITY);
    assert_eq!(remaining(&handle.store, "n"), f64::INFINITY);
    let small = Arc::new(Registry::default());
    let wanted = Wanted {
        max_bytes: Some(100.0),
        ..OPTIONS
    };
    let handle = open(&small, &wanted);
    let refused = add(&handle.store, "n", 1.0, &write_at(5.0));
    assert!(matches!(refused, Err(NotAdded::TooLarge)));
    assert_eq!(handle.store.metrics().entries, 0);
}

#[test]
fn a_sum_that_is_no_number_is_refused_and_nothing_has_changed() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let store = &handle.store;
    for (held, by) in [(f64::INFINITY, f64::NEG_INFINITY), (f64::NAN, 1.0)] {
        set(store, "k", Value::Number(held));
        let version = version_of(store, 0.0).expect("it is there");
        let refused = add(store, "k", by, &write_at(0.0));
        assert!(matches!(refused, Err(NotAdded::NoSum)));
        assert_eq!(version_of(store, 0.0), Some(version));
    }
}

#[test]
fn what_is_not_to_be_started_is_not() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let (inbox, _) = inbox();
    handle.store.subscribe(7, Interest(15), Arc::clone(&inbox));
    let add = |now| {
        let addition = Addition {
            by: 1.0,
            only_if_present: true,
        };
        let write = living(now, 100.0);
        let (added, _) = handle.store.increment(key("n"), addition, &write, None);
        added.expect("a number").map(|added| added.sum)
    };
    assert_eq!(add(0.0), None);
    assert_eq!(handle.store.metrics().entries, 0);
    let write = living(0.0, 100.0);
    let (stored, _) = handle.store.set(key("n"), Value::Number(4.0), &write, None);
    assert_eq!(stored, Ok(true));
    assert_eq!(add(100.0), Some(5.0));
    assert_eq!(add(101.0), None);
    assert_eq!(handle.store.metrics().entries, 0);
    let (messages, _) = inbox.receive(10, usize::MAX);
    let seen: Vec<_> = happened(&messages)
        .into_iter()
        .map(|(what, _)| what)
        .collect();
    let expected = [
        Happened::Inserted,
        Happened::Updated,
        Happened::ExpiredByGet,
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_write_under_a_condition_is_done_only_if_it_holds() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let store = &handle.store;
    assert_eq!(set_if(store, "a", Condition::Present, 0.0), None);
    assert_eq!(set_if(store, "a", Condition::Version(1), 0.0), None);
    assert_eq!(set_if(store, "a", Condition::Absent, 0.0), Some(true));
    assert_eq!(set_if(store, "b", Condition::Absent, 0.0), None);
    assert_eq!(set_if(store, "b", Condition::Present, 0.0), Some(true));
    let version = version_of(store, 0.0).expect("it is there");
    assert_eq!(
        set_if(store, "c", Condition::Version(version), 0.0),
        Some(true)
    );
    assert_eq!(set_if(store, "d", Condition::Version(version), 0.0), None);
    assert_eq!(value_of(store, "k"), None, "at 1,000");
    assert_eq!(set_if(store, "e", Condition::Present, 1_000.0), None);
    assert_eq!(set_if(store, "e", Condition::Absent, 1_000.0), Some(true));
    assert_eq!(
        set_if(store, "f", Condition::Present, 1_101.0),
        None,
        "it has expired"
    );
    assert_eq!(store.metrics().entries, 0);
}

#[test]
fn the_version_of_an_entry_that_is_back_with_the_same_value_is_another() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let store = &handle.store;
    assert_eq!(set_if(store, "a", Condition::Absent, 0.0), Some(true));
    let version = Condition::Version(version_of(store, 0.0).expect("it is there"));
    store.remove(key("k"), Happened::Deleted, None);
    assert_eq!(set_if(store, "b", version, 0.0), None, "it is gone");
    assert_eq!(set_if(store, "a", Condition::Absent, 0.0), Some(true));
    assert_eq!(set_if(store, "b", version, 0.0), None);
    store.clear(None);
    assert_eq!(set_if(store, "a", Condition::Absent, 0.0), Some(true));
    assert_eq!(set_if(store, "b", version, 0.0), None);
    assert!(!store.remove_if(key("k"), version, false, 0.0, None).0);
}

#[test]
fn a_touched_entry_has_the_version_that_it_had() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let store = &handle.store;
    assert_eq!(set_if(store, "a", Condition::Absent, 0.0), Some(true));
    let version = version_of(store, 0.0).expect("it is there");
    assert!(store.touch(key("k"), &living(50.0, 100.0)));
    assert_eq!(
        set_if(store, "b", Condition::Version(version), 140.0),
        Some(true)
    );
}

#[test]
fn a_removal_under_a_condition_is_done_only_if_it_holds() {
    let registry = Arc::new(Registry::default());
    let handle = open_still(&registry);
    let store = &handle.store;
    let (inbox, _) = inbox();
    store.subscribe(7, Interest(12), Arc::clone(&inbox));
    let remove =
        |condition, expired, now| store.remove_if(key("k"), condition, expired, now, None).0;
    let written = || {
        set_if(store, "a", Condition::Absent, 0.0);
        Condition::Version(version_of(store, 0.0).expect("it is there"))
    };
    let version = written();
    assert!(!remove(Condition::Absent, false, 0.0), "there is one");
    assert!(!remove(Condition::Version(9_999), false, 0.0));
    assert!(remove(version, false, 0.0));
    assert!(!remove(version, false, 0.0));
    assert!(remove(written(), true, 0.0));
    assert_eq!(store.stats().0.expirations, 1);
    assert!(!remove(written(), false, 101.0), "it has expired");
    assert!(remove(Condition::Absent, false, 0.0), "there is none");
    assert_eq!(store.metrics().entries, 0);
    let (messages, _) = inbox.receive(10, usize::MAX);
    let seen: Vec<_> = happened(&messages)
        .into_iter()
        .map(|(what, _)| what)
        .collect();
    assert_eq!(
        seen,
        [Happened::Deleted, Happened::Pruned, Happened::ExpiredByHas]
    );
}

#[test]
fn attaching_opens_what_is_open_and_nothing_else() {
    let registry = Arc::new(Registry::default());
    let attach = |wanted: &Wanted| registry.attach(&code_units("store"), wanted);
    let any = Wanted::default();
    assert!(matches!(attach(&any), Ok(None)));
    assert!(registry.names().is_empty());
    let first = open(&registry, &OPTIONS);
    let Ok(Some(second)) = attach(&any) else {
        panic!("it is open");
    };
    assert!(Arc::ptr_eq(&first.store, &second.store));
    let other = Wanted {
        codec: Some("other".into()),
        ..Wanted::default()
    };
    assert_eq!(
        attach(&other).err().map(|conflict| conflict.option),
        Some("codec")
    );
    drop(first);
    assert_eq!(names(&registry), ["store"], "the second keeps it open");
    drop(second);
    assert!(matches!(attach(&any), Ok(None)));
    let last = open(&registry, &OPTIONS);
    assert!(destroy(&registry));
    assert!(matches!(attach(&any), Ok(None)));
    drop(last);
}
