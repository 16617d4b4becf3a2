//! What is loaded is the cache that it was taken from: order, deadlines, weights, tags.

use proptest::prelude::*;

use super::*;
use crate::cache::{Lifetime, Loaded, TagList};

/// An entry, taken out of a store.
struct Taken {
    key: Vec<u8>,
    weight: f64,
    expires_at: f64,
    own: Option<Lifetime>,
    tags: TagList,
}

fn take(store: &Store, now: f64) -> Vec<Taken> {
    let valid = store.keys().filter(|&(slot, _)| store.is_valid(slot, &now));
    valid
        .map(|(slot, key)| {
            let Units::Narrow(bytes) = key else {
                panic!("keys are narrow");
            };
            let mut tags = TagList::default();
            store.tags(slot).for_each(|tag| tags.push(tag));
            Taken {
                key: bytes.to_vec(),
                weight: store.info(key, &now).unwrap().weight,
                expires_at: store.expires_at(slot),
                own: store.own_lifetime_at(slot),
                tags,
            }
        })
        .collect()
}

fn load(like: &Store, taken: &[Taken], now: f64) -> (Store, Vec<Slot>) {
    let mut store = like.empty_like();
    let loaded = |index: usize| {
        let taken: &Taken = &taken[index];
        Loaded {
            key: Units::Narrow(&taken.key),
            weight: taken.weight,
            expires_at: taken.expires_at,
            own: taken.own,
            tags: (!taken.tags.is_empty()).then_some(&taken.tags),
        }
    };
    let mut slots = store.load(taken.len(), loaded, now).unwrap();
    store.evict_loaded(&mut slots);
    (store, slots)
}

/// All that can be seen of a store without a change, but for slots.
fn seen(store: &Store, now: f64) -> Vec<(String, f64, f64, f64, Vec<String>)> {
    let text = |units: Units<'_>| format!("{units:?}");
    store
        .keys()
        .filter_map(|(slot, key)| {
            let info = store.info(key, &now)?;
            let tags = store.tags(slot).map(text).collect();
            Some((text(key), info.ttl, info.expires_at, info.weight, tags))
        })
        .collect()
}

/// The keys in the order in which they expire, of those with different deadlines.
fn deadlines(store: &mut Store) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    loop {
        let due = store.next_deadline();
        if due == f64::INFINITY {
            return found;
        }
        let mut expired = Vec::new();
        while let Some(key) = store.expire_next(&(due + 1.0)) {
            expired.push((format!("{:?}", key.units()), due));
        }
        expired.sort_by(|a, b| a.0.cmp(&b.0));
        found.extend(expired);
    }
}

fn operation() -> impl Strategy<Value = (u8, u8, u8, u8)> {
    (0u8..6, 0u8..24, any::<u8>(), 0u8..30)
}

proptest! {
    #[test]
    fn a_copy_is_what_it_was_taken_from(
        max_size in prop::sample::select(vec![0.0, 5.0, 12.0]),
        max_weight in prop::sample::select(vec![0.0, 20.0]),
        ttl in prop::sample::select(vec![0.0, 50.0]),
        operations in prop::collection::vec(operation(), 0..120),
    ) {
        let mut store = Store::new(Limits { max_size, max_weight, ttl });
        let mut now = 1_000.0;
        for (what, key, number, passes) in operations {
            now += f64::from(passes);
            let key = [b'k', key];
            let key = Units::Narrow(&key);
            match what {
                0..=2 => {
                    let own = [None, Some(0.0), Some(20.0), Some(f64::from(number))];
                    let own = own[usize::from(number) % 4].map(|ttl| store.own_lifetime(ttl));
                    let weight = f64::from(number % 7);
                    let written = store.set(key, weight, now, own).unwrap();
                    if let Written::Inserted(slot) | Written::Updated(slot) = written
                        && number % 3 == 0
                    {
                        let mut tags = TagList::default();
                        tags.push(Units::Narrow(&[b't', number % 5]));
                        store.tag(slot, &tags);
                    }
                    store.recycle_freed();
                }
                3 => drop(store.get(key, &now)),
                4 => drop(store.touch(key, None, now)),
                _ => drop(store.remove(key)),
            }
        }
        let taken = take(&store, now);
        let (mut copy, slots) = load(&store, &taken, now);
        copy.validate();
        prop_assert_eq!(seen(&copy, now), seen(&store, now));
        prop_assert!(slots.iter().all(|&slot| slot > 0));
        prop_assert_eq!(copy.stats(), Stats::default());
        while store.expire_next(&now).is_some() {}
        prop_assert_eq!(copy.weight(), store.weight());
        prop_assert_eq!(deadlines(&mut copy), deadlines(&mut store));
    }
}

#[test]
fn of_what_is_too_much_the_least_recently_used_goes() {
    let like = Store::new(Limits {
        max_size: 0.0,
        max_weight: 10.0,
        ttl: 0.0,
    });
    let taken: Vec<Taken> = [4.0, 11.0, 5.0, 3.0, 2.0]
        .iter()
        .zip(b'a'..)
        .map(|(&weight, name)| Taken {
            key: vec![name],
            weight,
            expires_at: f64::INFINITY,
            own: None,
            tags: TagList::default(),
        })
        .collect();
    let (store, slots) = load(&like, &taken, 0.0);
    store.validate();
    assert_eq!(store.weight(), 10.0);
    assert_eq!(
        slots.iter().map(|&slot| slot > 0).collect::<Vec<_>>(),
        [false, false, true, true, true]
    );
}

#[test]
fn of_entries_with_one_key_the_last_counts() {
    let like = Store::new(Limits {
        max_size: 0.0,
        max_weight: 100.0,
        ttl: 50.0,
    });
    let taken: Vec<Taken> = [(1.0, 20.0), (2.0, 30.0), (3.0, 40.0)]
        .iter()
        .zip(["a", "b", "a"])
        .map(|(&(weight, expires_at), key)| Taken {
            key: key.into(),
            weight,
            expires_at,
            own: None,
            tags: TagList::default(),
        })
        .collect();
    let (store, slots) = load(&like, &taken, 10.0);
    store.validate();
    assert_eq!((store.len(), store.weight(), slots[0]), (2, 5.0, 0));
    let info = store.info(Units::Narrow(b"a"), &10.0).unwrap();
    assert_eq!((info.weight, info.expires_at), (3.0, 40.0));
    assert_eq!(store.keys().last().map(|(slot, _)| slot), Some(slots[2]));
}
