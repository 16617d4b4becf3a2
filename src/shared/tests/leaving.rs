//! Flights that callers leave, from one thread: who is told, and when a flight is over.

use super::flights::begin;
use super::*;

fn lead(store: &SharedStore, leader: &Arc<Inbox>) -> u64 {
    match begin(store, leader, 1) {
        Begun::Lead { flight, .. } => flight,
        _ => panic!("it leads"),
    }
}

fn leave(store: &SharedStore, inbox: &Arc<Inbox>, waiter: u32) -> bool {
    store.leave(key("k"), &code_units("k"), inbox, waiter, bytes("why"))
}

fn release(store: &SharedStore, flight: u64) -> bool {
    store.release(key("k"), &code_units("k"), flight)
}

fn keep(store: &Arc<SharedStore>, flight: u64) -> bool {
    let write = write_at(1_000.0);
    let (kept, _) = store.keep(key("k"), &code_units("k"), flight, bytes("v"), &write, None);
    kept.expect("there is room")
}

/// The flight that the leader hears is abandoned, and whether it hears why.
fn abandoned(leader: &Arc<Inbox>) -> Option<(u64, bool)> {
    let (messages, _) = leader.receive(10, usize::MAX);
    messages.iter().find_map(|message| match message {
        Message::Abandoned { flight, reason } => Some((*flight, reason.is_some())),
        _ => None,
    })
}

#[test]
fn a_flight_is_over_with_the_last_of_its_callers() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let ((leader, _), (follower, _)) = (inbox(), inbox());
    let flight = lead(store, &leader);
    assert!(matches!(begin(store, &follower, 2), Begun::Wait));
    assert!(matches!(begin(store, &follower, 3), Begun::Wait));
    assert!(!release(store, flight), "others wait");
    assert!(leave(store, &follower, 2));
    assert!(!leave(store, &follower, 2), "it has left");
    assert_eq!(abandoned(&leader), None);
    assert!(leave(store, &follower, 3));
    assert_eq!(abandoned(&leader), Some((flight, true)));
    assert_eq!(store.metrics().flights, 0);
    assert!(!keep(store, flight), "what lands later is not stored");
    let next = lead(store, &follower);
    store.finish(
        key("k"),
        &code_units("k"),
        flight,
        &Outcome::Fetched(bytes("late")),
    );
    assert!(keep(store, next), "the late one cannot end the new one");
}

#[test]
fn a_flight_without_waiters_is_over_when_its_leader_lets_go() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let (leader, _) = inbox();
    let flight = lead(store, &leader);
    assert!(release(store, flight));
    assert!(!store.hold(key("k"), &code_units("k"), flight, false, &1_000.0));
    assert!(matches!(begin(store, &leader, 2), Begun::Lead { .. }));
}

#[test]
fn a_leader_that_has_let_go_can_hold_again() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let ((leader, _), (follower, _)) = (inbox(), inbox());
    let flight = lead(store, &leader);
    assert!(matches!(begin(store, &follower, 2), Begun::Wait));
    assert!(!release(store, flight));
    assert!(store.hold(key("k"), &code_units("k"), flight, false, &1_000.0));
    assert!(leave(store, &follower, 2));
    assert_eq!(abandoned(&leader), None);
    assert!(keep(store, flight));
}

#[test]
fn a_waiter_whose_environment_ends_has_left() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let ((leader, _), (follower, _)) = (inbox(), inbox());
    let flight = lead(store, &leader);
    assert!(matches!(begin(store, &follower, 2), Begun::Wait));
    assert!(!release(store, flight));
    follower.close();
    store.abandon(&follower);
    assert_eq!(abandoned(&leader), Some((flight, false)));
    assert_eq!(store.metrics().flights, 0);
}

#[test]
fn a_waiter_of_an_overtaken_flight_leaves_that_one() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let ((leader, _), (follower, _)) = (inbox(), inbox());
    let old = lead(store, &leader);
    assert!(matches!(begin(store, &follower, 2), Begun::Wait));
    assert!(store.remove(key("k"), Happened::Deleted, None).1.is_empty());
    let new = lead(store, &follower);
    assert!(!release(store, old));
    assert!(leave(store, &follower, 2));
    assert_eq!(abandoned(&leader), Some((old, true)));
    assert_eq!(store.metrics().flights, 1);
    assert!(keep(store, new));
}

#[test]
fn who_takes_a_flight_over_holds_it() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let ((leader, _), (second, _), (third, _)) = (inbox(), inbox(), inbox());
    let flight = lead(store, &leader);
    assert!(matches!(begin(store, &second, 2), Begun::Wait));
    assert!(matches!(begin(store, &third, 3), Begun::Wait));
    assert!(!release(store, flight));
    leader.close();
    store.abandon(&leader);
    assert!(!leave(store, &second, 2), "its message is under way");
    let taken = match second.receive(9, usize::MAX).0[..] {
        [Message::TakeOver { waiter: 2, flight }] => flight,
        _ => panic!("the second takes over"),
    };
    assert!(leave(store, &third, 3));
    assert_eq!(abandoned(&second), None);
    assert!(release(store, taken));
}
