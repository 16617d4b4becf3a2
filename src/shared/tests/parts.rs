//! How the limits of a store are divided among its shards after it was loaded.

use proptest::prelude::*;

use super::super::loading::Loading;
use super::super::options::Options;
use super::*;
use crate::cache::Limits;
use crate::snapshot::{Code, Control, Entries};

fn options(max_size: f64, max_bytes: f64) -> Options {
    Options::with_defaults(&Wanted {
        max_size: Some(max_size),
        max_bytes: Some(max_bytes),
        ..OPTIONS
    })
}

proptest! {
    #[test]
    fn parts_add_up_and_none_is_less_than_three_quarters_of_an_equal_one(
        held in prop::collection::vec(0usize..300, 1..20),
        spare in 0usize..100,
    ) {
        let total = held.iter().sum::<usize>() + spare;
        prop_assume!(total >= held.len());
        let options = options(total as f64, 0.0);
        let parts = options.of_shards_with(&held, &held);
        let sum: f64 = parts.iter().map(|part| part.max_size).sum();
        prop_assert_eq!(sum, total as f64);
        let mut all_fit = true;
        let mut any_has_given_all = false;
        for ((index, part), &held) in (0u32..).zip(&parts).zip(&held) {
            let equal = options.of_shard(index, parts.len() as u32).max_size;
            prop_assert!(part.max_size >= (equal * 0.75).max(1.0));
            prop_assert!(part.max_size >= equal.min(held as f64));
            prop_assert!(part.max_size <= equal.max(held as f64));
            all_fit &= held as f64 <= part.max_size;
            any_has_given_all |= part.max_size == equal - (equal / 4.0).floor();
            prop_assert_eq!(part.max_weight, f64::INFINITY);
        }
        prop_assert!(all_fit || any_has_given_all);
    }
}

#[test]
fn parts_of_bytes_follow_what_is_held_and_no_limit_stays_none() {
    let limits = options(0.0, 1_000.0).of_shards_with(&[5, 5], &[600, 300]);
    let of = |limits: &[Limits], part: fn(&Limits) -> f64| -> Vec<f64> {
        limits.iter().map(part).collect()
    };
    assert_eq!(of(&limits, |part| part.max_weight), [600.0, 400.0]);
    assert_eq!(of(&limits, |part| part.max_size), [0.0, 0.0]);
    let limits = options(0.0, 1_000.0).of_shards_with(&[5, 5], &[900, 0]);
    assert_eq!(of(&limits, |part| part.max_weight), [625.0, 375.0]);
}

#[test]
fn a_full_store_of_many_shards_is_loaded_whole_and_holds_no_more_afterwards() {
    let registry = Arc::default();
    for (max_size, max_bytes) in [(Some(2_000.0), None), (Some(0.0), Some(2_000.0 * 280.0))] {
        let wanted = Wanted {
            max_size,
            max_bytes,
            shards: Some(16),
            ..OPTIONS
        };
        let handle = open(&registry, &wanted);
        let store = &handle.store;
        let mut entries = Entries::default();
        for number in 0..2_000 {
            // 239 bytes beside these: 280 for an entry.
            let name = format!("{number:041}");
            let value = Value::Number(f64::from(number));
            entries.push(key(&name), value, f64::INFINITY, None, Default::default());
        }
        let how = Loading {
            now: 1_000.0,
            strict: true,
            takes_grace: false,
        };
        let loaded = store.load(&entries, how, &Control::default(), None);
        assert_eq!(loaded.expect("the whole fits").0, 2_000);
        for number in 0..2_000 {
            let name = format!("{:041}", number + 10_000);
            set(store, &name, Value::Number(0.0));
            let metrics = store.metrics();
            assert!(metrics.entries <= 2_000, "{} entries", metrics.entries);
            if let Some(most) = max_bytes {
                assert!(metrics.bytes as f64 <= most, "{} bytes", metrics.bytes);
            }
        }
    }
}

#[test]
fn an_entry_too_large_for_its_shard_is_not_left_out_in_silence() {
    let registry = Arc::default();
    let wanted = Wanted {
        max_bytes: Some(4_000.0),
        shards: Some(4),
        ..OPTIONS
    };
    let handle = open(&registry, &wanted);
    set(&handle.store, "held", bytes("before"));
    let mut entries = Entries::default();
    let value = Value::Bytes(9, vec![0; 2_000].into());
    entries.push(key("large"), value, 2_000.0, None, Default::default());
    let how = |strict, now| Loading {
        now,
        strict,
        takes_grace: false,
    };
    let control = Control::default();
    let load = |strict, now| {
        let loaded = handle
            .store
            .load(&entries, how(strict, now), &control, None);
        loaded.map(|(count, _)| count)
    };
    let refused = load(true, 2_000.0);
    assert_eq!(refused.expect_err("it is too large").code, Code::TooLarge);
    assert_eq!(value_of(&handle.store, "held"), Some(bytes("before")));
    assert_eq!(load(false, 2_000.0), Ok(0));
    assert_eq!(load(true, 2_001.0), Ok(0), "it has expired");
}
