//! Steps of a [`SharedStore`] that go by the tags of entries. A removal takes some entries at a time, and
//! meanwhile others go on using the store.

use super::events::Reporter;
use super::messages::{Event, Happened, Read};
use super::shard::{SCANNED_AT_ONCE, Shard};
use super::store::{Caller, SharedStore, remove_in_steps};
use super::value::Value;
use crate::cache::{Clock, Info, Pattern, Slot, TagList, Units};

impl Shard {
    /// Removes the entries that carry a tag and whose keys match, among some from the slot `from` on, and
    /// adds their values to `removed`. Returns where to go on.
    fn remove_some_tagged(
        &mut self,
        tag: Units<'_>,
        pattern: &Pattern,
        from: Slot,
        removed: &mut Vec<Value>,
        reporter: &mut Reporter<'_>,
    ) -> Option<Slot> {
        let mut matching = Vec::new();
        let next = self
            .core
            .visit_tagged(tag, from, SCANNED_AT_ONCE, |slot, key| {
                if pattern.matches(key) {
                    matching.push(slot);
                }
            });
        for slot in matching {
            if let Some(key) = self.core.remove_at(slot) {
                self.flights.overtake(key.units());
                removed.extend(self.dropped(key.units(), slot, Happened::DeletedByTag, reporter));
            }
        }
        next
    }
}

impl SharedStore {
    /// Removes every entry that carries any of these tags and whose key matches; returns how many.
    /// Entries written meanwhile may or may not be among them.
    pub fn remove_tagged(
        &self,
        tags: &TagList,
        pattern: &Pattern,
        caller: Caller,
    ) -> (usize, Vec<Event>) {
        let mut reporter = Reporter::new(&self.subscribers, caller);
        let mut count = 0;
        for shard in &self.shards {
            shard.lock().flights.overtake_tagged(tags, pattern);
            for tag in tags.iter() {
                count += remove_in_steps(shard, |shard, from, removed| {
                    shard.remove_some_tagged(tag, pattern, from, removed, &mut reporter)
                });
            }
        }
        (count, reporter.own)
    }

    /// Notes the tags that what a flight fetches will carry.
    pub fn tag_flight(&self, key: Units<'_>, code_units: &[u16], flight: u64, tags: TagList) {
        self.shard(key).flights.tag(code_units, flight, tags);
    }

    /// What is known of an entry, its value and its tags; nothing is counted, used or removed.
    pub fn tagged_info(&self, key: Units<'_>, clock: &impl Clock) -> Option<(Info, Read, TagList)> {
        let shard = self.shard(key);
        let (info, read) = shard.info(key, clock)?;
        Some((info, read, shard.core.tag_list(key)))
    }
}
