//! Tags against the naive model, whose entries each have a list of them.

use super::*;

pub(super) const TAGS: [&str; 6] = ["user:1", "user:2", "", "é", "Ł", LONG];

const LONG: &str = "a tag that is too long for the forty bytes in place";

pub(super) fn some_tags() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(TAGS.to_vec()), 0..4)
}

pub(super) fn list(tags: &[&str]) -> TagList {
    let mut list = TagList::default();
    for tag in tags {
        units(tag, |tag| list.push(tag));
    }
    list
}

fn prefixed(prefix: &str) -> Pattern {
    Pattern::prefix(&prefix.encode_utf16().collect::<Vec<_>>())
}

/// Each once, in the order given.
fn different(tags: &[&str]) -> Vec<String> {
    let mut different: Vec<String> = Vec::new();
    for &tag in tags {
        if !different.iter().any(|known| known == tag) {
            different.push(tag.to_owned());
        }
    }
    different
}

fn carries(entry: &Entry, tags: &[&str]) -> bool {
    entry.tags.iter().any(|tag| tags.contains(&tag.as_str()))
}

fn slot_of(subject: &Subject, key: &str) -> Option<Slot> {
    let held = subject.store.keys().find(|&(_, held)| text(held) == key);
    held.map(|(slot, _)| slot)
}

/// Gives the entry that was just written its tags.
pub(super) fn tag(model: &mut Model, subject: &mut Subject, key: &str, tags: &[&str]) {
    let entry = model.entries.iter_mut().find(|entry| entry.key == key);
    let slot = slot_of(subject, key);
    assert_eq!(entry.is_some(), slot.is_some());
    if let (Some(entry), Some(slot)) = (entry, slot) {
        entry.tags = different(tags);
        let list = list(tags);
        let bytes = subject.store.tag_bytes();
        let added = subject.store.added_tag_bytes(&list);
        subject.store.tag(slot, &list);
        assert!(
            subject.store.tag_bytes() <= bytes + added,
            "no tag takes more than was said"
        );
    }
}

pub(super) fn check_tagged(
    model: &mut Model,
    subject: &mut Subject,
    tags: &[&str],
    prefix: &str,
    cut: bool,
) {
    let list = list(tags);
    let pattern = prefixed(prefix);
    // The sum of weights depends on the order of removal, which is that of slots.
    let slots = subject.store.tagged(&list, &pattern);
    let keys: Vec<String> = slots
        .iter()
        .map(|&slot| text(subject.store.key_at(slot)))
        .collect();
    let matching = model
        .entries
        .iter()
        .filter(|entry| carries(entry, tags) && entry.key.starts_with(prefix));
    let mut expected: Vec<&String> = matching.map(|entry| &entry.key).collect();
    let mut found: Vec<&String> = keys.iter().collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    if keys.len() == model.entries.len() && !keys.is_empty() {
        model.restart();
    }
    for key in &keys {
        model.take(key);
    }
    match subject.store.remove_tagged(&list, &pattern) {
        Removed::All(remains) => {
            assert_eq!(remains.entries(), keys.len());
            subject.values.clear();
        }
        Removed::Some(count) => {
            assert_eq!(count, keys.len());
            if !cut {
                subject.drop_freed();
            }
        }
    }
}

pub(super) fn check_tags(model: &Model, subject: &Subject) {
    for (slot, key) in subject.store.keys() {
        let entry = model.find(&text(key)).expect("it is held");
        let tags: Vec<String> = subject.store.tags(slot).map(text).collect();
        assert_eq!(tags, entry.tags, "tags in the order given");
        let of_key = units(&entry.key, |key| subject.store.tag_list(key));
        assert!(of_key.iter().map(text).eq(tags));
    }
    for tag in TAGS {
        let (mut seen, mut from) = (0, Some(0));
        while let Some(slot) = from {
            from = units(tag, |tag| {
                subject.store.visit_tagged(tag, slot, 2, |_, _| seen += 1)
            });
        }
        let expected = model.entries.iter().filter(|entry| carries(entry, &[tag]));
        assert_eq!(seen, expected.count(), "a walk in steps shows every entry");
    }
}

#[test]
fn a_cache_without_tags_takes_no_byte_for_them_and_one_that_is_cleared_neither() {
    let mut store = Store::new(Limits {
        max_size: 0.0,
        max_weight: 0.0,
        ttl: 0.0,
    });
    let written = units("k", |key| store.insert(key, 0.0, 0.0, None));
    let Ok(Written::Inserted(slot)) = written else {
        panic!("there is room");
    };
    let before = store.bytes();
    store.tag(slot, &TagList::default());
    assert_eq!((store.bytes(), store.tags.is_none()), (before, true));
    store.tag(slot, &list(&["a", LONG]));
    assert!(store.bytes() > before + LONG.len());
    drop(store.clear());
    assert!(store.bytes() <= before && store.tags.is_none());
}

#[test]
fn numbers_of_tags_that_nobody_carries_are_used_again() {
    let mut store = Store::new(Limits {
        max_size: 3.0,
        max_weight: 0.0,
        ttl: 0.0,
    });
    let mut bytes = 0;
    for i in 0..2_000 {
        let name = format!("{i:04}");
        let written = units(&name, |key| store.set(key, 0.0, 0.0, None));
        let Ok(Written::Inserted(slot)) = written else {
            panic!("there is room");
        };
        store.recycle_freed();
        store.tag(slot, &list(&["common", &name, &(LONG.to_owned() + &name)]));
        store.validate();
        if i == 999 {
            bytes = store.bytes();
        }
    }
    assert_eq!(store.bytes(), bytes);
}
