//! Entries of many lifetimes with different graces: what has expired makes room before anything valid.

use super::*;
use proptest::collection::vec;

struct Naive {
    key: String,
    expires: f64,
    grace: f64,
}

/// A store of a few entries, and what a list of them says of each.
struct Kept {
    store: Store,
    naive: Vec<Naive>,
}

impl Kept {
    fn new(max_size: f64, grace: f64) -> Self {
        let limits = Limits {
            max_size,
            max_weight: 0.0,
            ttl: 10.0,
        };
        let lifetimes = Lifetimes {
            grace,
            ..Lifetimes::default()
        };
        Kept {
            store: Store::with_options(limits, lifetimes, Eviction::Lru),
            naive: Vec::new(),
        }
    }

    fn set(&mut self, key: &str, now: f64, own: Option<Lifetime>) {
        units(key, |key| self.store.set(key, 0.0, now, own)).expect("there is room");
        self.store.recycle_freed();
        self.store.validate();
        let lifetime = own.unwrap_or(Lifetime::new(10.0, self.store.grace));
        let (key, grace) = (key.to_owned(), lifetime.grace());
        let expires = now + lifetime.ttl();
        self.naive.retain(|entry| entry.key != key);
        self.naive.push(Naive {
            key,
            expires,
            grace,
        });
    }

    /// The entries that are gone since; how many of them had expired, and how many had not.
    fn gone(&mut self, now: f64) -> (usize, usize) {
        let keys: Vec<String> = self.store.keys().map(|(_, key)| text(key)).collect();
        let gone = self
            .naive
            .extract_if(.., |entry| !keys.contains(&entry.key));
        let gone: Vec<Naive> = gone.collect();
        let expired = gone.iter().filter(|entry| entry.expires < now).count();
        (expired, gone.len() - expired)
    }

    fn expired(&self, now: f64) -> usize {
        let expired = self.naive.iter().filter(|entry| entry.expires < now);
        expired.count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_valid_is_evicted_while_something_expired_is_held(
        base_grace in prop::sample::select(vec![0.0, 5.0, f64::INFINITY]),
        // Key, time to live and grace (none: the store's), and how much later it is.
        steps in vec(
            (0..30u32, prop::option::of((1..40u32, 0..3usize)), 0..6u32),
            1..200,
        ),
    ) {
        let mut kept = Kept::new(8.0, base_grace);
        let mut now = 100.0;
        for (key, own, later) in steps {
            now += f64::from(later);
            let own = own.map(|(ttl, grace)| {
                Lifetime::new(f64::from(ttl), [0.0, 5.0, f64::INFINITY][grace])
            });
            let before = kept.store.stats();
            kept.set(&key.to_string(), now, own);
            let (expired, valid) = kept.gone(now);
            let stats = kept.store.stats();
            prop_assert_eq!(stats.expirations - before.expirations, expired as u64);
            prop_assert_eq!(stats.evictions - before.evictions, valid as u64);
            if valid > 0 {
                prop_assert_eq!(kept.expired(now), 0, "something has expired");
            }
            let due = kept.naive.iter().map(|entry| entry.expires + entry.grace);
            prop_assert_eq!(kept.store.next_deadline(), due.fold(f64::INFINITY, f64::min));
        }
    }
}

#[test]
fn a_heap_whose_entries_are_gone_is_given_to_another_grace() {
    let mut kept = Kept::new(0.0, 0.0);
    // The queues are taken by these.
    kept.set("a", 100.0, Some(Lifetime::new(1_000.0, 0.0)));
    kept.set("b", 100.0, Some(Lifetime::new(1_001.0, 0.0)));
    for round in 1..10u32 {
        let grace = f64::from(round) * 100.0;
        for (key, ttl) in [("later", 30.0), ("sooner", 20.0)] {
            kept.set(
                key,
                100.0,
                Some(Lifetime::new(ttl + f64::from(round), grace)),
            );
        }
        let next = kept.store.expire_kept(&135.0);
        assert!(next.is_some(), "in round {round}");
        for key in ["later", "sooner"] {
            units(key, |key| kept.store.remove(key));
        }
        kept.store.validate();
    }
}

#[test]
fn entries_of_more_graces_than_heaps_are_kept_and_go_on_time() {
    let mut kept = Kept::new(0.0, 0.0);
    for i in 0..40u32 {
        let (ttl, grace) = (f64::from(40 - i), f64::from(i % 10) * 7.0);
        kept.set(&i.to_string(), 100.0, Some(Lifetime::new(ttl, grace)));
    }
    for now in 100..220 {
        let now = f64::from(now);
        kept.store.prune(&now, usize::MAX);
        kept.store.recycle_freed();
        kept.store.validate();
        let left = kept.naive.iter();
        let left = left.filter(|entry| entry.expires + entry.grace >= now);
        assert_eq!(kept.store.len(), left.count(), "at {now}");
    }
    assert!(kept.store.is_empty());
}
