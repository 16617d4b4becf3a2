//! Which entries carry which tags: by tag the slots, by slot the tags.
//!
//! Nothing in here grows as a whole, so that no write of many has to wait: tags and lists lie in
//! chunks, sets are trees. What tags are good for is in [`super::tagging`].

use std::collections::BTreeSet;

use super::places::Places;
use super::slots::{NO_SLOT, Slot};
use super::units::{Text, Units};

/// Tags as a caller gives them; one that is there twice counts once.
#[derive(Debug, Default)]
pub struct TagList(Vec<Text>);

impl TagList {
    /// Adds one.
    pub fn push(&mut self, tag: Units<'_>) {
        self.0.push(Text::new(tag));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Units<'_>> {
        self.0.iter().map(Text::units)
    }
}

/// Number of a tag, from 1. That of a tag that no entry carries any more is used again.
pub(super) type Number = u32;

const NO_TAG: Number = 0;

struct Tag {
    text: Text,
    hash: u32,
    members: Members,
}

/// The entries that carry a tag. Many tags are carried by a single one.
enum Members {
    /// [`NO_SLOT`] for none.
    One(Slot),
    Several(BTreeSet<Slot>),
    /// Of a number that is in use no more: the next such number.
    Free(Number),
}

pub(super) struct Tags {
    seed: ahash::RandomState,
    /// By number.
    tags: Places<Tag>,
    /// How many numbers there are.
    count: Number,
    /// Head of the list of numbers that are free.
    free: Number,
    /// Numbers in use by the hashes of their tags.
    by_hash: BTreeSet<(u32, Number)>,
    by_slot: Places<Box<[Number]>>,
    /// Elements of all lists.
    listed: usize,
    /// Elements of all sets.
    in_sets: usize,
    /// Bytes of tags too long to be stored in place.
    text_bytes: usize,
}

impl Tags {
    /// What a tag takes at the most: its place, and its element in a tree whose nodes are half full.
    pub(super) const TAG_BYTES: usize = size_of::<Option<Tag>>() + 2 * size_of::<(u32, Number)>();

    /// What an entry with tags takes for its list, and for each of its tags at the most.
    pub(super) const LIST_BYTES: usize = size_of::<Option<Box<[Number]>>>() + 16;
    pub(super) const LISTED_BYTES: usize = size_of::<Number>() + 4 * size_of::<Slot>();

    pub(super) fn new(seed: ahash::RandomState) -> Self {
        Tags {
            seed,
            tags: Places::default(),
            count: 0,
            free: NO_TAG,
            by_hash: BTreeSet::new(),
            by_slot: Places::default(),
            listed: 0,
            in_sets: 0,
            text_bytes: 0,
        }
    }

    /// The number of a tag that some entry carries.
    pub(super) fn find(&self, tag: Units<'_>) -> Option<Number> {
        self.find_hashed(tag, tag.hash(&self.seed))
    }

    fn find_hashed(&self, tag: Units<'_>, hash: u32) -> Option<Number> {
        let mut alike = self.by_hash.range((hash, NO_TAG)..=(hash, Number::MAX));
        let found = alike.find(|&&(_, number)| self.tag(number).text.units() == tag);
        found.map(|&(_, number)| number)
    }

    /// The numbers of an entry's tags, in the order in which they were given.
    pub(super) fn of(&self, slot: Slot) -> &[Number] {
        self.by_slot.get(slot).map_or(&[], |numbers| numbers)
    }

    pub(super) fn text(&self, number: Number) -> Units<'_> {
        self.tag(number).text.units()
    }

    /// Shows the slots that carry a tag, from `from` on, in order, until `visit` returns false.
    pub(super) fn visit(&self, number: Number, from: Slot, mut visit: impl FnMut(Slot) -> bool) {
        match &self.tag(number).members {
            Members::One(slot) if *slot >= from => {
                visit(*slot);
            }
            Members::Several(slots) => {
                slots.range(from..).all(|&slot| visit(slot));
            }
            Members::One(_) | Members::Free(_) => {}
        }
    }

    /// Gives an entry these tags and no others.
    pub(super) fn set(&mut self, slot: Slot, tags: &TagList) {
        let mut numbers: Vec<Number> = Vec::with_capacity(tags.len());
        for tag in tags.iter() {
            let number = self.number(tag);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let former = self.by_slot.take(slot).unwrap_or_default();
        for &number in numbers.iter().filter(|number| !former.contains(number)) {
            self.join(number, slot);
        }
        for &number in former.iter().filter(|number| !numbers.contains(number)) {
            self.leave(number, slot);
        }
        self.listed -= former.len();
        if !numbers.is_empty() {
            self.listed += numbers.len();
            self.by_slot.put(slot, numbers.into());
        }
    }

    /// Takes an entry's tags from it.
    pub(super) fn remove(&mut self, slot: Slot) {
        if let Some(numbers) = self.by_slot.take(slot) {
            self.listed -= numbers.len();
            for &number in &numbers {
                self.leave(number, slot);
            }
        }
    }

    /// Bytes held.
    #[inline(never)]
    pub(super) fn bytes(&self) -> usize {
        // Nodes of a tree are at least half full.
        self.tags.bytes()
            + self.by_slot.bytes()
            + self.listed * size_of::<Number>()
            + self.in_sets * 2 * size_of::<Slot>()
            + self.by_hash.len() * 2 * size_of::<(u32, Number)>()
            + self.text_bytes
    }

    /// What the tags that are carried take, at the most, beside the lists of entries.
    pub(super) fn named_bytes(&self) -> usize {
        self.by_hash.len() * Self::TAG_BYTES + self.text_bytes
    }

    /// Numbers that are free.
    pub(super) fn idle(&self) -> usize {
        self.count as usize - self.by_hash.len()
    }

    fn tag(&self, number: Number) -> &Tag {
        self.tags.get(number).expect("the number is in use")
    }

    fn members(&mut self, number: Number) -> &mut Members {
        let tag = self.tags.get_mut(number);
        &mut tag.expect("the number is in use").members
    }

    /// The number of a tag, a new one if it has none.
    fn number(&mut self, tag: Units<'_>) -> Number {
        let hash = tag.hash(&self.seed);
        if let Some(number) = self.find_hashed(tag, hash) {
            return number;
        }
        let number = match self.tags.get(self.free).map(|tag| &tag.members) {
            Some(&Members::Free(next)) => std::mem::replace(&mut self.free, next),
            _ => {
                self.count += 1;
                self.count
            }
        };
        let text = Text::new(tag);
        self.text_bytes += text.heap_bytes();
        let members = Members::One(NO_SLOT);
        let tag = Tag {
            text,
            hash,
            members,
        };
        self.tags.put(number, tag);
        self.by_hash.insert((hash, number));
        number
    }

    fn join(&mut self, number: Number, slot: Slot) {
        let members = self.members(number);
        let added = match members {
            Members::Several(slots) => {
                slots.insert(slot);
                1
            }
            Members::One(NO_SLOT) | Members::Free(_) => {
                *members = Members::One(slot);
                0
            }
            Members::One(other) => {
                *members = Members::Several(BTreeSet::from([*other, slot]));
                2
            }
        };
        self.in_sets += added;
    }

    fn leave(&mut self, number: Number, slot: Slot) {
        let emptied = match self.members(number) {
            Members::Several(slots) => {
                slots.remove(&slot);
                let emptied = slots.is_empty();
                self.in_sets -= 1;
                emptied
            }
            Members::One(_) | Members::Free(_) => true,
        };
        if emptied {
            self.retire(number);
        }
    }

    fn retire(&mut self, number: Number) {
        let members = Members::Free(std::mem::replace(&mut self.free, number));
        let retired = Tag {
            text: Text::default(),
            hash: 0,
            members,
        };
        if let Some(Tag { text, hash, .. }) = self.tags.put(number, retired) {
            self.text_bytes -= text.heap_bytes();
            self.by_hash.remove(&(hash, number));
        }
    }
}

#[cfg(test)]
impl Tags {
    /// Panics unless both directions, and all that is counted, tell the same story of the entries in
    /// use.
    pub(super) fn validate(&self, in_use: &[Slot]) {
        let mut listed = 0;
        for &slot in in_use {
            for &number in self.of(slot) {
                let mut members = Vec::new();
                self.visit(number, 0, |member| {
                    members.push(member);
                    true
                });
                assert!(members.contains(&slot), "tag {number} knows slot {slot}");
                listed += 1;
            }
        }
        assert_eq!(listed, self.listed, "no list is left behind");
        let (mut members, mut in_sets, mut text_bytes) = (0, 0, 0);
        for &(hash, number) in &self.by_hash {
            let tag = self.tag(number);
            assert_eq!(tag.text.units().hash(&self.seed), hash);
            assert_eq!(
                self.find(tag.text.units()),
                Some(number),
                "each tag is there once"
            );
            text_bytes += tag.text.heap_bytes();
            let before = members;
            self.visit(number, 0, |_| {
                members += 1;
                true
            });
            assert!(members > before, "tag {number} is carried");
            if let Members::Several(slots) = &tag.members {
                in_sets += slots.len();
            }
        }
        assert_eq!(members, listed, "no slot is left behind");
        assert_eq!((in_sets, text_bytes), (self.in_sets, self.text_bytes));
        let (mut number, mut free) = (self.free, 0);
        while let Some(&Members::Free(next)) = self.tags.get(number).map(|tag| &tag.members) {
            (number, free) = (next, free + 1);
        }
        assert_eq!(
            self.by_hash.len() + free,
            self.count as usize,
            "no number is lost"
        );
    }
}
