//! The raw callbacks for many keys at once.
//!
//! The facade passes one string of all keys, and their lengths in the integers of the batch, in whose
//! places the callback leaves what it answers for each: less than half of what a string value for each key
//! costs. How a batch of shared caches is answered is in [`super::shared_batches`].

use std::cell::Cell;

use napi::sys;

use super::hot::{FREED, written_flags, written_result};
use super::raw::{self, Call, Failure, Outcome, UNDEFINED, callbacks};
use super::table::{Cache, change_cache, note_filled, note_unfilled};
use super::tags::{tag_written, tags_argument};
use crate::cache::{Slot, Units};

callbacks! { export_batches:
    /// `getMany(id, text, count)`: for each key the slot of a valid entry, else 0. Answers whether there are
    /// freed slots.
    c"getMany" get_many(call: 3) {
        answer_many(call, |cache, keys| {
            let now = cache.now();
            keys.each(|key| slot_or_none(cache.store.get_in_batch(key, &now)));
            !cache.store.freed().is_empty()
        })
    }

    /// `hasMany(id, text, count)`: the same, without use.
    c"hasMany" has_many(call: 3) {
        answer_many(call, |cache, keys| {
            let now = cache.now();
            keys.each(|key| slot_or_none(cache.store.has_in_batch(key, &now)));
            !cache.store.freed().is_empty()
        })
    }

    /// `deleteMany(id, text, count)`: for each key the slot that it had, else 0. Answers whether there are
    /// other freed slots than these.
    c"deleteMany" delete_many(call: 3) {
        answer_many(call, |cache, keys| {
            let others = !cache.store.freed().is_empty();
            keys.each(|key| slot_or_none(cache.store.remove_in_batch(key)));
            others
        })
    }

    /// `setMany(id, text, count, ttl, tags?)`: for each key what `set` answers, and whether there are freed slots.
    /// Without a `filled` what was written is gone with the next step on any cache.
    c"setMany" set_many(call: 5) {
        let ttl = call.number_unless_nan(3)?;
        let tags = tags_argument(call, 4)?;
        let mut full = None;
        let answered = answer_many(call, |cache, keys| {
            let own = cache.own_lifetime(ttl);
            let now = cache.now_for(own);
            keys.each(|key| {
                let written = cache.store.set(key, 0.0, now, own);
                tag_written(cache, written, tags.as_ref());
                written_flags(written, false).unwrap_or_else(|error| {
                    full = Some(Err(error));
                    0
                })
            });
            !cache.store.freed().is_empty()
        })?;
        let written = call.batch(call.uint(2)? as usize);
        note_unfilled(call.uint(0)?, written.iter().map(|flags| (flags.get() >> 2) as Slot));
        match full {
            Some(error) => written_result(call, Some(error)),
            None => Ok(answered),
        }
    }

    /// `filled()`: the values of what `setMany` has written are stored.
    c"filled" filled(_call: 0) {
        note_filled();
        UNDEFINED
    }
}

/// Runs a step on a cache with all keys of a batch; answers [`FREED`] if it returns true, else 0.
fn answer_many<const N: usize>(
    call: &Call<N>,
    step: impl FnOnce(&mut Cache, Keys<'_>) -> bool,
) -> Outcome {
    let id = call.uint(0)?;
    let freed = with_keys(call, |keys| {
        Ok(change_cache(call.env, id, |cache| step(cache, keys)))
    })?;
    call.answer(if freed { FREED } else { 0 })
}

/// Runs `body` on the keys given by the second argument, a string, and the third, their number.
pub(super) fn with_keys<const N: usize, R>(
    call: &Call<N>,
    body: impl FnOnce(Keys<'_>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let places = call.batch(call.uint(2)? as usize);
    call.with_text(1, |text| body(Keys { text, places }))
}

/// The keys of a batch: each has its length at its place until it is answered.
pub(super) struct Keys<'a> {
    text: Units<'a>,
    places: &'a [Cell<i32>],
}

impl Keys<'_> {
    /// Answers for each key in turn.
    ///
    /// # Panics
    /// If the lengths are not those of the text.
    pub(super) fn each(self, mut answer: impl FnMut(Units<'_>) -> i32) {
        let mut start = 0;
        match self.text {
            Units::Narrow(bytes) => {
                for place in self.places {
                    let end = start + place.get() as usize;
                    place.set(answer(Units::Narrow(&bytes[start..end])));
                    start = end;
                }
            }
            Units::Wide(units) => {
                // A key of its own may be narrow.
                let mut scratch = vec![0; units.len()];
                for place in self.places {
                    let end = start + place.get() as usize;
                    place.set(answer(Units::new(&units[start..end], &mut scratch)));
                    start = end;
                }
            }
        }
    }
}

fn slot_or_none(slot: Option<Slot>) -> i32 {
    slot.map_or(0, |slot| slot as i32)
}
