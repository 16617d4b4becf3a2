//! What belongs to entries beside their records, by slot. Places lie in chunks of which only
//! the first ever moves, so that a store that grows copies nothing as a whole.

use super::slots::Slot;

/// Places of one chunk.
const CHUNK: usize = 128;

/// Something, or nothing, for each slot.
pub struct Places<T> {
    chunks: Vec<Vec<Option<T>>>,
    /// Places that there is memory for.
    room: usize,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Places {
            chunks: Vec::new(),
            room: 0,
        }
    }
}

impl<T> Places<T> {
    /// What is in a place.
    pub fn get(&self, slot: Slot) -> Option<&T> {
        let chunk = self.chunks.get(slot as usize / CHUNK)?;
        chunk.get(slot as usize % CHUNK)?.as_ref()
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.place(slot)?.as_mut()
    }

    /// Empties a place; returns what was there.
    pub fn take(&mut self, slot: Slot) -> Option<T> {
        self.place(slot)?.take()
    }

    /// Puts something in a place; returns what was there.
    pub fn put(&mut self, slot: Slot, value: T) -> Option<T> {
        let (number, index) = (slot as usize / CHUNK, slot as usize % CHUNK);
        if self.chunks.len() <= number {
            self.chunks.resize_with(number + 1, Vec::new);
        }
        let chunk = &mut self.chunks[number];
        if chunk.len() <= index {
            let room = chunk.capacity();
            // The first grows as it is filled: most stores are small.
            if number > 0 && room == 0 {
                chunk.reserve_exact(CHUNK);
            }
            chunk.resize_with(index + 1, || None);
            self.room += chunk.capacity() - room;
        }
        chunk[index].replace(value)
    }

    /// Bytes held for the places, without what they point to.
    pub(super) fn bytes(&self) -> usize {
        self.room * size_of::<Option<T>>() + self.chunks.capacity() * size_of::<Vec<Option<T>>>()
    }

    fn place(&mut self, slot: Slot) -> Option<&mut Option<T>> {
        let chunk = self.chunks.get_mut(slot as usize / CHUNK)?;
        chunk.get_mut(slot as usize % CHUNK)
    }
}
