//! Scans of a store in steps.

use super::*;
use crate::cache::Pattern;

fn scan(store: &SharedStore, now: f64, mut between: impl FnMut(usize)) -> Vec<String> {
    let all = Pattern::prefix(&[]);
    let mut keys = Vec::new();
    let mut next = Some(Position::default());
    while let Some(from) = next {
        let (listing, further) = store.scan(from, &all, &now);
        for (key, value) in listing.entries() {
            let Units::Narrow(bytes) = key else {
                panic!("all keys are narrow")
            };
            assert!(value.is_some());
            keys.push(String::from_utf8_lossy(bytes).into_owned());
        }
        between(listing.entries().len());
        next = further;
    }
    keys
}

fn unlimited(shards: u32) -> Wanted {
    Wanted {
        max_size: Some(0.0),
        ttl: Some(10.0),
        shards: Some(shards),
        ..OPTIONS
    }
}

#[test]
fn a_scan_shows_each_entry_of_every_shard_once_and_changes_nothing() {
    for shards in [1, 7] {
        let registry = Arc::new(Registry::default());
        let handle = open(&registry, &unlimited(shards));
        // The expiry thread leaves it alone.
        handle.store.see_foreign_clock();
        for i in 0..3_000 {
            set(&handle.store, &format!("key:{i}"), Value::Number(0.0));
        }
        let stats = handle.store.stats();
        let mut steps = 0;
        let mut scanned = scan(&handle.store, 1_010.0, |entries| {
            assert!(entries <= 256);
            steps += 1;
        });
        scanned.sort();
        scanned.dedup();
        assert_eq!(scanned.len(), 3_000);
        assert!(steps >= 12, "{steps} steps");
        assert_eq!(scan(&handle.store, 1_011.0, |_| {}), [""; 0]);
        assert_eq!(handle.store.stats(), stats);
    }
}

#[test]
fn a_scan_goes_on_when_the_store_is_cleared_and_from_a_place_that_does_not_exist() {
    let registry = Arc::new(Registry::default());
    let handle = open(&registry, &unlimited(2));
    handle.store.see_foreign_clock();
    for i in 0..3_000 {
        set(&handle.store, &format!("key:{i}"), Value::Number(0.0));
    }
    let mut left = 0;
    let scanned = scan(&handle.store, 1_000.0, |_| {
        handle.store.clear(None);
        set(&handle.store, "new", Value::Number(0.0));
        left += 1;
    });
    assert!(scanned.len() <= 257, "{}", scanned.len());
    let nowhere = Position { shard: 9, slot: 1 };
    let (listing, next) = handle.store.scan(nowhere, &Pattern::prefix(&[]), &0.0);
    assert_eq!((listing.entries().len(), next), (0, None));
}
