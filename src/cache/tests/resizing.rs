//! Limits that change while entries are held.

use super::*;

/// Gives model and subject other limits, and evicts what is over as the facade does. Whether there are
/// weights stays as it is, and where there are, so does the time to live: see [`own_ttl_of`].
pub(super) fn check_resize(model: &mut Model, subject: &mut Subject, wanted: Limits, now: f64) {
    let weighted = model.limits.max_weight > 0.0;
    let limits = Limits {
        max_size: wanted.max_size,
        max_weight: if weighted {
            wanted.max_weight.max(0.5)
        } else {
            0.0
        },
        ttl: if weighted {
            model.default_ttl
        } else {
            wanted.ttl
        },
    };
    model.resize(limits);
    subject.store.resize(limits);
    assert_eq!(subject.store.is_excessive(), model.is_excessive());
    if !subject.store.is_excessive() {
        return;
    }
    loop {
        let expired = subject.store.expire_next(&now);
        let expired = subject.removed(expired);
        assert_eq!(expired, model.expire_next(now, expired.as_deref()));
        if expired.is_none() {
            break;
        }
    }
    loop {
        let evicted = subject.store.evict_excess();
        let evicted = subject.removed(evicted);
        assert_eq!(evicted, model.evict_excess());
        if evicted.is_none() {
            break;
        }
    }
}

fn store(max_size: f64, ttl: f64) -> Store {
    Store::new(Limits {
        max_size,
        max_weight: 0.0,
        ttl,
    })
}

fn set(store: &mut Store, name: &str, now: f64) {
    units(name, |key| store.set(key, 0.0, now, None)).expect("there is room");
    store.recycle_freed();
}

fn is_valid(store: &Store, name: &str, now: f64) -> bool {
    units(name, |key| store.peek(key, &now)).is_some()
}

#[test]
fn a_new_time_to_live_holds_for_what_is_written_from_then_on() {
    for (old, new) in [(10.0, 5.0), (10.0, 50.0)] {
        let mut store = store(0.0, old);
        set(&mut store, "before", 0.0);
        set(&mut store, "again", 0.0);
        store.resize(Limits {
            ttl: new,
            ..store.limits
        });
        set(&mut store, "after", 0.0);
        set(&mut store, "again", 0.0);
        for (name, ttl) in [("before", old), ("after", new), ("again", new)] {
            assert!(is_valid(&store, name, ttl), "{name}");
            assert!(!is_valid(&store, name, ttl + 1.0), "{name}");
        }
        store.validate();
    }
}

#[test]
fn times_matter_from_the_moment_a_time_to_live_is_set() {
    let mut store = store(0.0, 0.0);
    set(&mut store, "before", 0.0);
    assert!(!store.expires());
    store.resize(Limits {
        ttl: 5.0,
        ..store.limits
    });
    assert!(store.expires(), "the first write needs the time");
    set(&mut store, "after", 100.0);
    assert!(is_valid(&store, "before", 1e12));
    assert!(!is_valid(&store, "after", 106.0));
    store.resize(Limits {
        ttl: 0.0,
        ..store.limits
    });
    set(&mut store, "last", 200.0);
    assert!(is_valid(&store, "last", 1e12));
    assert!(!is_valid(&store, "after", 106.0), "it keeps its own");
    drop(store.clear());
    assert!(!store.expires());
}

#[test]
fn a_time_to_live_keeps_the_grace_of_the_store() {
    let lifetimes = Lifetimes {
        grace: 5.0,
        ..Lifetimes::default()
    };
    let mut store = Store::with_options(store(0.0, 10.0).limits, lifetimes, Eviction::Lru);
    for ttl in [0.0, 20.0] {
        store.resize(Limits {
            ttl,
            ..store.limits
        });
    }
    set(&mut store, "a", 0.0);
    assert_eq!(units("a", |key| store.get(key, &21.0)), Lookup::Stale);
    assert_eq!(store.next_deadline(), 25.0);
}

#[test]
fn what_is_over_is_evicted_by_use_and_counted() {
    let mut store = store(0.0, 0.0);
    for i in 0..100 {
        set(&mut store, &i.to_string(), 0.0);
    }
    units("0", |key| store.get(key, &0.0));
    store.resize(Limits {
        max_size: 2.0,
        ..store.limits
    });
    let mut evicted = 0;
    while store.evict_excess().is_some() {
        evicted += 1;
    }
    assert_eq!(evicted, 98);
    assert_eq!(store.stats().evictions, 98);
    let held: Vec<String> = store.keys().map(|(_, key)| text(key)).collect();
    assert_eq!(held, ["99", "0"]);
}
