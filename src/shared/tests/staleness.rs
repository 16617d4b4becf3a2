//! Entries that have expired and are kept for who fetches, from one thread. The store keeps them for 100 ms.

use super::*;
use crate::cache::Pattern;

const KEEPING: Wanted = Wanted {
    ttl: Some(10.0),
    stale_while_revalidate: Some(40.0),
    stale_if_error: Some(100.0),
    ..OPTIONS
};

/// A store with an entry of time 0; its times are long past for the real thread.
fn open_kept(registry: &Arc<Registry>) -> Handle {
    let handle = open(registry, &KEEPING);
    handle.store.see_foreign_clock();
    write(&handle.store, "k", None, None);
    handle
}

fn write(store: &Arc<SharedStore>, name: &str, own_ttl: Option<f64>, own_grace: Option<f64>) {
    let write = WriteTime {
        now: 0.0,
        own_ttl,
        own_grace,
        ..WriteTime::default()
    };
    let (stored, _) = store.set(key(name), bytes(name), &write, None);
    assert!(stored.expect("there is room"));
}

fn begin(store: &SharedStore, inbox: &Arc<Inbox>, anew: bool, now: f64) -> Begun {
    let request = Request {
        anew,
        stale_within: Some(40.0),
        waiter: 7,
    };
    let units = code_units("k");
    store.begin(key("k"), &units, &request, &now, inbox, None).0
}

fn keys(store: &SharedStore, now: f64) -> Vec<String> {
    let listing = store.list(&Pattern::prefix(&[]), false, now);
    let keys = listing
        .entries()
        .map(|(key, _)| key.code_units::<Vec<u16>>());
    keys.map(|key| String::from_utf16_lossy(&key)).collect()
}

const HOOKED: Caller = Some((
    1,
    Interest(Interest::EXPIRE.0 | Interest::EVICT.0 | Interest::DELETE.0),
));

#[test]
fn a_kept_entry_is_a_miss_that_nobody_is_told_of() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    for now in [11.0, 110.0] {
        let (read, events) = store.get(key("k"), &now, HOOKED);
        assert!(matches!(read, Read::Expired) && events.is_empty());
        let (found, events) = store.has(key("k"), &now, HOOKED);
        assert!(!found && events.is_empty());
        let (read, events) = store.take(key("k"), &now, HOOKED);
        assert!(matches!(read, Read::Expired) && events.is_empty());
        assert!(matches!(store.peek(key("k"), &now), Read::Missing));
        assert!(!store.touch(key("k"), &write_at(now)));
        assert!(
            store
                .info(key("k"), &now)
                .is_some_and(|(info, _)| info.stale)
        );
        assert!(keys(store, now).is_empty());
        let all = Pattern::prefix(&[]);
        let (scanned, _) = store.scan(Position::default(), &all, &now);
        assert_eq!(scanned.entries().len(), 0);
        assert_eq!(store.prune(&now, None).0, 0);
        assert_eq!(store.stats().1, 1, "it takes room");
    }
    let (read, events) = store.get(key("k"), &111.0, HOOKED);
    assert!(matches!(read, Read::Expired));
    assert_eq!(events[0].happened, Happened::ExpiredByGet);
    assert_eq!(store.stats().1, 0);
}

#[test]
fn writes_have_a_grace_of_their_own_with_any_time_to_live() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    write(store, "own grace", None, Some(5.0));
    write(store, "none", None, Some(0.0));
    write(store, "own both", Some(20.0), Some(1.0));
    let mut kept = Vec::new();
    for now in [11.0, 16.0, 22.0] {
        store.prune(&now, None);
        kept.push(store.stats().1);
    }
    assert_eq!(kept, [3, 2, 1]);
}

#[test]
fn kept_entries_make_room_before_valid_ones() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    write(store, "valid", Some(0.0), None);
    write(store, "valid too", Some(0.0), None);
    write(store, "kept", None, None);
    let now = 20.0;
    let (stored, events) = store.set(key("new"), bytes("v"), &write_at(now), HOOKED);
    assert!(stored.expect("there is room"));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].happened, Happened::Pruned);
    assert_eq!(keys(store, now), ["valid", "valid too", "new"]);
    let events = store.resize(Some(3.0), None, &now, HOOKED);
    assert_eq!(events[0].happened, Happened::Pruned);
    assert_eq!(events.len(), 1);
    let events = store.resize(Some(2.0), None, &now, HOOKED);
    assert_eq!(events[0].happened, Happened::Evicted);
    assert_eq!(keys(store, now), ["valid too", "new"]);
}

#[test]
fn the_first_who_finds_it_stale_fetches_in_the_background_and_all_others_get_it() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    let ((leader, _), (other, _)) = (inbox(), inbox());
    assert!(matches!(begin(store, &leader, false, 10.0), Begun::Held(_)));
    let Begun::Lead {
        flight,
        expired: true,
        stale: Some(stale),
        refreshes: true,
    } = begin(store, &leader, false, 50.0)
    else {
        panic!("it refreshes");
    };
    assert_eq!(stale, bytes("k"));
    for _ in 0..2 {
        assert!(matches!(begin(store, &other, false, 50.0), Begun::Stale(_)));
    }
    assert!(matches!(
        leader.receive(9, usize::MAX).0[..],
        [Message::Awaited(asked)] if asked == flight
    ));
    assert!(matches!(begin(store, &other, false, 51.0), Begun::Wait));
    let failed = Outcome::Failed(bytes("no"));
    store.finish(key("k"), &code_units("k"), flight, &failed);
    assert_eq!(store.metrics().refresh_errors, 1);
}

#[test]
fn who_finds_it_later_or_wants_it_anew_fetches_and_knows_what_there_was() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    let (leader, _) = inbox();
    for (anew, now) in [(true, 5.0), (true, 50.0), (false, 51.0), (false, 110.0)] {
        let Begun::Lead {
            flight,
            expired,
            stale: Some(_),
            refreshes: false,
        } = begin(store, &leader, anew, now)
        else {
            panic!("it leads at {now}");
        };
        assert_eq!(expired, !anew);
        let failed = Outcome::Failed(bytes("no"));
        store.finish(key("k"), &code_units("k"), flight, &failed);
    }
    assert_eq!(store.metrics().refresh_errors, 0);
    assert!(matches!(
        begin(store, &leader, false, 111.0),
        Begun::Lead { stale: None, .. }
    ));
}

#[test]
fn a_flight_that_no_miss_began_is_joined_only_by_who_finds_nothing_valid() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    let ((leader, _), (other, _)) = (inbox(), inbox());
    let lead = |anew, now| match begin(store, &leader, anew, now) {
        Begun::Lead { flight, .. } => flight,
        _ => panic!("it leads"),
    };
    let units = code_units("k");
    let hold = |flight, anew, now: f64| store.hold(key("k"), &units, flight, anew, &now);
    let failed = Outcome::Failed(bytes("no"));
    let forced = lead(true, 5.0);
    assert!(matches!(begin(store, &other, false, 10.0), Begun::Held(_)));
    assert!(!hold(forced, false, 10.0));
    assert_eq!(store.stats().0.hits, 1);
    assert!(matches!(begin(store, &other, true, 10.0), Begun::Wait));
    assert!(hold(forced, true, 10.0));
    assert!(hold(forced, false, 60.0), "it is too late to be given");
    assert!(matches!(begin(store, &other, false, 60.0), Begun::Wait));
    store.finish(key("k"), &units, forced, &failed);

    let refresh = lead(false, 50.0);
    write(store, "k", Some(0.0), None);
    store.resume(key("k"), &units, refresh);
    assert!(matches!(begin(store, &other, false, 60.0), Begun::Held(_)));
    assert!(!hold(refresh, false, 60.0));
    store.finish(key("k"), &units, refresh, &failed);
    assert_eq!(store.metrics().refresh_errors, 1);
}

#[test]
fn a_refresh_that_its_thread_knows_nothing_of_is_given_up_although_nobody_waits() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    let ((leader, _), (other, _)) = (inbox(), inbox());
    assert!(matches!(
        begin(store, &leader, false, 50.0),
        Begun::Lead { .. }
    ));
    assert!(matches!(begin(store, &other, false, 50.0), Begun::Stale(_)));
    let [Message::Awaited(flight)] = leader.receive(9, usize::MAX).0[..] else {
        panic!("the leader is asked");
    };
    store.give_up_flight(key("k"), &code_units("k"), flight);
    assert!(matches!(
        begin(store, &other, false, 50.0),
        Begun::Lead { .. }
    ));
}

#[test]
fn a_refresh_whose_last_waiter_ends_with_its_thread_is_counted_as_one_that_was_left() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    let ((leader, _), (other, _)) = (inbox(), inbox());
    let Begun::Lead { flight, .. } = begin(store, &leader, false, 50.0) else {
        panic!("it refreshes");
    };
    assert!(matches!(begin(store, &other, false, 51.0), Begun::Wait));
    assert!(!store.release(key("k"), &code_units("k"), flight));
    other.close();
    store.abandon(&other);
    assert_eq!(store.metrics().flights, 0);
    assert_eq!(store.metrics().refresh_errors, 1);
}

#[test]
fn a_refresh_that_ends_with_its_thread_has_not_failed() {
    let registry = Arc::new(Registry::default());
    let handle = open_kept(&registry);
    let store = &handle.store;
    let (leader, _) = inbox();
    assert!(matches!(
        begin(store, &leader, false, 50.0),
        Begun::Lead { .. }
    ));
    leader.close();
    store.abandon(&leader);
    assert_eq!(store.metrics().flights, 0);
    assert_eq!(store.metrics().refresh_errors, 0);
}

#[test]
fn attaching_with_other_times_is_a_conflict() {
    let registry = Arc::new(Registry::default());
    let _handle = open(&registry, &KEEPING);
    let conflict = |wanted| {
        let opened = registry.open(&code_units("store"), &wanted, Options::with_defaults);
        opened
            .err()
            .map(|conflict| (conflict.option, conflict.open))
    };
    let revalidate = Wanted {
        stale_while_revalidate: Some(41.0),
        ..Wanted::default()
    };
    let if_error = Wanted {
        stale_if_error: Some(0.0),
        ..Wanted::default()
    };
    assert_eq!(
        conflict(revalidate),
        Some(("staleWhileRevalidate", "40".into()))
    );
    assert_eq!(conflict(if_error), Some(("staleIfError", "100".into())));
    assert_eq!(conflict(KEEPING), None);
}
