//! The order in which the naive model's entries go, by each policy. The model's vector of entries is in the
//! order of `keys()`. No test lives here.

use super::super::Eviction;
use super::super::s3fifo::{FRESH, LUCKY, ROUNDED, SMALL};
use super::model::{Entry, Model};

/// What a policy knows beside the entries and their order.
pub(super) enum Order {
    Lru,
    S3Fifo {
        /// Keys evicted from the small queue, the first one first, each with its number.
        history: Vec<(String, usize)>,
        noted: usize,
        length: usize,
        /// Uses and insertions.
        requests: usize,
        /// Entries that have left the small queue unused.
        unused: u32,
    },
}

impl Order {
    pub(super) fn new(eviction: Eviction) -> Self {
        match eviction {
            Eviction::Lru => Order::Lru,
            Eviction::S3Fifo => Order::S3Fifo {
                history: Vec::new(),
                noted: 0,
                length: 0,
                requests: 0,
                unused: 0,
            },
        }
    }
}

impl Model {
    pub(super) fn eviction(&self) -> Eviction {
        match self.order {
            Order::Lru => Eviction::Lru,
            Order::S3Fifo { .. } => Eviction::S3Fifo,
        }
    }

    /// Notes a use of an entry.
    pub(super) fn count_use(&mut self, key: &str) {
        let Some(index) = self.entries.iter().position(|entry| entry.key == key) else {
            return;
        };
        match &mut self.order {
            Order::Lru => {
                let entry = self.entries.remove(index);
                self.entries.push(entry);
            }
            Order::S3Fifo { requests, .. } => {
                *requests += 1;
                let window = self.entries.len() / FRESH;
                let entry = &mut self.entries[index];
                if entry.main || *requests - entry.born >= window {
                    entry.uses = (entry.uses + 1).min(3);
                }
            }
        }
    }

    /// Adds an entry whose key has none.
    pub(super) fn place(&mut self, mut entry: Entry) {
        if let Order::S3Fifo {
            history,
            noted,
            requests,
            ..
        } = &mut self.order
        {
            *requests += 1;
            let known = history.iter().rposition(|(key, _)| *key == entry.key);
            // The newcomer is not yet among the entries.
            let known = known.filter(|&index| *noted - history[index].1 <= self.entries.len() + 1);
            entry.main = known.is_some();
            if let Some(index) = known {
                history.remove(index);
            }
            if !entry.main {
                entry.born = *requests;
                self.entries.insert(self.small(), entry);
                return;
            }
        }
        self.entries.push(entry);
    }

    /// Which entry is to make room, another than that of the key `kept`. Those that are spared are moved.
    pub(super) fn victim(&mut self, kept: Option<&str>, entries_exceed: bool) -> Option<String> {
        let other = |entry: &&Entry| Some(entry.key.as_str()) != kept;
        if let Order::Lru = self.order {
            return Some(self.entries.iter().find(other)?.key.clone());
        }
        loop {
            let (small, main) = self.entries.split_at(self.small());
            let weight = |entries: &[Entry]| entries.iter().map(|entry| entry.weight).sum::<f64>();
            let (share, all) = if entries_exceed {
                (small.len() as f64, self.entries.len() as f64)
            } else {
                (weight(small), weight(&self.entries))
            };
            let first = |entries: &[Entry]| Some(entries.iter().find(other)?.key.clone());
            let target = all / SMALL as f64;
            let target = if entries_exceed {
                target.round().max(2.0)
            } else {
                target
            };
            let key = if share * ROUNDED >= target {
                first(small).or(first(main))
            } else {
                first(main).or(first(small))
            }?;
            let index = self.entries.iter().position(|entry| entry.key == key)?;
            let mut entry = self.entries.remove(index);
            if entry.main && entry.uses > 0 {
                entry.uses -= 1;
                self.entries.push(entry);
            } else if !entry.main && self.goes_on(entry.uses) {
                entry.uses = 0;
                entry.main = true;
                self.entries.push(entry);
            } else {
                self.entries.insert(index, entry);
                self.remember(&key);
                return Some(key);
            }
        }
    }

    fn goes_on(&mut self, uses: u8) -> bool {
        if let Order::S3Fifo { unused, .. } = &mut self.order {
            *unused += u32::from(uses == 0);
            return uses > 0 || *unused % LUCKY == 0;
        }
        false
    }

    fn small(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.main).count()
    }

    fn remember(&mut self, key: &str) {
        let held = self.entries.len();
        let in_main = self.find(key).is_some_and(|entry| entry.main);
        if let Order::S3Fifo {
            history,
            noted,
            length,
            ..
        } = &mut self.order
            && !in_main
        {
            if *length == 0 || *length < held / 2 || *length > held * 4 {
                history.clear();
                *length = held;
            }
            *noted += 1;
            history.push((key.to_owned(), *noted));
        }
    }
}
