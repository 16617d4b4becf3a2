//! Keys with a prefix: what is listed, counted and removed.

use super::*;
use crate::cache::Pattern;

fn filled(shards: u32, entries: usize) -> Handle {
    let registry = Arc::new(Registry::default());
    let handle = open(
        &registry,
        &Wanted {
            max_size: Some(0.0),
            shards: Some(shards),
            ..OPTIONS
        },
    );
    for i in 0..entries {
        set(&handle.store, &format!("a:{i}"), bytes("value"));
        set(&handle.store, &format!("b:{i}"), Value::Number(1.0));
    }
    handle
}

#[test]
fn lists_and_tallies_see_what_begins_with_the_prefix_and_nothing_else() {
    for shards in [1, 7] {
        let handle = filled(shards, 9_000);
        let store = &handle.store;
        let a = Pattern::prefix(&code_units("a:"));
        let listing = store.list(&a, true, 1_000.0);
        assert_eq!(listing.entries().len(), 9_000);
        assert!(
            listing
                .entries()
                .all(|(_, value)| value == Some(&bytes("value")))
        );
        let all = store.tally(&Pattern::prefix(&[]));
        assert_eq!(all.entries, 18_000);
        assert_eq!(all.weight, store.metrics().bytes as f64);
        let tally = store.tally(&a);
        assert_eq!(tally.entries, 9_000);
        let (removed, _) = store.remove_matching(&a, Happened::Cleared, None);
        assert_eq!(removed, 9_000);
        assert_eq!(store.metrics().bytes as f64, all.weight - tally.weight);
        assert_eq!(store.tally(&a).entries, 0);
    }
}
