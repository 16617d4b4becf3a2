//! The core against a naive model: random operations, every outcome and the whole state compared
//! after each. On a failure proptest prints the smallest sequence that shows it, and its seed.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use batches::{Many, check_batch, many};
use matching::{check_matching, matches_naively};
use model::{Entry, Model};
use resizing::check_resize;
use tags::{check_tagged, check_tags, some_tags};

mod batches;
mod earliest;
mod graces;
mod growth;
mod lifetimes;
mod matching;
mod model;
mod resizing;
mod scans;
mod tags;
mod walk;
mod within;

/// The core with the array of values that JavaScript keeps: here each value is its key.
struct Subject {
    store: Store,
    values: HashMap<Slot, String>,
}

fn units<R>(key: &str, body: impl FnOnce(Units<'_>) -> R) -> R {
    let wide: Vec<u16> = key.encode_utf16().collect();
    let mut scratch = vec![0; wide.len()];
    body(Units::new(&wide, &mut scratch))
}

fn text(units: Units<'_>) -> String {
    match units {
        Units::Narrow(bytes) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Units::Wide(units) => String::from_utf16(units).expect("the tests use whole characters"),
    }
}

impl Subject {
    fn name(&mut self, key: &str, lookup: Lookup) -> &'static str {
        match lookup {
            Lookup::Missing => "missing",
            Lookup::Stale => "stale",
            Lookup::Hit(slot) => {
                assert_eq!(
                    self.values[&slot], key,
                    "a hit leads to the key's own value"
                );
                "hit"
            }
            Lookup::Expired(slot) => {
                assert_eq!(self.values.remove(&slot).as_deref(), Some(key));
                "expired"
            }
        }
    }

    fn removed(&mut self, removed: Option<Key>) -> Option<String> {
        let removed = removed?;
        let key = text(removed.units());
        assert_eq!(self.values.remove(&removed.slot()).as_ref(), Some(&key));
        Some(key)
    }

    fn written(&mut self, key: &str, written: Result<Written, Full>) -> &'static str {
        match written.expect("the tests stay far below the number of slots") {
            Written::Refused => "refused",
            Written::Inserted(slot) => {
                let held = self.store.keys().filter(|&(held, _)| held == slot);
                assert_eq!(held.count(), 1, "slot {slot} was free");
                self.values.insert(slot, key.to_owned());
                "inserted"
            }
            Written::Updated(slot) => {
                assert_eq!(self.values[&slot], key);
                "updated"
            }
        }
    }

    /// What the facade does with the slots that a step has freed, unless it was interrupted.
    fn drop_freed(&mut self) {
        for slot in self.store.freed() {
            self.values.remove(slot);
        }
        self.store.recycle_freed();
    }

    /// The value goes into its slot before anything else, over one that was to be dropped.
    fn set(
        &mut self,
        key: &str,
        weight: f64,
        now: f64,
        own_ttl: Option<f64>,
        interrupted: bool,
    ) -> &'static str {
        let own = own_ttl.map(|ttl| self.store.own_lifetime(ttl));
        let written = units(key, |key| self.store.set(key, weight, now, own));
        if let Ok(Written::Inserted(slot)) = written {
            assert!(
                !self.store.freed().contains(&slot),
                "the value of an entry is not to be dropped"
            );
            self.values.remove(&slot);
        }
        let outcome = self.written(key, written);
        if !interrupted {
            self.drop_freed();
        }
        outcome
    }

    fn remove_matching(&mut self, pattern: &Pattern, interrupted: bool) -> usize {
        match self.store.remove_matching(pattern) {
            Removed::All(remains) => {
                self.values.clear();
                remains.entries()
            }
            Removed::Some(count) => {
                assert!(self.store.freed().len() >= count);
                if !interrupted {
                    self.drop_freed();
                }
                count
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Op {
    Get(String),
    Has(String),
    Set(String, f64, Option<f64>, bool),
    Touch(String, Option<f64>),
    Look(String),
    Insert(String, f64, Option<f64>),
    Remove(String),
    Batch(Many, Vec<String>, bool),
    Evict(String),
    EvictNext(String, f64),
    ExpireNext,
    Prune(usize, bool),
    Prefix(String, bool),
    Wildcard(String, bool),
    SetTagged(String, Vec<&'static str>, bool),
    Tagged(Vec<&'static str>, String, bool),
    Clear,
    Resize(Limits),
    ResetStats,
    Wait(f64),
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec!["a", "b", "c", "ab", "abc", "b:1", "b:2", "c:1", "", "\0"]),
        1 => prop::sample::select(vec!["é", "Ł", "A", "\u{ff}", "\u{100}", "😀", "😀a"]),
        1 => Just("k".repeat(38).leak() as &str),
        1 => Just("k".repeat(39).leak() as &str),
        1 => Just("Ł".repeat(20).leak() as &str),
    ]
    .prop_map(str::to_owned)
}

fn weight() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![0.0, 0.1, 0.2, 0.3, 1.0, 2.5, 7.0])
}

/// Whether JavaScript is cut off after the step, before it has dropped the values of freed slots.
fn interrupted() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.1)
}

fn own_ttl() -> impl Strategy<Value = Option<f64>> {
    prop::sample::select(vec![None, Some(0.0), Some(2.0), Some(5.0), Some(100.0)])
}

fn rarely_own_ttl() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![4 => Just(None), 1 => own_ttl()]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => key().prop_map(Op::Get),
        2 => key().prop_map(Op::Has),
        9 => (key(), weight(), rarely_own_ttl(), interrupted())
            .prop_map(|(key, weight, ttl, cut)| Op::Set(key, weight, ttl, cut)),
        2 => (key(), own_ttl()).prop_map(|(key, ttl)| Op::Touch(key, ttl)),
        2 => key().prop_map(Op::Look),
        2 => (key(), weight(), own_ttl()).prop_map(|(key, weight, ttl)| Op::Insert(key, weight, ttl)),
        2 => key().prop_map(Op::Remove),
        3 => (many(), prop::collection::vec(key(), 0..6), interrupted())
            .prop_map(|(many, keys, cut)| Op::Batch(many, keys, cut)),
        1 => key().prop_map(Op::Evict),
        1 => (key(), weight()).prop_map(|(key, weight)| Op::EvictNext(key, weight)),
        1 => Just(Op::ExpireNext),
        1 => (0usize..4, interrupted()).prop_map(|(most, cut)| Op::Prune(most, cut)),
        1 => (key(), interrupted()).prop_map(|(key, cut)| Op::Prefix(key, cut)),
        1 => (prop::sample::select(vec!["*", "b:*", "*1", "a*c", "*b*", "", "**"]), interrupted())
            .prop_map(|(pattern, cut)| Op::Wildcard(pattern.to_owned(), cut)),
        4 => (key(), some_tags(), interrupted())
            .prop_map(|(key, tags, cut)| Op::SetTagged(key, tags, cut)),
        1 => (some_tags(), prop::sample::select(vec!["", "b:"]), interrupted())
            .prop_map(|(tags, prefix, cut)| Op::Tagged(tags, prefix.to_owned(), cut)),
        1 => Just(Op::Clear),
        1 => limits().prop_map(Op::Resize),
        1 => Just(Op::ResetStats),
        4 => prop::sample::select(vec![0.0, 0.5, 1.0, 4.0, 11.0, -1.0]).prop_map(Op::Wait),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (
        prop::sample::select(vec![0.0, 1.0, 2.0, 2.5, 5.0, f64::INFINITY]),
        prop::sample::select(vec![0.0, 0.0, 1.0, 6.5, f64::INFINITY]),
        prop::sample::select(vec![0.0, 1.0, 10.0, f64::INFINITY]),
    )
        .prop_map(|(max_size, max_weight, ttl)| Limits {
            max_size,
            max_weight,
            ttl,
        })
}

fn step(model: &mut Model, subject: &mut Subject, op: &Op, now: &mut f64) {
    match op {
        Op::Get(key) => {
            let expected = model.lookup(key, *now, true);
            match expected {
                "hit" => model.stats.hits += 1,
                "missing" => model.stats.misses += 1,
                _ => {}
            }
            let lookup = units(key, |key| subject.store.get(key, now));
            assert_eq!(subject.name(key, lookup), expected);
        }
        Op::Has(key) => {
            let present = model.find(key).is_some();
            assert_eq!(units(key, |key| subject.store.contains(key)), present);
            let expected = model.lookup(key, *now, false);
            let lookup = units(key, |key| subject.store.has(key, now));
            assert_eq!(subject.name(key, lookup), expected);
        }
        Op::Set(key, weight, ttl, interrupted) => {
            let ttl = own_ttl_of(model, *ttl);
            let exceeds = units(key, |key| subject.store.exceeds(key, *weight));
            assert_eq!(exceeds, model.exceeds(key, *weight));
            let expected = model.set(key, *weight, *now, ttl);
            assert_eq!(subject.set(key, *weight, *now, ttl, *interrupted), expected);
        }
        Op::Insert(key, weight, ttl) => {
            let ttl = own_ttl_of(model, *ttl);
            let own = ttl.map(|ttl| subject.store.own_lifetime(ttl));
            let written = units(key, |key| subject.store.insert(key, *weight, *now, own));
            let expected = model.insert(key, *weight, *now, ttl);
            assert_eq!(subject.written(key, written), expected);
        }
        Op::Touch(key, ttl) => {
            let ttl = own_ttl_of(model, *ttl);
            let touched = units(key, |key| subject.store.touch(key, ttl, *now));
            assert_eq!(touched.is_some(), model.touch(key, ttl, *now));
        }
        Op::Look(key) => {
            let expected = model
                .find(key)
                .filter(|entry| !model.has_expired(entry, *now));
            let peeked = units(key, |key| subject.store.peek(key, now));
            assert_eq!(
                peeked.map(|slot| subject.values[&slot].as_str()),
                expected.map(|entry| entry.key.as_str())
            );
            let info = units(key, |key| subject.store.info(key, now));
            assert_eq!(info.map(|info| info.slot), peeked);
            if let (Some(info), Some(entry)) = (info, expected) {
                let ttl = entry.own_ttl.unwrap_or(model.limits.ttl);
                let forever = ttl == 0.0 || ttl.is_infinite();
                assert_eq!(info.weight, entry.weight);
                assert_eq!(info.start.is_nan(), forever);
                if forever {
                    assert_eq!((info.ttl, info.expires_at), (f64::INFINITY, f64::INFINITY));
                } else {
                    let written = entry.written;
                    assert_eq!((info.ttl, info.start), (ttl, written));
                    assert_eq!(info.expires_at, written + ttl);
                }
            }
        }
        Op::Remove(key) => {
            let removed = units(key, |key| subject.store.remove(key));
            let expected = model.take(key).map(|entry| entry.key);
            assert_eq!(subject.removed(removed), expected);
        }
        Op::Batch(many, keys, cut) => check_batch(model, subject, *many, keys, *now, *cut),
        Op::Evict(key) => {
            let evicted = units(key, |key| subject.store.evict(key));
            let expected = model.take(key).map(|entry| entry.key);
            model.stats.evictions += u64::from(expected.is_some());
            assert_eq!(subject.removed(evicted), expected);
        }
        Op::EvictNext(key, weight) => {
            let evicted = units(key, |key| subject.store.evict_next(key, *weight));
            assert_eq!(subject.removed(evicted), model.evict_next(key, *weight));
        }
        Op::ExpireNext => {
            let expired = subject.store.expire_next(now);
            let expired = subject.removed(expired);
            assert_eq!(expired, model.expire_next(*now, expired.as_deref()));
        }
        Op::Prune(most, interrupted) => {
            let before = subject.store.freed().len();
            let count = subject.store.prune(now, *most);
            for slot in &subject.store.freed()[before..] {
                let expired = subject.values.get(slot).cloned();
                assert_eq!(expired, model.expire_next(*now, expired.as_deref()));
            }
            assert_eq!(subject.store.freed().len(), before + count);
            if count < *most {
                assert_eq!(
                    model.expire_next(*now, None),
                    None,
                    "nothing expired is left"
                );
            }
            if !interrupted {
                subject.drop_freed();
            }
        }
        Op::Prefix(prefix, cut) => check_matching(model, subject, prefix, false, *cut),
        Op::Wildcard(pattern, cut) => check_matching(model, subject, pattern, true, *cut),
        Op::SetTagged(key, tags, cut) => {
            let expected = model.set(key, 0.5, *now, None);
            assert_eq!(subject.set(key, 0.5, *now, None, *cut), expected);
            tags::tag(model, subject, key, tags);
        }
        Op::Tagged(tags, prefix, cut) => check_tagged(model, subject, tags, prefix, *cut),
        Op::Clear => {
            model.restart();
            *model = Model {
                stats: model.stats,
                ..Model::new(model.limits)
            };
            assert_eq!(subject.store.len(), subject.store.clear().entries());
            subject.values.clear();
        }
        Op::Resize(limits) => check_resize(model, subject, *limits, *now),
        Op::ResetStats => {
            model.stats = Stats::default();
            subject.store.reset_stats();
        }
        // Entries of one lifetime expire in the order of their writing: under a clock that goes back
        // that is not the order of their deadlines.
        Op::Wait(time) if *time < 0.0 && !model.own_deadlines().is_empty() => {}
        Op::Wait(time) => *now += time,
    }
}

/// Which of two own deadlines at the same time goes first is left open, and with it how a sum of
/// fractions rounds. Stores with own times to live count in whole bytes, so here they have no weights.
fn own_ttl_of(model: &Model, ttl: Option<f64>) -> Option<f64> {
    ttl.filter(|_| model.limits.max_weight == 0.0)
}

fn check_state(model: &Model, subject: &Subject) {
    let store = &subject.store;
    let keys: Vec<String> = store.keys().map(|(_, key)| text(key)).collect();
    let expected: Vec<&String> = model.entries.iter().map(|entry| &entry.key).collect();
    assert_eq!(keys.iter().collect::<Vec<_>>(), expected, "order of use");
    let (writes, own) = store.validate();
    assert_eq!(writes, model.writes, "order of writing");
    let expected = model.own_deadlines();
    assert_eq!(own.len(), expected.len(), "own times to live");
    for (key, (deadline, _)) in own.iter().zip(&expected) {
        let entry = model.find(key).expect("it is held");
        let ttl = entry.own_ttl.expect("it has its own time to live");
        assert!(
            ttl == 0.0 || entry.written + ttl == *deadline,
            "own times to live are in order"
        );
    }
    let written = model.writes.first().and_then(|key| model.find(key));
    let written = written
        .filter(|_| model.limits.ttl > 0.0)
        .map(|entry| entry.written);
    let first = expected.first().map_or(f64::INFINITY, |own| own.0);
    let deadline = first.min(written.map_or(f64::INFINITY, |time| time + model.limits.ttl));
    assert_eq!(store.next_deadline(), deadline, "next deadline");
    assert_eq!(
        store.weight().to_bits(),
        model.weight.to_bits(),
        "total weight, to the bit"
    );
    assert_eq!(store.stats(), model.stats);
    assert_eq!(store.len(), model.entries.len());
    assert_eq!(store.is_empty(), model.entries.is_empty());
    for (slot, key) in store.keys() {
        assert_eq!(
            subject.values.get(&slot).map(String::as_str),
            Some(text(key).as_str()),
            "every entry has its own value"
        );
    }
    let freed = store.freed().len();
    assert_eq!(
        subject.values.len(),
        store.len() + freed,
        "no value is left behind"
    );
    let mut scanned = 0;
    let mut from = Some(0);
    while let Some(slot) = from {
        from = store.scan(slot, 3, |_, _| scanned += 1);
    }
    assert_eq!(scanned, store.len(), "a scan in steps shows every entry");
    check_tags(model, subject);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_operation_agrees_with_the_naive_model(
        limits in limits(),
        ops in prop::collection::vec(op(), 1..300),
    ) {
        let mut model = Model::new(limits);
        let mut subject = Subject { store: Store::new(limits), values: HashMap::new() };
        let mut now = 1_000.0;
        for op in &ops {
            step(&mut model, &mut subject, op, &mut now);
            check_state(&model, &subject);
        }
    }

    #[test]
    fn wildcards_agree_with_trying_every_length(
        pattern in "[ab*Ł]{0,8}",
        key in "[abŁ]{0,12}",
    ) {
        let code_units: Vec<u16> = pattern.encode_utf16().collect();
        let chars: Vec<char> = pattern.chars().collect();
        let expected = matches_naively(&chars, &key.chars().collect::<Vec<_>>());
        let actual = units(&key, |key| Pattern::wildcard(&code_units).matches(key));
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn keys_are_equal_exactly_if_their_code_units_are(
        a in prop::collection::vec(prop_oneof![0u16..3, 255u16..258, 0xd7ffu16..0xd802], 0..45),
        b in prop::collection::vec(prop_oneof![0u16..3, 255u16..258, 0xd7ffu16..0xd802], 0..45),
    ) {
        let mut store = Store::new(Limits { max_size: 0.0, max_weight: 0.0, ttl: 0.0 });
        let (mut scratch_a, mut scratch_b) = (vec![0; a.len()], vec![0; b.len()]);
        store.insert(Units::new(&a, &mut scratch_a), 0.0, 0.0, None).expect("there is room");
        let found = store.contains(Units::new(&b, &mut scratch_b));
        prop_assert_eq!(found, a == b);
        prop_assert!(store.contains(Units::new(&a, &mut scratch_a)));
    }
}

#[test]
fn a_pattern_that_makes_backtracking_explode_takes_linear_time() {
    let key = "a".repeat(200_000) + "b";
    let pattern: Vec<u16> = "*aaaa".repeat(2_000).encode_utf16().collect();
    assert!(!units(&key, |key| Pattern::wildcard(&pattern).matches(key)));
    let pattern: Vec<u16> = ("*aaaa".repeat(2_000) + "*b").encode_utf16().collect();
    assert!(units(&key, |key| Pattern::wildcard(&pattern).matches(key)));
}

#[test]
fn an_entry_is_valid_for_exactly_its_time_to_live() {
    let limits = Limits {
        max_size: 0.0,
        max_weight: 0.0,
        ttl: 10.0,
    };
    let mut store = Store::new(limits);
    let slot = match units("k", |key| store.insert(key, 0.0, 100.0, None)) {
        Ok(Written::Inserted(slot)) => slot,
        other => panic!("expected a new entry, got {other:?}"),
    };
    assert_eq!(units("k", |key| store.get(key, &110.0)), Lookup::Hit(slot));
    assert_eq!(
        units("k", |key| store.get(key, &110.5)),
        Lookup::Expired(slot)
    );
    assert_eq!(units("k", |key| store.get(key, &110.5)), Lookup::Missing);
}
