//! What belongs to entries beside the core's records, by slot. Places lie in chunks of which only
//! the first ever moves, so that a store that grows copies nothing under its lock.

use crate::cache::Slot;

/// Places of one chunk.
const CHUNK: usize = 128;

pub(super) struct Places<T> {
    chunks: Vec<Vec<Option<T>>>,
}

impl<T> Places<T> {
    pub(super) fn new() -> Self {
        Places { chunks: Vec::new() }
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&T> {
        let chunk = self.chunks.get(slot as usize / CHUNK)?;
        chunk.get(slot as usize % CHUNK)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.place(slot)?.as_mut()
    }

    pub(super) fn take(&mut self, slot: Slot) -> Option<T> {
        self.place(slot)?.take()
    }

    /// Puts something in a place; returns what was there.
    pub(super) fn put(&mut self, slot: Slot, value: T) -> Option<T> {
        let (chunk, index) = (slot as usize / CHUNK, slot as usize % CHUNK);
        while self.chunks.len() <= chunk {
            // The first grows as it is filled: most stores are small.
            let room = if self.chunks.is_empty() { 0 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let chunk = &mut self.chunks[chunk];
        if chunk.len() <= index {
            chunk.resize_with(index + 1, || None);
        }
        chunk[index].replace(value)
    }

    fn place(&mut self, slot: Slot) -> Option<&mut Option<T>> {
        let chunk = self.chunks.get_mut(slot as usize / CHUNK)?;
        chunk.get_mut(slot as usize % CHUNK)
    }
}
