//! What a cache takes, and how it grows.

use super::*;

#[test]
fn a_table_that_is_followed_by_a_larger_one_keeps_every_entry_and_the_order_of_use() {
    let mut store = Store::new(Limits {
        max_size: 0.0,
        max_weight: 0.0,
        ttl: 0.0,
    });
    let mut order: Vec<String> = Vec::new();
    for i in 0..5_000 {
        let name = i.to_string();
        units(&name, |key| store.insert(key, 0.0, 0.0, None)).expect("there is room");
        order.push(name);
        // Uses and removals while entries are on their way: old ones and recent ones.
        for at in [i / 3, order.len() - 1] {
            let used = order.remove(at % order.len());
            let lookup = units(&used, |key| store.get(key, &0.0));
            assert!(matches!(lookup, Lookup::Hit(_)), "{used} after {i}");
            order.push(used);
        }
        if i % 7 == 0 {
            let removed = order.remove(order.len() / 2);
            assert!(units(&removed, |key| store.remove(key)).is_some());
            assert!(units(&removed, |key| store.remove(key)).is_none());
        }
        if i % 500 == 0 || (14..40).contains(&i) {
            let held: Vec<String> = store.keys().map(|(_, key)| text(key)).collect();
            assert_eq!(held, order, "after {i}");
            store.validate();
        }
    }
}

#[test]
fn no_table_is_grown_or_cleaned_up_as_a_whole_however_many_entries_come_and_go() {
    for max_size in [100_u32, 430, 440, 700, 870, 896] {
        let mut store = Store::new(Limits {
            max_size: f64::from(max_size),
            max_weight: 0.0,
            ttl: 0.0,
        });
        for i in 0..max_size * 20 {
            units(&i.to_string(), |key| store.set(key, 0.0, 0.0, None)).expect("there is room");
            store.recycle_freed();
            store
                .policy
                .validate(&store.deadlines.slots, &store.weights);
            // A part goes at once, and comes again.
            if i % (max_size * 5) == 0 {
                for old in i.saturating_sub(max_size / 2)..i {
                    units(&old.to_string(), |key| store.remove(key));
                }
            }
        }
        store.validate();
    }
}

#[test]
fn a_cache_of_one_entry_takes_less_than_a_kilobyte() {
    let mut store = Store::new(Limits {
        max_size: 100.0,
        max_weight: 0.0,
        ttl: 10.0,
    });
    units("k", |key| store.insert(key, 0.0, 0.0, None)).expect("there is room");
    assert!(
        store.bytes() + size_of::<Store>() < 1_000,
        "{} bytes",
        store.bytes()
    );
}

#[test]
fn an_entry_takes_one_cache_line_and_the_smallest_node_that_two_links_allow() {
    assert_eq!(slots::Slots::RECORD_BYTES, 64);
    // `lru` adds two pointers: 24 bytes, a 32-byte class with the allocator's word.
    assert_eq!(size_of::<key::Handle>(), 8);
}

#[test]
fn the_estimate_of_memory_follows_growth_and_clear() {
    let mut store = Store::new(Limits {
        max_size: 0.0,
        max_weight: 0.0,
        ttl: 0.0,
    });
    let empty = store.bytes();
    for i in 0..1_000 {
        units(&format!("key:{i}"), |key| store.insert(key, 0.0, 0.0, None)).expect("there is room");
    }
    assert!(store.bytes() >= empty + 1_000 * 80);
    let long = "x".repeat(100_000);
    let before = store.bytes();
    units(&long, |key| store.insert(key, 0.0, 0.0, None)).expect("there is room");
    assert!(store.bytes() >= before + 100_000);
    units(&long, |key| store.remove(key)).expect("it was there");
    assert!(store.bytes() < before + 100_000);
    drop(store.clear());
    assert_eq!(store.bytes(), empty);
}
