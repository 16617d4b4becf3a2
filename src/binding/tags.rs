//! Tags as arguments of raw callbacks, and the write of an entry with tags.
//! Steps on many entries are in [`super::cold_tags`].

use std::ptr;

use napi::sys;

use super::hot::{on_key, written_flags, written_result};
use super::raw::{self, Call, Failure, callbacks, check};
use super::table::Cache;
use crate::cache::{Full, TagList, Written};

callbacks! { export_tags:
    /// `setTagged(id, key, weight, ttl, grace, tags)`: `set` of an entry with tags.
    c"setTagged" set_tagged(call: 6) {
        let (weight, ttl) = (call.number(2)?, call.number_unless_nan(3)?);
        let grace = call.number_unless_nan(4)?;
        let tags = tags_argument(call, 5)?;
        let written = on_key(call, |cache, key| {
            let own = cache.kept_lifetime(ttl, grace);
            let now = cache.now_for(own);
            let written = cache.store.set(key, weight, now, own);
            tag_written(cache, written, tags.as_ref());
            written_flags(written, !cache.store.freed().is_empty())
        })?;
        written_result(call, written)
    }
}

/// The argument as tags, an array of strings that the facade has made; `None` where there is none.
#[inline(never)]
pub(super) fn tags_argument<const N: usize>(
    call: &Call<N>,
    index: usize,
) -> Result<Option<TagList>, Failure> {
    if !call.has(index) || call.kind(index)? == sys::ValueType::napi_undefined {
        return Ok(None);
    }
    let array = call.value(index);
    let mut length = 0;
    // SAFETY: `array` is a value of the running call, `length` is ours to write.
    check(unsafe { sys::napi_get_array_length(call.env, array, &mut length) })?;
    let mut tags = TagList::default();
    for at in 0..length {
        let mut element = ptr::null_mut();
        // SAFETY: as above. The array is the facade's own, so no getter runs.
        check(unsafe { sys::napi_get_element(call.env, array, at, &mut element) })?;
        let pushed = raw::with_string_value(call.env, element, |tag| {
            tags.push(tag);
            Ok(())
        })?;
        pushed.ok_or_else(|| Failure::Error("a tag must be a string".into()))?;
    }
    Ok(Some(tags))
}

/// Gives an entry that was just written the tags that came with it.
#[inline(never)]
pub(super) fn tag_written(
    cache: &mut Cache,
    written: Result<Written, Full>,
    tags: Option<&TagList>,
) {
    if let Some(tags) = tags
        && let Ok(Written::Inserted(slot) | Written::Updated(slot)) = written
    {
        cache.store.tag(slot, tags);
    }
}
