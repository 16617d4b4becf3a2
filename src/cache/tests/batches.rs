//! Steps that are parts of a batch: what each does by itself, and what is left when JavaScript is cut off
//! before it has dropped or stored the values.

use super::*;

/// What a batch does with each of its keys.
#[derive(Clone, Copy, Debug)]
pub(super) enum Many {
    Get,
    Has,
    Remove,
    /// Writes; whether the facade has stored the values.
    Set(bool),
}

pub(super) fn many() -> impl Strategy<Value = Many> {
    prop::sample::select(vec![
        Many::Get,
        Many::Has,
        Many::Remove,
        Many::Set(true),
        Many::Set(false),
    ])
}

pub(super) fn check_batch(
    model: &mut Model,
    subject: &mut Subject,
    many: Many,
    keys: &[String],
    now: f64,
    interrupted: bool,
) {
    let mut written = Vec::new();
    for key in keys {
        match many {
            Many::Get => {
                let expected = model.lookup(key, now, true);
                match expected {
                    "hit" => model.stats.hits += 1,
                    _ => model.stats.misses += 1,
                }
                let slot = units(key, |key| subject.store.get_in_batch(key, &now));
                assert_eq!(slot.is_some(), expected == "hit");
                assert!(slot.is_none_or(|slot| subject.values[&slot] == *key));
            }
            Many::Has => {
                let expected = model.lookup(key, now, false);
                let slot = units(key, |key| subject.store.has_in_batch(key, &now));
                assert_eq!(slot.is_some(), expected == "hit");
            }
            Many::Remove => {
                let expected = model.take(key).is_some();
                let slot = units(key, |key| subject.store.remove_in_batch(key));
                assert_eq!(slot.is_some(), expected);
                assert!(slot.is_none_or(|slot| subject.store.freed().contains(&slot)));
            }
            Many::Set(_) => {
                let expected = model.set(key, 0.0, now, None);
                assert_eq!(subject.set(key, 0.0, now, None, true), expected);
                written.extend(units(key, |key| subject.store.peek(key, &now)));
            }
        }
    }
    if let Many::Set(false) = many {
        subject.store.free_all(&written);
        for key in keys {
            model.take(key);
        }
    }
    if !interrupted {
        subject.drop_freed();
    }
}
