//! Lifetimes beyond the model's: kept entries, renewal by hits, chance.

use super::*;

fn store(max_size: f64, lifetimes: Lifetimes) -> Store {
    let limits = Limits {
        max_size,
        max_weight: 0.0,
        ttl: 10.0,
    };
    Store::with_options(limits, lifetimes, Eviction::Lru)
}

fn set(store: &mut Store, key: &str, now: f64, own: Option<Lifetime>) {
    units(key, |key| store.set(key, 0.0, now, own)).expect("there is room");
    store.recycle_freed();
}

fn keys(store: &Store) -> Vec<String> {
    store.keys().map(|(_, key)| text(key)).collect()
}

#[test]
fn an_entry_in_its_grace_is_a_miss_and_stays_until_the_grace_is_over() {
    let mut store = store(
        0.0,
        Lifetimes {
            grace: 5.0,
            ..Lifetimes::default()
        },
    );
    for own in [
        None,
        Some(Lifetime::new(10.0, 5.0)),
        Some(Lifetime::new(9.0, 6.0)),
    ] {
        set(&mut store, "k", 100.0, own);
        let end = 100.0 + own.map_or(10.0, Lifetime::ttl);
        assert!(matches!(
            units("k", |key| store.get(key, &end)),
            Lookup::Hit(_)
        ));
        for now in [end + 1.0, 115.0] {
            assert_eq!(units("k", |key| store.get(key, &now)), Lookup::Stale);
            assert_eq!(units("k", |key| store.has(key, &now)), Lookup::Stale);
            assert_eq!(units("k", |key| store.peek(key, &now)), None);
            assert_eq!(units("k", |key| store.touch(key, None, now)), None);
            assert_eq!(store.prune(&now, usize::MAX), 0);
            let info = units("k", |key| store.info(key, &now)).expect("it is kept");
            assert!(info.stale);
        }
        assert_eq!(store.next_deadline(), 115.0);
        assert_eq!(units("k", |key| store.info(key, &116.0)), None);
        assert!(matches!(
            units("k", |key| store.get(key, &116.0)),
            Lookup::Expired(_)
        ));
        store.validate();
    }
    assert_eq!(store.stats().misses, 6, "each stale get is a miss");
    assert_eq!(store.stats().expirations, 3);
}

#[test]
fn an_entry_that_is_given_another_time_to_live_keeps_its_own_grace() {
    let lifetimes = Lifetimes {
        grace: 5.0,
        ..Lifetimes::default()
    };
    let mut store = store(0.0, lifetimes);
    let graces = [
        (None, 5.0),
        (Some(Lifetime::new(20.0, 0.0)), 0.0),
        (Some(Lifetime::new(20.0, 70.0)), 70.0),
        // What lives for ever has none.
        (Some(Lifetime::FOREVER), 5.0),
    ];
    for (own, grace) in graces {
        set(&mut store, "k", 100.0, own);
        for ttl in [Some(30.0), None, Some(10.0)] {
            assert!(units("k", |key| store.touch(key, ttl, 105.0)).is_some());
        }
        assert_eq!(store.next_deadline(), 115.0 + grace);
        units("k", |key| store.remove(key));
    }
}

#[test]
fn entries_in_their_grace_make_room_before_valid_ones() {
    let mut store = store(
        3.0,
        Lifetimes {
            grace: 100.0,
            ..Lifetimes::default()
        },
    );
    set(
        &mut store,
        "valid",
        100.0,
        Some(Lifetime::new(1_000.0, 0.0)),
    );
    set(&mut store, "stale", 100.0, None);
    set(&mut store, "soon", 105.0, None);
    set(&mut store, "new", 112.0, None);
    assert_eq!(keys(&store), ["valid", "soon", "new"]);
    set(&mut store, "newer", 113.0, None);
    assert_eq!(keys(&store), ["soon", "new", "newer"]);
    let stats = store.stats();
    assert_eq!((stats.expirations, stats.evictions), (1, 1));
}

#[test]
fn entries_in_their_grace_go_one_by_one_where_room_is_needed() {
    let lifetimes = Lifetimes {
        grace: 100.0,
        ..Lifetimes::default()
    };
    let mut store = store(3.0, lifetimes);
    let own = store.kept_lifetime(None, 50.0);
    assert_eq!(own, Lifetime::new(10.0, 50.0));
    assert_eq!(store.kept_lifetime(Some(5.0), 0.0), Lifetime::new(5.0, 0.0));
    set(&mut store, "valid", 100.0, Some(Lifetime::FOREVER));
    set(&mut store, "a", 100.0, None);
    set(&mut store, "b", 100.0, Some(own));
    let next = |store: &mut Store, key: &str, now: f64| {
        let expired = units(key, |key| store.expire_kept_for(key, 0.0, &now));
        expired.map(|key| text(key.units()))
    };
    assert_eq!(next(&mut store, "new", 110.0), None, "nothing has expired");
    assert_eq!(next(&mut store, "b", 111.0), None, "no room is needed");
    assert_eq!(next(&mut store, "new", 111.0).as_deref(), Some("a"));
    assert_eq!(next(&mut store, "new", 111.0), None, "there is room now");
    let slot = units("b", |key| store.info(key, &111.0)).expect("it is kept");
    assert!(!store.is_valid(slot.slot, &111.0));
    assert_eq!(store.expire_kept_excess(&111.0).map(|_| ()), None);
    store.resize(Limits {
        max_size: 1.0,
        max_weight: 0.0,
        ttl: 10.0,
    });
    let excess = store.expire_kept_excess(&111.0);
    assert_eq!(excess.map(|key| text(key.units())).as_deref(), Some("b"));
    assert_eq!(keys(&store), ["valid"]);
    assert_eq!((store.stats().expirations, store.stats().evictions), (2, 0));
    store.validate();
}

#[test]
fn more_lifetimes_than_queues_expire_in_the_order_of_their_deadlines() {
    let mut store = store(0.0, Lifetimes::default());
    let ttls = [70.0, 30.0, 50.0, 20.0, 60.0, 40.0, 80.0, 0.0];
    for (i, ttl) in ttls.into_iter().enumerate() {
        let grace = if i % 2 == 0 { 0.0 } else { 5.0 };
        set(
            &mut store,
            &ttl.to_string(),
            100.0,
            Some(Lifetime::new(ttl, grace)),
        );
        store.validate();
    }
    let mut gone = Vec::new();
    for now in 100..200 {
        while let Some(key) = store.expire_next(&f64::from(now)) {
            gone.push(text(key.units()));
            store.validate();
        }
    }
    assert_eq!(gone, ["20", "30", "40", "50", "60", "70", "80"]);
    assert_eq!(keys(&store), ["0"]);
}

#[test]
fn a_hit_renews_the_entrys_own_lifetime_where_that_is_wanted() {
    let mut store = store(
        0.0,
        Lifetimes {
            update_age_on_get: true,
            ..Lifetimes::default()
        },
    );
    set(&mut store, "own", 100.0, Some(Lifetime::new(50.0, 0.0)));
    set(&mut store, "stores", 100.0, None);
    for (key, now) in [("own", 150.0), ("stores", 110.0)] {
        assert!(matches!(
            units(key, |key| store.get(key, &now)),
            Lookup::Hit(_)
        ));
        assert!(matches!(
            units(key, |key| store.has(key, &now)),
            Lookup::Hit(_)
        ));
    }
    let expiry = |store: &Store, key| {
        units(key, |key| store.info(key, &110.0)).map(|info| (info.start, info.expires_at))
    };
    assert_eq!(expiry(&store, "own"), Some((150.0, 200.0)));
    assert_eq!(expiry(&store, "stores"), Some((110.0, 120.0)));
}

#[test]
fn chance_shortens_lifetimes_within_bounds_and_the_same_way_for_the_same_seed() {
    let drawn = |seed| {
        let mut store = store(
            0.0,
            Lifetimes {
                jitter: 0.5,
                jitter_seed: seed,
                ..Lifetimes::default()
            },
        );
        let ttls = (0..1_000).map(|i| {
            let own = (i % 2 == 0).then(|| Lifetime::new(1_000.0, 0.0));
            set(&mut store, "k", 100.0, own);
            let ttl = units("k", |key| store.info(key, &100.0)).map(|info| info.ttl);
            let part = ttl.expect("it is valid") / own.map_or(10.0, Lifetime::ttl);
            assert!((0.5..=1.0).contains(&part), "{part}");
            part
        });
        ttls.collect::<Vec<f64>>()
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    let mean = drawn(3).iter().sum::<f64>() / 1_000.0;
    assert!((0.73..0.80).contains(&mean), "{mean}");
    let forever = Lifetime::new(0.0, 0.0);
    let mut store = store(
        0.0,
        Lifetimes {
            jitter: 1.0,
            ..Lifetimes::default()
        },
    );
    set(&mut store, "k", 100.0, Some(forever));
    assert_eq!(
        store.next_deadline(),
        f64::INFINITY,
        "what lives for ever does"
    );
}

#[test]
fn a_short_lifetime_is_due_on_time_however_long_the_stores_is() {
    let now = 1_795_000_000_000.0;
    for ttl in [9e15, 1e16, 1e20, f64::MAX] {
        let limits = Limits {
            max_size: 0.0,
            max_weight: 0.0,
            ttl,
        };
        let mut store = Store::new(limits);
        set(&mut store, "k", now, Some(Lifetime::new(20.0, 0.0)));
        set(&mut store, "other", now, None);
        assert_eq!(store.next_deadline(), now + 20.0, "{ttl}");
        let expired = store.expire_next(&(now + 21.0));
        assert_eq!(expired.map(|key| text(key.units())).as_deref(), Some("k"));
        assert!(store.next_deadline() > now + 1e15);
    }
}
