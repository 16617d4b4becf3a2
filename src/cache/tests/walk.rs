//! Walks: every entry comes once, in the order of use, whatever else is done with the store meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::cache::Side;

fn store(max_size: f64, eviction: Eviction) -> Store {
    let limits = Limits {
        max_size,
        max_weight: 0.0,
        ttl: 0.0,
    };
    Store::with_options(limits, Lifetimes::default(), eviction)
}

fn evictions() -> impl Strategy<Value = Eviction> {
    prop::sample::select(vec![Eviction::Lru, Eviction::S3Fifo])
}

fn name(number: u32) -> Vec<u8> {
    format!("key {number}").into_bytes()
}

fn set(store: &mut Store, number: u32) {
    let key = name(number);
    store.set(Units::Narrow(&key), 0.0, 0.0, None).unwrap();
}

/// The numbers of the keys that a walk has visited, in the order that it tells.
#[derive(Default)]
struct Visited {
    before: Vec<Vec<u32>>,
    after: Vec<Vec<u32>>,
}

impl Visited {
    fn step(&mut self, store: &mut Store, most: usize) -> bool {
        let Some((slots, side)) = store.walk_some(most, &0.0) else {
            return false;
        };
        let numbers = slots.iter().map(|&slot| number_of(store, slot)).collect();
        match side {
            Side::Before => self.before.push(numbers),
            Side::After => self.after.push(numbers),
        }
        true
    }

    fn in_order(self) -> Vec<u32> {
        let before = self.before.into_iter().rev();
        before.chain(self.after).flatten().collect()
    }
}

fn number_of(store: &Store, slot: Slot) -> u32 {
    let Units::Narrow(bytes) = store.key_at(slot) else {
        panic!("keys are narrow");
    };
    String::from_utf8_lossy(&bytes[4..]).parse().unwrap()
}

fn keys(store: &Store) -> Vec<u32> {
    store
        .keys()
        .map(|(slot, _)| number_of(store, slot))
        .collect()
}

proptest! {
    #[test]
    fn an_undisturbed_walk_tells_the_order_of_use_and_leaves_it(
        eviction in evictions(),
        size in 0u32..200,
        uses in prop::collection::vec(0u32..200, 0..100),
        most in 1usize..30,
    ) {
        let mut store = store(0.0, eviction);
        (0..size).for_each(|number| set(&mut store, number));
        for number in uses {
            store.get(Units::Narrow(&name(number)), &0.0);
        }
        let expected = keys(&store);
        while !store.begin_walk() {}
        let mut visited = Visited::default();
        while visited.step(&mut store, most) {
            store.validate();
            prop_assert_eq!(&keys(&store), &expected);
        }
        prop_assert_eq!(visited.in_order(), expected);
    }

    #[test]
    fn what_is_held_throughout_a_walk_comes_exactly_once(
        eviction in evictions(),
        max_size in prop::sample::select(vec![0.0, 10.0, 60.0]),
        size in 0u32..200,
        uses in prop::collection::vec(0u32..200, 0..100),
        steps in prop::collection::vec((0u8..4, 0u32..260), 0..300),
        most in 1usize..10,
    ) {
        let mut store = store(max_size, eviction);
        (0..size).for_each(|number| set(&mut store, number));
        for number in uses {
            store.get(Units::Narrow(&name(number)), &0.0);
        }
        let mut held: BTreeSet<u32> = keys(&store).into_iter().collect();
        while !store.begin_walk() {}
        let mut visited = Visited::default();
        for (kind, number) in steps {
            let key = name(number);
            match kind {
                0 => set(&mut store, number),
                1 => drop(store.get(Units::Narrow(&key), &0.0)),
                2 => drop(store.remove(Units::Narrow(&key))),
                _ => drop(visited.step(&mut store, most)),
            }
            store.validate();
            // What was removed or evicted does not come back by coming again.
            let present: BTreeSet<u32> = keys(&store).into_iter().collect();
            held.retain(|number| present.contains(number));
        }
        while visited.step(&mut store, most) {}
        prop_assert!(!visited.step(&mut store, most));
        let mut times: BTreeMap<u32, usize> = BTreeMap::new();
        for number in visited.in_order() {
            *times.entry(number).or_default() += 1;
        }
        for number in &held {
            prop_assert_eq!(times.get(number), Some(&1), "key {}", number);
        }
    }

    #[test]
    fn a_walk_that_is_given_up_changes_nothing(
        eviction in evictions(),
        size in 0u32..200,
        taken in 0usize..20,
    ) {
        let mut store = store(0.0, eviction);
        (0..size).for_each(|number| set(&mut store, number));
        while !store.begin_walk() {}
        let mut visited = Visited::default();
        for _ in 0..taken {
            visited.step(&mut store, 7);
        }
        store.end_walk();
        prop_assert!(!visited.step(&mut store, 7));
        prop_assert_eq!(keys(&store), (0..size).collect::<Vec<_>>());
        store.validate();
        let mut again = Visited::default();
        while !store.begin_walk() {}
        while again.step(&mut store, 7) {}
        prop_assert_eq!(again.in_order(), (0..size).collect::<Vec<_>>());
    }
}
