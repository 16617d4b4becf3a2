//! Tags of shared stores: deletion in steps, what tags take, fetches that are overtaken.

use super::*;
use crate::cache::{Pattern, TagList};

fn list(tags: &[&str]) -> TagList {
    let mut list = TagList::default();
    for tag in tags {
        list.push(key(tag));
    }
    list
}

fn tagged(tags: &[&str]) -> WriteTime {
    WriteTime {
        now: 1_000.0,
        tags: Tagging::Replace(list(tags)),
        ..WriteTime::default()
    }
}

fn set_tagged(store: &Arc<SharedStore>, name: &str, tags: &[&str]) -> bool {
    let (stored, _) = store.set(key(name), bytes("value"), &tagged(tags), None);
    stored.expect("there is room")
}

fn tags_of(store: &SharedStore, name: &str) -> Vec<String> {
    let (_, _, tags) = store.tagged_info(key(name), &1_000.0).expect("it is there");
    let text = |tag: Units<'_>| String::from_utf16_lossy(&tag.code_units::<Vec<u16>>());
    tags.iter().map(text).collect()
}

fn all() -> Pattern {
    Pattern::prefix(&[])
}

/// The number of a flight that fetches whether there is an entry or not.
fn lead(store: &SharedStore, name: &str, inbox: &Arc<Inbox>) -> u64 {
    let units = code_units(name);
    let request = Request {
        anew: true,
        stale_within: None,
        waiter: 1,
    };
    match store
        .begin(key(name), &units, &request, &1_000.0, inbox, None)
        .0
    {
        Begun::Lead { flight, .. } => flight,
        _ => panic!("the first caller leads"),
    }
}

const LARGE: Wanted = Wanted {
    max_size: Some(0.0),
    shards: Some(3),
    ..OPTIONS
};

#[test]
fn what_carries_a_tag_goes_in_steps_and_what_does_not_stays() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &LARGE);
    let store = &handle.store;
    for i in 0..20_000 {
        let kind = if i % 2 == 0 { "even" } else { "odd" };
        assert!(set_tagged(store, &format!("{kind}:{i}"), &["all", kind]));
    }
    set(store, "none", bytes("value"));
    assert_eq!(
        store.remove_tagged(&list(&["even"]), &all(), None).0,
        10_000
    );
    assert_eq!(store.metrics().entries, 10_001);
    let prefix = Pattern::prefix(&code_units("odd:1"));
    let (count, _) = store.remove_tagged(&list(&["all", "odd"]), &prefix, None);
    assert_eq!(store.metrics().entries, 10_001 - count);
    let (rest, _) = store.remove_tagged(&list(&["nobody's", "all"]), &all(), None);
    assert_eq!(count + rest, 10_000);
    assert_eq!(value_of(store, "none"), Some(bytes("value")));
    store.clear(None);
    assert_eq!(store.metrics().bytes, 0);
}

#[test]
fn each_removed_entry_is_told_once() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    set_tagged(store, "a", &["x", "y"]);
    set_tagged(store, "b", &["y"]);
    let (_, events) =
        store.remove_tagged(&list(&["x", "y", "x"]), &all(), Some((1, Interest::DELETE)));
    let told: Vec<Happened> = events.iter().map(|event| event.happened).collect();
    assert_eq!(told, [Happened::DeletedByTag, Happened::DeletedByTag]);
}

#[test]
fn a_write_replaces_the_tags_and_only_one_that_says_so_keeps_them() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    set_tagged(store, "k", &["b", "a"]);
    let keeping = WriteTime {
        now: 1_000.0,
        tags: Tagging::Keep,
        ..WriteTime::default()
    };
    let (stored, _) = store.set(key("k"), Value::Number(1.0), &keeping, None);
    assert!(stored.expect("there is room"));
    assert_eq!(tags_of(store, "k"), ["b", "a"]);
    let more = Addition {
        by: 1.0,
        only_if_present: false,
    };
    assert!(
        store
            .increment(key("k"), more, &write_at(1_000.0), None)
            .0
            .is_ok()
    );
    assert!(store.touch(key("k"), &write_at(1_000.0)));
    assert_eq!(tags_of(store, "k"), ["b", "a"]);
    set(store, "k", bytes("value"));
    assert_eq!(tags_of(store, "k"), [""; 0]);
}

#[test]
fn what_has_expired_and_is_kept_hands_no_tags_on() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let write = |now, tags| WriteTime {
        now,
        own_ttl: Some(100.0),
        own_grace: Some(1_000.0),
        tags,
    };
    for (now, expected) in [(100.0, &["a"][..]), (101.0, &[])] {
        let first = write(0.0, Tagging::Replace(list(&["a"])));
        let (stored, _) = store.set(key("k"), bytes("value"), &first, None);
        assert!(stored.expect("there is room"));
        let (stored, _) = store.set(key("k"), bytes("new"), &write(now, Tagging::Keep), None);
        assert!(stored.expect("there is room"));
        assert_eq!(tags_of(store, "k"), expected);
    }
}

#[test]
fn a_store_of_limited_bytes_counts_what_tags_take() {
    let most = 6_000;
    let wanted = Wanted {
        max_size: Some(0.0),
        max_bytes: Some(f64::from(most)),
        ..OPTIONS
    };
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &wanted);
    let store = &handle.store;
    for i in 0..300 {
        let own = format!("a tag of its own that is rather long {i}");
        assert!(set_tagged(store, &format!("k{i}"), &["common", &own]));
        assert!(store.metrics().bytes <= most as usize, "after {i}");
    }
    let held = store.metrics().entries;
    assert!((5..20).contains(&held), "{held} entries");
    // What alone is too much evicts what was there.
    let last = "k299";
    let huge = "t".repeat(most as usize);
    assert!(!set_tagged(store, last, &[&huge]));
    assert_eq!(value_of(store, last), None);
    assert_eq!(store.metrics().entries, held - 1);
    store.remove_tagged(&list(&["common"]), &all(), None);
    assert_eq!(store.metrics().bytes, 0);
}

#[test]
fn many_tags_that_are_gone_leave_room_for_what_comes() {
    let most = 2_000_000;
    let wanted = Wanted {
        max_size: Some(0.0),
        max_bytes: Some(f64::from(most)),
        ..OPTIONS
    };
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &wanted);
    let store = &handle.store;
    for i in 0..5_000 {
        let own: Vec<String> = (0..3).map(|n| format!("{i}:{n}")).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        set_tagged(store, &format!("tagged {i}"), &own);
    }
    // One by one all of them are evicted.
    for i in 0..20_000 {
        set(store, &format!("plain {i}"), bytes("value"));
        assert!(store.metrics().bytes <= most as usize, "after {i}");
    }
    assert!(store.metrics().entries > 1_000);
}

#[test]
fn fetches_of_what_carries_a_tag_or_would_are_overtaken() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let (inbox, _) = inbox();
    set_tagged(store, "carries", &["t"]);
    for (name, tags, overtaken) in [
        ("carries", &["other"][..], true),
        ("begun with it", &["t"][..], true),
        ("begun with others", &["other"][..], false),
    ] {
        let units = code_units(name);
        let flight = lead(store, name, &inbox);
        store.tag_flight(key(name), &units, flight, list(tags));
        let prefix = Pattern::prefix(&code_units("elsewhere"));
        store.remove_tagged(&list(&["t"]), &prefix, None);
        assert!(
            store.hold(key(name), &units, flight, true, &1_000.0),
            "{name}"
        );
        store.remove_tagged(&list(&["t"]), &all(), None);
        assert_eq!(
            store.hold(key(name), &units, flight, true, &1_000.0),
            !overtaken,
            "{name}"
        );
    }
}
