//! The background thread: when it looks after what, and what it drops. Most tests run its jobs
//! themselves, at times of their own.

use std::sync::mpsc;
use std::thread;

use super::super::expirer::Expires;
use super::*;

fn store(ttl: f64, expirer: &'static Expirer) -> Arc<SharedStore> {
    let wanted = Wanted {
        ttl: Some(ttl),
        max_size: Some(0.0),
        ..OPTIONS
    };
    let options = Options::with_defaults(&wanted);
    Arc::new(SharedStore::new(&code_units("store"), options, expirer))
}

fn write(store: &Arc<SharedStore>, name: &str, now: f64, own_ttl: Option<f64>) {
    let write = WriteTime {
        now,
        own_ttl,
        ..WriteTime::default()
    };
    let (stored, _) = store.set(key(name), bytes("v"), &write, None);
    assert!(stored.expect("there is room"));
}

#[test]
fn what_has_expired_is_freed_and_the_next_deadline_known() {
    let store = store(1_000_000.0, Expirer::manual());
    for i in 0..1_000 {
        let now = if i < 600 { 0.0 } else { 10.0 };
        write(&store, &format!("key:{i}"), now, None);
    }
    assert_eq!(store.expire_due(1_000_001.0), 1_000_010.0);
    assert_eq!(store.metrics().entries, 400);
    store.see_foreign_clock();
    assert_eq!(
        store.expire_due(f64::MAX),
        f64::INFINITY,
        "it is no judge any more"
    );
    assert_eq!(store.metrics().entries, 400);
}

#[test]
fn wake_ups_are_in_proportion_to_the_deadlines_met() {
    let expirer = Expirer::manual();
    let store = store(5_000.0, expirer);
    let (mut wakes, mut counters) = (0, 0);
    for now in 0..30_000 {
        if now % 10 == 0 {
            write(&store, "k", f64::from(now), None);
        }
        if now % 3 == 0 && now < 20_000 {
            let own = WriteTime {
                now: f64::from(now),
                own_ttl: Some(1.0),
                ..WriteTime::default()
            };
            let name = format!("counter:{now}");
            let addition = Addition {
                by: 1.0,
                only_if_present: false,
            };
            let (added, _) = store.increment(key(&name), addition, &own, None);
            assert!(matches!(added, Ok(Some(Incremented { created: true, .. }))));
            counters += 1;
        }
        wakes += expirer.run_at(f64::from(now));
        assert!(expirer.jobs() <= 1, "{} jobs at {now}", expirer.jobs());
    }
    // Once for each counter; for the one key whenever the last known deadline has passed.
    assert!(
        (counters..counters + 10).contains(&wakes),
        "{wakes} wake-ups for {counters} counters"
    );
}

#[test]
fn a_store_that_is_closed_leaves_no_job() {
    let expirer = Expirer::manual();
    for round in 0..3 {
        let store = store(86_400_000.0, expirer);
        write(&store, "k", f64::from(round), None);
        assert_eq!(expirer.jobs(), 1);
    }
    assert_eq!(expirer.jobs(), 0);
}

#[test]
fn a_check_comes_again_and_again_until_it_is_dropped() {
    let expirer = Expirer::manual();
    let (inbox, _) = inbox();
    let check = expirer.check(Arc::clone(&inbox), 5, 1_000.0);
    for _ in 0..3 {
        assert_eq!(expirer.run_at(f64::MAX), 1);
        inbox.begin_round();
        assert_eq!(inbox.next_due(), Some(5));
        assert_eq!(inbox.next_due(), None);
    }
    drop(check);
    assert_eq!(expirer.jobs(), 0);
    assert_eq!(expirer.run_at(f64::MAX), 0);
}

#[test]
fn a_check_ends_with_the_inbox() {
    let expirer = Expirer::manual();
    let (inbox, _) = inbox();
    let _check = expirer.check(Arc::clone(&inbox), 5, 1_000.0);
    inbox.close();
    expirer.run_at(f64::MAX);
    assert_eq!(expirer.jobs(), 0);
}

struct Remains(mpsc::Sender<Option<String>>);

impl Drop for Remains {
    fn drop(&mut self) {
        let name = thread::current().name().map(str::to_owned);
        self.0.send(name).expect("the test listens");
    }
}

#[test]
fn what_takes_long_is_dropped_on_the_background_thread_and_small_things_here() {
    let (sender, receiver) = mpsc::channel();
    let here = thread::current().name().map(str::to_owned);
    Expirer::global().discard(10, Remains(sender.clone()));
    assert_eq!(receiver.try_recv(), Ok(here));
    Expirer::global().discard(1_000_000, Remains(sender));
    assert_eq!(receiver.recv(), Ok(Some("memory-cache-expiry".into())));
}
