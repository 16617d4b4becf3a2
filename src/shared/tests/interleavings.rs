//! Threads in every order that shuttle tries. On a failure it prints the schedule, which
//! `shuttle::replay` runs again.
//!
//! `cargo test --no-default-features --features shuttle`

use shuttle::thread;

use super::flights::begin;
use super::*;

const SCHEDULES: usize = 2_000;

const ADDITION: Addition = Addition {
    by: 1.0,
    only_if_present: false,
};

pub(super) fn check(test: impl Fn() + Send + Sync + 'static) {
    shuttle::check_random(test, SCHEDULES);
}

pub(super) fn no_expiry() -> Wanted {
    Wanted {
        max_size: Some(0.0),
        ..OPTIONS
    }
}

#[test]
fn increments_of_three_threads_add_up() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let handle = Arc::clone(&handle);
                thread::spawn(move || {
                    for _ in 0..3 {
                        handle
                            .store
                            .increment(key("n"), ADDITION, &write_at(0.0), None)
                            .0
                            .expect("a number");
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        assert_eq!(value_of(&handle.store, "n"), Some(Value::Number(9.0)));
    });
}

#[test]
fn updates_of_three_threads_by_version_lose_nothing() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let handle = Arc::clone(&handle);
                thread::spawn(move || (0..2).for_each(|_| add_one(&handle.store)))
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        assert_eq!(value_of(&handle.store, "n"), Some(Value::Number(6.0)));
    });
}

/// Reads, adds and writes if nobody wrote meanwhile, until nobody did.
fn add_one(store: &Arc<SharedStore>) {
    loop {
        let (number, condition) = match store.peek(key("n"), &0.0) {
            Read::Hit(Value::Number(number), version) => (number, Condition::Version(version)),
            _ => (0.0, Condition::Absent),
        };
        thread::yield_now();
        let value = Value::Number(number + 1.0);
        let (stored, _) = store.set_if(key("n"), value, condition, &write_at(0.0), None);
        if stored.expect("there is room").is_some() {
            return;
        }
    }
}

#[test]
fn one_of_three_writers_if_absent_wins_and_one_of_three_takers_gets_it() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let (won, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let (handle, won, taken) =
                    (Arc::clone(&handle), Arc::clone(&won), Arc::clone(&taken));
                thread::spawn(move || {
                    let write = write_at(0.0);
                    let absent = Condition::Absent;
                    let (stored, _) =
                        handle
                            .store
                            .set_if(key("k"), bytes("v"), absent, &write, None);
                    let stored = stored.expect("there is room");
                    won.fetch_add(usize::from(stored == Some(true)), Ordering::SeqCst);
                    thread::yield_now();
                    if let (Read::Hit(..), _) = handle.store.take(key("k"), &0.0, None) {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        let left = usize::from(value_of(&handle.store, "k").is_some());
        assert_eq!(
            won.load(Ordering::SeqCst),
            taken.load(Ordering::SeqCst) + left
        );
    });
}

#[test]
fn no_message_waits_without_a_wake_up() {
    check(|| {
        let (inbox, wakes) = inbox();
        let posters: Vec<_> = (0..2)
            .map(|poster| {
                let inbox = Arc::clone(&inbox);
                thread::spawn(move || {
                    for number in 0..2 {
                        let (waiter, flight) = (poster * 2 + number, 1);
                        assert!(inbox.post(Message::TakeOver { waiter, flight }));
                        assert!(inbox.nudge(waiter));
                    }
                })
            })
            .collect();
        // The owner: it reads only when it was woken, one message and one nudge in each round.
        let (mut seen, mut read) = (0, 0);
        while read < 8 {
            if wakes.load(Ordering::SeqCst) == seen {
                thread::yield_now();
                continue;
            }
            seen += 1;
            inbox.begin_round();
            read += usize::from(inbox.next_due().is_some());
            read += inbox.receive(1, usize::MAX).0.len();
            inbox.end_round();
        }
        posters
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
    });
}

#[test]
fn nobody_is_woken_after_the_inbox_has_closed() {
    check(|| {
        let closed = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&closed);
        let inbox = Inbox::new(move || assert_eq!(seen.load(Ordering::SeqCst), 0));
        let poster = {
            let inbox = Arc::clone(&inbox);
            thread::spawn(move || {
                for number in 0..3 {
                    inbox.nudge(number);
                    inbox.end_round();
                }
            })
        };
        inbox.close();
        closed.store(1, Ordering::SeqCst);
        assert!(!inbox.nudge(9));
        poster.join().expect("it ends");
    });
}

#[test]
fn a_flight_is_led_once_and_every_waiter_is_told_or_takes_over() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let fetches = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..3)
            .map(|id| {
                let (handle, fetches) = (Arc::clone(&handle), Arc::clone(&fetches));
                thread::spawn(move || caller(&handle.store, &fetches, id == 0))
            })
            .collect();
        let answered: usize = threads
            .into_iter()
            .map(|thread| thread.join().expect("it ends"))
            .sum();
        // The first thread dies instead of fetching, if it leads.
        assert!(answered >= 2, "{answered} of 3 callers were answered");
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        assert_eq!(handle.store.metrics().flights, 0);
    });
}

/// Calls like the facade does; 1 if it got the value.
fn caller(store: &Arc<SharedStore>, fetches: &AtomicUsize, dies: bool) -> usize {
    let (inbox, _) = inbox();
    let flight = match begin(store, &inbox, 1) {
        Begun::Held(_) | Begun::Stale(_) => return 1,
        Begun::Lead { flight, .. } => flight,
        Begun::Wait => loop {
            match inbox.receive(1, usize::MAX).0.pop() {
                Some(Message::Landed { .. }) => return 1,
                Some(Message::TakeOver { flight, .. }) => break flight,
                _ => thread::yield_now(),
            }
        },
    };
    if dies {
        inbox.close();
        store.abandon(&inbox);
        return 0;
    }
    fetches.fetch_add(1, Ordering::SeqCst);
    set(store, "k", bytes("v"));
    store.finish(
        key("k"),
        &code_units("k"),
        flight,
        &Outcome::Fetched(bytes("v")),
    );
    1
}

#[test]
fn a_flight_that_callers_join_and_leave_is_landed_or_abandoned_and_never_left_over() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let handle = Arc::new(open(&registry, &no_expiry()));
        let fetches = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..3)
            .map(|id| {
                let (handle, fetches) = (Arc::clone(&handle), Arc::clone(&fetches));
                thread::spawn(move || leaving_caller(&handle.store, &fetches, id))
            })
            .collect();
        let answered: Vec<bool> = threads
            .into_iter()
            .map(|thread| thread.join().expect("it ends"))
            .collect();
        assert!(answered[0], "who does not leave is answered");
        assert_eq!(handle.store.metrics().flights, 0);
        assert!(value_of(&handle.store, "k").is_some());
    });
}

/// Calls like the facade does; whether it got a value. All but the first leave. As a leader each sees to what
/// it leads until that has landed or is over.
fn leaving_caller(store: &Arc<SharedStore>, fetches: &AtomicUsize, id: usize) -> bool {
    let (inbox, _) = inbox();
    let units = code_units("k");
    let leaves = id > 0;
    let mut has_left = false;
    let flight = match begin(store, &inbox, 1) {
        Begun::Lead { flight, .. } => flight,
        Begun::Wait => {
            if leaves {
                has_left = true;
                if store.leave(key("k"), &units, &inbox, 1, bytes("why")) {
                    return false;
                }
            }
            loop {
                match inbox.receive(1, usize::MAX).0.pop() {
                    Some(Message::Landed { .. }) => return !has_left,
                    Some(Message::TakeOver { flight, .. }) if has_left => {
                        store.give_up_flight(key("k"), &units, flight);
                        return false;
                    }
                    Some(Message::TakeOver { flight, .. }) => break flight,
                    _ => thread::yield_now(),
                }
            }
        }
        Begun::Held(_) | Begun::Stale(_) => return true,
    };
    if leaves && store.release(key("k"), &units, flight) {
        return false;
    }
    if id == 2 {
        // Its thread ends before it has fetched.
        inbox.close();
        store.abandon(&inbox);
        return false;
    }
    thread::yield_now();
    let number = fetches.fetch_add(1, Ordering::SeqCst) as f64;
    let value = Value::Number(number);
    let (kept, _) = store.keep(
        key("k"),
        &units,
        flight,
        value.clone(),
        &write_at(0.0),
        None,
    );
    let is_over = !kept.expect("there is room");
    store.finish(key("k"), &units, flight, &Outcome::Fetched(value));
    if is_over {
        let (messages, _) = inbox.receive(9, usize::MAX);
        let is_told = messages.iter().any(|message| {
            matches!(message, Message::Abandoned { flight: other, .. } if *other == flight)
        });
        assert!(leaves && is_told, "only what nobody waits for is over");
    }
    !leaves
}

#[test]
fn a_store_opened_while_its_last_handle_closes_is_whole() {
    check(|| {
        let registry = Arc::new(Registry::default());
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let registry = Arc::clone(&registry);
                thread::spawn(move || {
                    for _ in 0..2 {
                        let handle = open(&registry, &no_expiry());
                        set(&handle.store, "k", Value::Number(1.0));
                        assert_eq!(value_of(&handle.store, "k"), Some(Value::Number(1.0)));
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("it ends"));
        assert!(registry.names().is_empty());
    });
}
