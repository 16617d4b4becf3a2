//! The operations on tags that take time anyway, exported by `napi-derive`.

use napi::bindgen_prelude::*;
use napi_derive::napi;

use super::cold::{Joined, JoinedKeys, removed_count, string};
use super::table::{change_cache, with_cache};
use crate::cache::{Pattern, TagList, Units};

/// Tags as JavaScript gives them.
pub(super) fn tag_list(tags: &[Utf16String]) -> TagList {
    let mut list = TagList::default();
    let mut scratch = Vec::new();
    for tag in tags {
        if scratch.len() < tag.len() {
            scratch.resize(tag.len(), 0);
        }
        list.push(Units::new(tag, &mut scratch));
    }
    list
}

/// Strings for JavaScript.
pub(super) fn tag_strings<'env>(env: &'env Env, tags: &TagList) -> Result<Vec<Unknown<'env>>> {
    tags.iter().map(|tag| string(env, tag)).collect()
}

/// Removes every entry that carries any of these tags and whose key has this prefix; returns how many that
/// was, negative if that was every entry, and the slots start anew.
#[napi(catch_unwind)]
pub fn delete_tagged(env: Env, id: u32, tags: Vec<Utf16String>, prefix: Utf16String) -> i32 {
    let (tags, prefix) = (tag_list(&tags), Pattern::prefix(&prefix));
    let removed = change_cache(env.raw(), id, |cache| {
        cache.store.remove_tagged(&tags, &prefix)
    });
    removed_count(removed)
}

/// The keys of those entries, in the order of their slots.
#[napi(catch_unwind)]
pub fn tagged_keys(
    env: &Env,
    id: u32,
    tags: Vec<Utf16String>,
    prefix: Utf16String,
) -> Result<JoinedKeys<'_>> {
    let (tags, prefix) = (tag_list(&tags), Pattern::prefix(&prefix));
    let mut joined = Joined::default();
    with_cache(id, |cache| {
        for slot in cache.store.tagged(&tags, &prefix) {
            joined.push(cache.store.key_at(slot));
        }
    });
    joined.into_keys(env, Vec::new())
}

/// The tags of a key's entry, expired or not.
#[napi(catch_unwind)]
pub fn tags_of(env: &Env, id: u32, key: Utf16String) -> Result<Vec<Unknown<'_>>> {
    let mut scratch = vec![0; key.len()];
    let key = Units::new(&key, &mut scratch);
    tag_strings(env, &with_cache(id, |cache| cache.store.tag_list(key)))
}
