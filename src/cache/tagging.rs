//! Steps on the tags of a [`Store`]'s entries. A write leaves an entry without any: whoever writes
//! gives it its tags in the same step.

use super::bulk::Removed;
use super::pattern::Pattern;
use super::slots::Slot;
use super::store::Store;
use super::tags::{TagList, Tags};
use super::units::{Text, Units};

impl Store {
    /// Gives an entry these tags and no others.
    #[inline(never)]
    pub fn tag(&mut self, slot: Slot, tags: &TagList) {
        if tags.is_empty() {
            self.untag(slot);
            return;
        }
        let seed = &self.seed;
        let all = self
            .tags
            .get_or_insert_with(|| Box::new(Tags::new(seed.clone())));
        all.set(slot, tags);
    }

    /// An entry's tags, in the order in which they were given.
    pub fn tags(&self, slot: Slot) -> impl ExactSizeIterator<Item = Units<'_>> {
        let numbers = self.tags.as_ref().map_or(&[][..], |all| all.of(slot));
        numbers.iter().map(move |&number| {
            let all = self.tags.as_ref().expect("there are tags");
            all.text(number)
        })
    }

    /// Shows the entries that carry a tag, expired ones included, in the order of slots: at most so
    /// many, from the slot `from` on, 0 being the first. Returns where to go on, `None` at the end.
    pub fn visit_tagged(
        &self,
        tag: Units<'_>,
        from: Slot,
        most: usize,
        mut visit: impl FnMut(Slot, Units<'_>),
    ) -> Option<Slot> {
        let all = self.tags.as_ref()?;
        let mut next = None;
        let mut left = most;
        all.visit(all.find(tag)?, from, |slot| {
            if left == 0 {
                next = Some(slot);
                return false;
            }
            left -= 1;
            visit(slot, self.deadlines.slots.units(slot));
            true
        });
        next
    }

    /// The slots of the entries that carry any of these tags and whose keys match.
    pub fn tagged(&self, tags: &TagList, pattern: &Pattern) -> Vec<Slot> {
        let mut slots = Vec::new();
        for tag in tags.iter() {
            self.visit_tagged(tag, 0, usize::MAX, |slot, key| {
                if pattern.matches(key) {
                    slots.push(slot);
                }
            });
        }
        if tags.len() > 1 {
            slots.sort_unstable();
            slots.dedup();
        }
        slots
    }

    /// Removes every entry that carries any of these tags and whose key matches, expired or not.
    pub fn remove_tagged(&mut self, tags: &TagList, pattern: &Pattern) -> Removed {
        let slots = self.tagged(tags, pattern);
        if !slots.is_empty() && slots.len() == self.len() {
            return Removed::All(self.clear());
        }
        for &slot in &slots {
            self.free(slot);
        }
        Removed::Some(slots.len())
    }

    /// The key in a slot that is in use.
    pub fn key_at(&self, slot: Slot) -> Units<'_> {
        self.deadlines.slots.units(slot)
    }

    /// The tags of a key's entry, expired or not.
    pub fn tag_list(&self, key: Units<'_>) -> TagList {
        let mut list = TagList::default();
        if self.tags.is_some()
            && let Some(slot) = self.find(key, key.hash(&self.seed))
        {
            self.tags(slot).for_each(|tag| list.push(tag));
        }
        list
    }

    /// What an entry takes for so many tags, at the most, beside the tags themselves.
    pub fn listed_bytes(tags: usize) -> usize {
        match tags {
            0 => 0,
            _ => Tags::LIST_BYTES + tags * Tags::LISTED_BYTES,
        }
    }

    /// What the tags themselves take, at the most, which entries share.
    pub fn tag_bytes(&self) -> usize {
        self.tags.as_ref().map_or(0, |all| all.named_bytes())
    }

    /// By how many bytes these tags would make that more.
    pub fn added_tag_bytes(&self, tags: &TagList) -> usize {
        let known = |tag| {
            self.tags
                .as_ref()
                .is_some_and(|all| all.find(tag).is_some())
        };
        let added = tags.iter().filter(|&tag| !known(tag));
        added.map(alone_bytes).sum()
    }

    /// What these tags take where there are no others.
    pub fn alone_tag_bytes(tags: &TagList) -> usize {
        tags.iter().map(alone_bytes).sum()
    }

    /// Tags that nobody carries any more, but which have left their places behind.
    pub fn idle_tags(&self) -> usize {
        self.tags.as_ref().map_or(0, |all| all.idle())
    }

    /// What the place of a tag takes, at the most.
    pub const TAG_BYTES: usize = Tags::TAG_BYTES;

    #[inline(never)]
    pub(super) fn untag(&mut self, slot: Slot) {
        if let Some(all) = &mut self.tags {
            all.remove(slot);
        }
    }
}

fn alone_bytes(tag: Units<'_>) -> usize {
    Tags::TAG_BYTES + Text::new(tag).heap_bytes()
}
