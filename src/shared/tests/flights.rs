//! Flights from one thread: who leads, who is told, and who takes one over.

use super::*;
use crate::cache::Pattern;

pub(super) fn begin(store: &SharedStore, inbox: &Arc<Inbox>, waiter: u32) -> Begun {
    store
        .begin(
            key("k"),
            &code_units("k"),
            &Request {
                anew: false,
                stale_within: None,
                waiter,
            },
            &1_000.0,
            inbox,
            None,
        )
        .0
}

/// The number of the flight that the first caller leads.
fn lead(store: &SharedStore, leader: &Arc<Inbox>) -> u64 {
    match begin(store, leader, 1) {
        Begun::Lead { flight, .. } => flight,
        _ => panic!("the first caller leads"),
    }
}

#[test]
fn one_caller_leads_and_all_others_are_told() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let (leader, _) = inbox();
    let (follower, _) = inbox();
    let flight = lead(store, &leader);
    assert!(matches!(begin(store, &follower, 2), Begun::Wait));
    assert!(matches!(begin(store, &leader, 3), Begun::Wait));
    let (kept, _) = store.keep(
        key("k"),
        &code_units("k"),
        flight,
        bytes("v"),
        &write_at(1_000.0),
        None,
    );
    assert!(kept.is_ok_and(|kept| kept));
    assert!(
        matches!(begin(store, &follower, 4), Begun::Wait),
        "before the store is read"
    );
    store.finish(
        key("k"),
        &code_units("k"),
        flight,
        &Outcome::Fetched(bytes("v")),
    );
    assert_eq!(follower.receive(10, usize::MAX).0.len(), 2);
    let [Message::Awaited(awaited), Message::Landed { waiter: 3, .. }] =
        leader.receive(10, usize::MAX).0[..]
    else {
        panic!("the leader hears once that somebody waits, and its own waiter the outcome");
    };
    assert_eq!(awaited, flight);
    assert!(matches!(
        begin(store, &follower, 5),
        Begun::Held(Read::Hit(..))
    ));
    assert_eq!(store.metrics().flights, 0);
}

#[test]
fn a_waiter_takes_over_from_a_leader_that_is_gone() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let (leader, _) = inbox();
    let (second, _) = inbox();
    let (third, _) = inbox();
    let lost = lead(store, &leader);
    assert!(matches!(begin(store, &second, 2), Begun::Wait));
    assert!(matches!(begin(store, &third, 3), Begun::Wait));
    second.close();
    leader.close();
    store.abandon(&leader);
    assert!(
        third.receive(0, usize::MAX).1,
        "a dead waiter is passed over"
    );
    let taken = match third.receive(1, usize::MAX).0.pop() {
        Some(Message::TakeOver { waiter: 3, flight }) => flight,
        _ => panic!("the third caller takes over"),
    };
    store.finish(
        key("k"),
        &code_units("k"),
        lost,
        &Outcome::Fetched(bytes("late")),
    );
    assert_eq!(
        store.metrics().flights,
        1,
        "the lost leader cannot end the new flight"
    );
    store.finish(
        key("k"),
        &code_units("k"),
        taken,
        &Outcome::Fetched(bytes("v")),
    );
    assert_eq!(store.metrics().flights, 0);
}

#[test]
fn a_flight_that_its_leader_knows_nothing_of_is_passed_on() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let (leader, _) = inbox();
    let (follower, _) = inbox();
    let flight = lead(store, &leader);
    assert!(matches!(begin(store, &follower, 2), Begun::Wait));
    let give_up = |flight| store.give_up_flight(key("k"), &code_units("k"), flight);
    give_up(flight + 1_000);
    assert!(follower.receive(9, usize::MAX).0.is_empty());
    give_up(flight);
    let [Message::TakeOver { waiter: 2, flight }] = follower.receive(9, usize::MAX).0[..] else {
        panic!("the follower takes over");
    };
    give_up(flight);
    assert_eq!(store.metrics().flights, 0, "nobody is left to lead it");
    assert!(matches!(begin(store, &follower, 3), Begun::Lead { .. }));
}

#[test]
fn a_flight_without_waiters_ends_with_its_leader() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let store = &handle.store;
    let (leader, _) = inbox();
    assert!(matches!(begin(store, &leader, 1), Begun::Lead { .. }));
    leader.close();
    store.abandon(&leader);
    assert_eq!(store.metrics().flights, 0);
}

#[test]
fn those_who_wait_for_a_destroyed_store_are_told_why() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &OPTIONS);
    let (leader, _) = inbox();
    let (follower, _) = inbox();
    assert!(matches!(
        begin(&handle.store, &leader, 1),
        Begun::Lead { .. }
    ));
    assert!(matches!(begin(&handle.store, &follower, 2), Begun::Wait));
    destroy(&registry);
    let (messages, _) = follower.receive(10, usize::MAX);
    let [
        Message::Landed {
            waiter: 2,
            outcome: Outcome::Failed(reason),
        },
    ] = &messages[..]
    else {
        panic!("the waiter gets the reason");
    };
    assert_eq!(reason, &bytes("gone"));
}

#[test]
fn a_write_or_a_removal_overtakes_a_flight_whose_waiters_are_told_all_the_same() {
    type Change = fn(&Arc<SharedStore>);
    let changes: [Change; 4] = [
        |store| drop(set(store, "k", bytes("new"))),
        |store| drop(store.remove(key("k"), Happened::Deleted, None)),
        |store| drop(store.clear(None)),
        |store| {
            let all = Pattern::prefix(&code_units("k"));
            drop(store.remove_matching(&all, Happened::DeletedByPrefix, None));
        },
    ];
    for change in changes {
        let registry = Arc::new(Registry::default());
        let handle = open(&registry, &OPTIONS);
        let store = &handle.store;
        let (leader, _) = inbox();
        let (follower, _) = inbox();
        let flight = lead(store, &leader);
        assert!(matches!(begin(store, &follower, 2), Begun::Wait));
        set(store, "other", bytes("v"));
        assert!(store.hold(key("k"), &code_units("k"), flight, false, &1_000.0));
        change(store);
        assert!(!store.hold(key("k"), &code_units("k"), flight, false, &1_000.0));
        let later = begin(store, &follower, 3);
        assert!(
            !matches!(later, Begun::Wait),
            "who asks later does not join"
        );
        let (kept, _) = store.keep(
            key("k"),
            &code_units("k"),
            flight,
            bytes("old"),
            &write_at(1_000.0),
            None,
        );
        assert!(kept.is_ok_and(|kept| !kept));
        let outcome = Outcome::Fetched(bytes("old"));
        store.finish(key("k"), &code_units("k"), flight, &outcome);
        assert!(matches!(
            follower.receive(10, usize::MAX).0[..],
            [Message::Landed { waiter: 2, .. }]
        ));
        let led = usize::from(matches!(later, Begun::Lead { .. }));
        assert_eq!(store.metrics().flights, led);
    }
}
