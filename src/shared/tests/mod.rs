//! Shared stores from one thread: what a call does and whom it tells.
//! Interleavings of threads are explored in `interleavings` (feature `shuttle`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::registry::Registry;
use super::*;
use crate::cache::Units;

mod background;
mod conditions;
mod flights;
#[cfg(feature = "shuttle")]
mod interleavings;
mod leaving;
mod parts;
mod scans;
#[cfg(feature = "shuttle")]
mod snapshot_interleavings;
mod snapshots;
mod staleness;
mod tags;
mod within;

const OPTIONS: Wanted = Wanted {
    max_size: Some(4.0),
    max_bytes: None,
    ttl: Some(0.0),
    update_age_on_get: None,
    ttl_jitter: None,
    ttl_jitter_seed: None,
    eviction: None,
    stale_while_revalidate: None,
    stale_if_error: None,
    shards: Some(1),
    codec: None,
};

fn open(registry: &Arc<Registry>, wanted: &Wanted) -> Handle {
    let opened = registry.open(&code_units("store"), wanted, Options::with_defaults);
    opened.unwrap_or_else(|conflict| panic!("{conflict:?}"))
}

fn names(registry: &Registry) -> Vec<String> {
    let names = registry.names().into_iter();
    names.map(|name| String::from_utf16_lossy(&name)).collect()
}

fn destroy(registry: &Registry) -> bool {
    registry.destroy(&code_units("store"), &Outcome::Failed(bytes("gone")))
}

fn write_at(now: f64) -> WriteTime {
    WriteTime {
        now,
        ..WriteTime::default()
    }
}

fn key(text: &str) -> Units<'_> {
    Units::Narrow(text.as_bytes())
}

fn code_units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn bytes(text: &str) -> Value {
    Value::Bytes(9, text.as_bytes().into())
}

fn set(store: &Arc<SharedStore>, name: &str, value: Value) -> Vec<Event> {
    let (stored, events) = store.set(key(name), value, &write_at(1_000.0), None);
    assert!(stored.expect("there is room"));
    events
}

fn value_of(store: &SharedStore, name: &str) -> Option<Value> {
    match store.get(key(name), &1_000.0, None).0 {
        Read::Hit(value, _) => Some(value),
        Read::Expired | Read::Missing => None,
    }
}

/// An inbox that counts its wake-ups.
fn inbox() -> (Arc<Inbox>, Arc<AtomicUsize>) {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&wakes);
    let inbox = Inbox::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    (inbox, wakes)
}

fn happened(messages: &[Message]) -> Vec<(Happened, String)> {
    let events = messages.iter().filter_map(|message| match message {
        Message::Event(_, event) => Some(event),
        _ => None,
    });
    events
        .map(|event| (event.happened, String::from_utf16_lossy(&event.key)))
        .collect()
}

#[test]
fn a_store_lives_as_long_as_its_handles() {
    let registry = Arc::new(Registry::default());
    let first = open(&registry, &OPTIONS);
    let second = open(&registry, &Wanted::default());
    set(&first.store, "k", Value::Number(1.0));
    drop(first);
    assert_eq!(value_of(&second.store, "k"), Some(Value::Number(1.0)));
    assert_eq!(names(&registry), ["store"]);
    drop(second);
    assert!(registry.names().is_empty());
    assert_eq!(value_of(&open(&registry, &OPTIONS).store, "k"), None);
}

#[test]
fn attaching_with_other_options_names_the_option_and_the_open_value() {
    let registry = Arc::new(Registry::default());
    let _handle = open(&registry, &OPTIONS);
    let wanted = Wanted {
        ttl: Some(5.0),
        ..Wanted::default()
    };
    let conflict = registry
        .open(&code_units("store"), &wanted, Options::with_defaults)
        .err();
    let expected = Conflict {
        option: "ttl",
        open: "0".into(),
    };
    assert_eq!(conflict, Some(expected));
}

#[test]
fn a_destroyed_store_makes_room_for_another_of_its_name() {
    let registry = Arc::new(Registry::default());
    let old = open(&registry, &OPTIONS);
    set(&old.store, "k", Value::Number(1.0));
    assert!(destroy(&registry));
    assert!(!destroy(&registry));
    assert!(old.store.has_ended());
    let new = open(&registry, &OPTIONS);
    drop(old);
    assert_eq!(
        names(&registry),
        ["store"],
        "the old handle closes the old store only"
    );
    assert_eq!(value_of(&new.store, "k"), None);
}

#[test]
fn the_caller_gets_its_events_in_order_and_others_get_them_in_their_inbox() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let (inbox, wakes) = inbox();
    let all = Interest(15);
    handle.store.subscribe(7, all, Arc::clone(&inbox));
    let caller = Some((8, all));
    let mut own = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let (stored, events) = handle
            .store
            .set(key(name), bytes(name), &write_at(1_000.0), caller);
        assert!(stored.expect("there is room"));
        own.extend(events);
    }
    let own: Vec<_> = own.iter().map(|event| event.happened).collect();
    let inserted = Happened::Inserted;
    assert_eq!(
        own,
        [
            inserted,
            inserted,
            inserted,
            inserted,
            Happened::Evicted,
            inserted
        ]
    );
    let (messages, more) = inbox.receive(100, usize::MAX);
    assert!(!more);
    assert_eq!(happened(&messages)[4], (Happened::Evicted, "a".into()));
    assert_eq!(messages.len(), 6);
    assert_eq!(
        wakes.load(Ordering::Relaxed),
        1,
        "one wake-up covers all that wait"
    );
}

#[test]
fn events_beyond_the_bound_are_dropped_and_counted() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let (inbox, _) = inbox();
    let subscriber = handle.store.subscribe(7, Interest::SET, Arc::clone(&inbox));
    for _ in 0..MOST_WAITING + 10 {
        set(&handle.store, "k", Value::Number(1.0));
    }
    assert_eq!(subscriber.backlog.dropped(), 10);
    assert_eq!(inbox.receive(usize::MAX, usize::MAX).0.len(), MOST_WAITING);
    assert_eq!(handle.store.metrics().dropped_events, 10);
}

#[test]
fn values_that_wait_take_no_more_than_their_share_but_one_alone_may() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let (inbox, _) = inbox();
    let subscriber = handle.store.subscribe(7, Interest::SET, Arc::clone(&inbox));
    let megabytes = |count: usize| Value::Bytes(9, vec![0; count << 20].into());
    set(&handle.store, "alone", megabytes(40));
    set(&handle.store, "beside it", megabytes(1));
    assert_eq!(subscriber.backlog.dropped(), 1);
    let (messages, more) = inbox.receive(10, 1 << 20);
    assert!(!more);
    let [Message::Event(backlog, event)] = &messages[..] else {
        panic!("one event has come");
    };
    backlog.leave(event);
    for name in ["a", "b", "c"] {
        set(&handle.store, name, megabytes(5));
    }
    set(&handle.store, "one too many", megabytes(5));
    assert_eq!(subscriber.backlog.dropped(), 2);
    let (messages, more) = inbox.receive(10, 11 << 20);
    assert!(more, "a batch ends before its values are too large");
    assert_eq!(messages.len(), 2);
    assert_eq!(inbox.receive(10, 1).0.len(), 1, "one alone may be");
    for i in 0..20_000 {
        set(
            &handle.store,
            &format!("{i}{}", "k".repeat(1_000)),
            Value::Number(0.0),
        );
    }
    assert!(
        subscriber.backlog.dropped() > 10_000,
        "keys take room as well"
    );
}

#[test]
fn a_nudge_that_waits_covers_those_that_follow() {
    let (inbox, _) = inbox();
    for _ in 0..3 {
        assert!(inbox.nudge(1));
        assert!(inbox.nudge(2));
    }
    assert_eq!(round(&inbox), [1, 2]);
    assert!(inbox.nudge(1));
    assert_eq!(round(&inbox), [1]);
}

/// What is due in one round.
fn round(inbox: &Inbox) -> Vec<u32> {
    inbox.begin_round();
    let due = std::iter::from_fn(|| inbox.next_due()).collect();
    inbox.end_round();
    due
}

#[test]
fn what_is_nudged_in_a_round_has_another() {
    let (inbox, wakes) = inbox();
    inbox.nudge(1);
    inbox.begin_round();
    while let Some(number) = inbox.next_due() {
        inbox.nudge(number);
    }
    assert_eq!(wakes.load(Ordering::Relaxed), 1, "not in the same turn");
    inbox.end_round();
    assert_eq!(wakes.load(Ordering::Relaxed), 2);
    assert_eq!(round(&inbox), [1]);
    assert_eq!(wakes.load(Ordering::Relaxed), 2);
}

#[test]
fn what_a_round_that_was_cut_off_left_has_another() {
    let (inbox, wakes) = inbox();
    let (waiter, flight) = (1, 1);
    assert!(inbox.post(Message::TakeOver { waiter, flight }));
    assert!(inbox.nudge(1));
    inbox.begin_round();
    inbox.end_round();
    assert_eq!(wakes.load(Ordering::Relaxed), 2);
    assert_eq!(round(&inbox), [1]);
    assert_eq!(wakes.load(Ordering::Relaxed), 3);
    assert_eq!(inbox.receive(10, usize::MAX).0.len(), 1);
    inbox.end_round();
    assert_eq!(wakes.load(Ordering::Relaxed), 3);
}

#[test]
fn the_bound_in_bytes_holds_after_every_write() {
    let registry = Arc::new(Registry::default());
    let wanted = Wanted {
        max_size: Some(0.0),
        max_bytes: Some(10_000.0),
        ..OPTIONS
    };
    let handle = open(&registry, &wanted);
    for i in 0..500 {
        let value = bytes(&"x".repeat(i * 37 % 3_000));
        set(&handle.store, &format!("key:{}", i % 60), value);
        assert!(handle.store.metrics().bytes <= 10_000);
    }
    let (stored, _) = handle
        .store
        .set(key("k"), bytes(&"x".repeat(10_000)), &write_at(0.0), None);
    assert!(
        !stored.expect("there is room"),
        "a value larger than the bound is refused"
    );
    handle.store.clear(None);
    assert_eq!(handle.store.metrics().bytes, 0);
}

#[test]
fn what_many_small_entries_leave_behind_counts_against_the_bound() {
    let registry = Arc::new(Registry::default());
    let wanted = Wanted {
        max_size: Some(0.0),
        max_bytes: Some(1_000_000.0),
        ..OPTIONS
    };
    let handle = open(&registry, &wanted);
    for i in 0..5_000 {
        set(&handle.store, &format!("key:{i}"), Value::Number(0.0));
    }
    let most = handle.store.metrics().entries;
    assert!(most > 3_500, "{most} entries fit");
    let (inbox, _) = inbox();
    handle.store.subscribe(7, Interest(15), Arc::clone(&inbox));
    for i in 0..2_000 {
        set(
            &handle.store,
            &format!("large:{i}"),
            bytes(&"x".repeat(2_000)),
        );
        let metrics = handle.store.metrics();
        let idle = most.saturating_sub(metrics.entries + 1_000);
        assert!(metrics.bytes + idle * 144 <= 1_000_000, "after {i}");
    }
    set(&handle.store, "largest", bytes(&"x".repeat(990_000)));
    set(&handle.store, "largest", bytes(&"y".repeat(990_000)));
    assert_eq!(handle.store.metrics().entries, 1, "it fits nevertheless");
    let (messages, _) = inbox.receive(usize::MAX, usize::MAX);
    let last: Vec<_> = happened(&messages).into_iter().rev().take(2).collect();
    let largest = |what| (what, "largest".to_owned());
    assert_eq!(
        last,
        [largest(Happened::Updated), largest(Happened::Inserted)]
    );
}

#[test]
fn the_shares_of_the_shards_add_up_to_the_limit() {
    for max_size in [1_000.0, 1_001.0, 1_023.0] {
        let registry = Arc::new(Registry::default());
        let wanted = Wanted {
            max_size: Some(max_size),
            shards: Some(16),
            ..OPTIONS
        };
        let handle = open(&registry, &wanted);
        for i in 0..20_000 {
            set(&handle.store, &format!("key:{i}"), Value::Number(0.0));
        }
        assert_eq!(handle.store.metrics().entries as f64, max_size);
    }
}
