//! Scans in steps, between which the cache is used.

use super::*;

fn store(ttl: f64) -> Store {
    Store::new(Limits {
        max_size: 0.0,
        max_weight: 0.0,
        ttl,
    })
}

fn insert(store: &mut Store, name: &str, now: f64) {
    units(name, |key| store.insert(key, 0.0, now, None)).expect("there is room");
}

/// The keys of a whole scan; `between` runs after each step of `most` slots.
fn scan(
    store: &mut Store,
    most: usize,
    pattern: &str,
    now: f64,
    mut between: impl FnMut(&mut Store),
) -> Vec<String> {
    let pattern: Vec<u16> = pattern.encode_utf16().collect();
    let pattern = Pattern::wildcard(&pattern);
    let mut keys = Vec::new();
    let mut from = Some(0);
    while let Some(slot) = from {
        from = store.scan_matching(slot, most, &pattern, &now, |_, key| keys.push(text(key)));
        between(store);
    }
    keys
}

#[test]
fn what_is_held_throughout_comes_once_whatever_is_done_between_the_steps() {
    let mut store = store(0.0);
    for i in 0..1_000 {
        insert(&mut store, &format!("held:{i}"), 0.0);
    }
    let mut step = 0;
    let scanned = scan(&mut store, 7, "*", 0.0, |store| {
        step += 1;
        units(&format!("new:{}", step - 1), |key| store.remove(key));
        insert(store, &format!("new:{step}"), 0.0);
        insert(store, &format!("held:{}", step * 31 % 1_000), 0.0);
        units(&format!("held:{}", step * 17 % 1_000), |key| {
            store.get(key, &0.0)
        });
    });
    let held = scanned.iter().filter(|key| key.starts_with("held:"));
    let mut held: Vec<&String> = held.collect();
    held.sort();
    held.dedup();
    let others = scanned.len() - held.len();
    assert_eq!(held.len(), 1_000);
    let new = scanned.iter().filter(|key| key.starts_with("new:"));
    assert_eq!(new.count(), others, "nothing that was held comes twice");
}

#[test]
fn what_has_expired_or_does_not_match_is_left_out_and_stays() {
    let mut store = store(10.0);
    for (name, now) in [("a:1", 0.0), ("a:2", 5.0), ("b:1", 5.0)] {
        insert(&mut store, name, now);
    }
    assert_eq!(scan(&mut store, 1, "a:*", 11.0, |_| {}), ["a:2"]);
    assert_eq!(scan(&mut store, 9, "*:1", 10.0, |_| {}), ["a:1", "b:1"]);
    assert_eq!(store.len(), 3);
    assert_eq!(store.stats(), Stats::default());
}

#[test]
fn a_scan_of_a_cache_that_was_cleared_meanwhile_ends() {
    for left in [0, 1, 100, 129, 150, 199] {
        let mut store = store(0.0);
        for i in 0..300 {
            insert(&mut store, &format!("old:{i}"), 0.0);
        }
        let scanned = scan(&mut store, 200, "old:*", 0.0, |store| {
            drop(store.clear());
            for i in 0..left {
                insert(store, &format!("new:{i}"), 0.0);
            }
        });
        assert_eq!(scanned.len(), 200, "before the slots started anew");
    }
}
