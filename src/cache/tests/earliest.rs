//! The heap of times against a sorted list.

use super::*;
use heap::Heap;
use proptest::collection::vec;
use slots::Slots;
use units::Text;

struct Held {
    heap: Heap,
    slots: Slots,
    /// What the heap should hold.
    times: Vec<(f64, Slot)>,
}

impl Held {
    fn new() -> Self {
        Held {
            heap: Heap::new(),
            slots: Slots::new(),
            times: Vec::new(),
        }
    }

    fn insert(&mut self, time: f64) -> Slot {
        let slot = self.slots.take(None, Text::default(), 0, time);
        let lifetime = Lifetime::new(time, f64::from(slot));
        self.heap.insert(slot, time, lifetime, &mut self.slots);
        assert_eq!(self.heap.lifetime(slot, &self.slots), lifetime);
        self.times.push((time, slot));
        slot
    }

    fn remove(&mut self, index: usize) -> f64 {
        let (time, slot) = self.times.swap_remove(index);
        self.heap.remove(slot, &mut self.slots);
        self.slots.release(slot);
        self.slots.recycle(slot);
        time
    }

    fn remove_first(&mut self) -> Option<f64> {
        let (time, first) = self.heap.first()?;
        let index = self.times.iter().position(|&(_, slot)| slot == first);
        assert_eq!(self.remove(index.expect("it is held")), time);
        Some(time)
    }

    fn validate(&self) {
        let mut held = self.heap.validate(&self.slots);
        let mut expected: Vec<Slot> = self.times.iter().map(|&(_, slot)| slot).collect();
        held.sort_unstable();
        expected.sort_unstable();
        assert_eq!(held, expected);
        let earliest = self.times.iter().map(|&(time, _)| time);
        let first = self.heap.first().map(|(time, _)| time);
        assert_eq!(first, earliest.min_by(f64::total_cmp));
        for &(time, slot) in &self.times {
            let lifetime = Lifetime::new(time, f64::from(slot));
            assert_eq!(self.heap.lifetime(slot, &self.slots), lifetime);
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_and_goes_the_earliest_is_first(
        // A number takes out one of those held, no number adds one.
        steps in vec((proptest::option::of(any::<u16>()), 1..40_u32), 0..300),
    ) {
        let mut held = Held::new();
        for (removed, time) in steps {
            match removed {
                Some(index) if !held.times.is_empty() => {
                    held.remove(usize::from(index) % held.times.len());
                }
                _ => {
                    held.insert(f64::from(time));
                }
            }
            held.validate();
        }
        let mut before = 0.0;
        while let Some(time) = held.remove_first() {
            held.validate();
            prop_assert!(before <= time);
            before = time;
        }
        prop_assert!(held.times.is_empty());
    }
}

#[test]
fn what_has_no_time_or_never_comes_is_first_only_if_nothing_else_is_held() {
    let mut held = Held::new();
    for time in [f64::NAN, -f64::NAN, f64::INFINITY, 5.0, f64::NEG_INFINITY] {
        held.insert(time);
    }
    let firsts: Vec<f64> = std::iter::from_fn(|| {
        let (time, slot) = held.heap.first()?;
        held.heap.remove(slot, &mut held.slots);
        Some(time)
    })
    .collect();
    let never = f64::INFINITY;
    assert_eq!(firsts, [f64::NEG_INFINITY, 5.0, never, never, never]);
}

#[test]
fn memory_of_what_is_gone_is_given_back_but_for_a_spare_chunk() {
    let mut held = Held::new();
    assert_eq!(held.heap.bytes(), 0, "nothing is taken before it is needed");
    held.insert(1.0);
    let one = held.heap.bytes();
    for time in 0..1_000 {
        held.insert(f64::from(time));
    }
    let most = held.heap.bytes();
    assert!(most >= 1_000 * 32, "{most} bytes");
    for _ in 0..1_000 {
        let last = held.times.len() - 1;
        held.remove(last);
    }
    let left = held.heap.bytes();
    assert_eq!(left, 2 * one, "of {most} bytes");
    // Back and forth over the end of a chunk.
    while held.heap.bytes() == left {
        held.insert(1.0);
    }
    let full = held.heap.bytes();
    for _ in 0..3 {
        held.remove(0);
        assert_eq!(held.heap.bytes(), full, "the chunk is kept");
        held.insert(1.0);
        assert_eq!(held.heap.bytes(), full);
    }
}
