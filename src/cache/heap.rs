//! Entries with their lifetimes, by a time: a heap whose first is the earliest.
//!
//! Each entry's record knows its position, so any can be removed without a search. A node has four
//! children, which lie in two neighbouring cache lines. Nearly all nodes are near the leaves, and the last one, which
//! takes the place of a removed one, mostly stays there: whatever their number, to add and to remove move a node or
//! two on average. Only to remove the first takes a step for each level.
//!
//! What the times mean belongs in [`super::deadlines`].

use super::lifetime::Lifetime;
use super::slots::{Slot, Slots};

/// Where a node is.
type Position = u32;

/// The first node's. From here on the children of each begin at a multiple of four.
const ROOT: Position = 3;

fn parent(position: Position) -> Position {
    position / 4 + 2
}

fn first_child(position: Position) -> Position {
    (position - 2) * 4
}

#[derive(Clone, Copy)]
struct Node {
    time: f64,
    lifetime: Lifetime,
    slot: Slot,
}

/// In the positions before the first.
const PADDING: Node = Node {
    time: f64::NEG_INFINITY,
    lifetime: Lifetime::FOREVER,
    slot: 0,
};

/// Nodes of one chunk: 16 KB. The first starts with [`FIRST`] of them and doubles up to that; what grows as a whole
/// is copied, which takes milliseconds.
const CHUNK: usize = if cfg!(test) { 8 } else { 512 };
const FIRST: usize = 8;

pub(super) struct Heap {
    /// One or two at the end may be empty: an entry that comes and goes does not allocate.
    chunks: Vec<Vec<Node>>,
    /// The position after the last node.
    end: Position,
}

impl Heap {
    pub(super) fn new() -> Self {
        Heap {
            chunks: Vec::new(),
            end: ROOT,
        }
    }

    /// The earliest time, and an entry of that time.
    pub(super) fn first(&self) -> Option<(f64, Slot)> {
        (self.end > ROOT).then(|| {
            let Node { time, slot, .. } = self.node(ROOT);
            (time, slot)
        })
    }

    /// How long an entry in it lives.
    pub(super) fn lifetime(&self, slot: Slot, slots: &Slots) -> Lifetime {
        self.node(slots.position(slot)).lifetime
    }

    /// Adds an entry, whose slot is in no queue.
    pub(super) fn insert(&mut self, slot: Slot, time: f64, lifetime: Lifetime, slots: &mut Slots) {
        // A clock of the user's may say anything. What has no time never comes first.
        let time = if time.is_nan() { f64::INFINITY } else { time };
        let node = Node {
            time,
            lifetime,
            slot,
        };
        let position = self.push(node);
        self.move_up(position, node, slots);
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, slot: Slot, slots: &mut Slots) {
        let position = slots.position(slot);
        let last = self.pop();
        if position == self.end {
            return;
        }
        if position > ROOT && last.time < self.node(parent(position)).time {
            self.move_up(position, last, slots);
        } else {
            self.move_down(position, last, slots);
        }
    }

    /// Bytes held for the nodes.
    pub(super) fn bytes(&self) -> usize {
        let nodes: usize = self.chunks.iter().take(1).map(Vec::capacity).sum();
        let others = self.chunks.len().saturating_sub(1) * CHUNK;
        (nodes + others) * size_of::<Node>()
    }

    fn move_up(&mut self, mut position: Position, node: Node, slots: &mut Slots) {
        while position > ROOT {
            let above = self.node(parent(position));
            if above.time <= node.time {
                break;
            }
            self.put(position, above, slots);
            position = parent(position);
        }
        self.put(position, node, slots);
    }

    fn move_down(&mut self, mut position: Position, node: Node, slots: &mut Slots) {
        while let Some(below) = self.earliest_child(position) {
            let child = self.node(below);
            if node.time <= child.time {
                break;
            }
            self.put(position, child, slots);
            position = below;
        }
        self.put(position, node, slots);
    }

    fn earliest_child(&self, position: Position) -> Option<Position> {
        let first = first_child(position);
        let children = first..self.end.min(first + 4);
        children.reduce(|earliest, child| {
            if self.node(child).time < self.node(earliest).time {
                child
            } else {
                earliest
            }
        })
    }

    fn node(&self, position: Position) -> Node {
        self.chunks[position as usize / CHUNK][position as usize % CHUNK]
    }

    fn put(&mut self, position: Position, node: Node, slots: &mut Slots) {
        self.chunks[position as usize / CHUNK][position as usize % CHUNK] = node;
        slots.set_position(node.slot, position);
    }

    fn push(&mut self, node: Node) -> Position {
        let position = self.end;
        let chunk = position as usize / CHUNK;
        if self.chunks.is_empty() {
            let mut first = Vec::with_capacity(FIRST);
            first.extend([PADDING; ROOT as usize]);
            self.chunks.push(first);
        } else if self.chunks.len() == chunk {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.chunks[chunk].push(node);
        self.end += 1;
        position
    }

    fn pop(&mut self) -> Node {
        self.end -= 1;
        let last = self.node(self.end);
        let chunk = self.end as usize / CHUNK;
        self.chunks[chunk].pop();
        self.chunks.truncate(chunk + 2);
        last
    }
}

#[cfg(test)]
impl Heap {
    /// The slots in it; panics unless each knows its position, and none is earlier than its parent.
    pub(super) fn validate(&self, slots: &Slots) -> Vec<Slot> {
        let held: usize = self.chunks.iter().map(Vec::len).sum();
        assert_eq!(
            held.max(ROOT as usize),
            self.end as usize,
            "nodes are counted"
        );
        let positions = ROOT..self.end;
        positions
            .map(|position| {
                let Node { time, slot, .. } = self.node(position);
                assert_eq!(
                    slots.position(slot),
                    position,
                    "slot {slot} knows its position"
                );
                assert!(position == ROOT || self.node(parent(position)).time <= time);
                slot
            })
            .collect()
    }
}
