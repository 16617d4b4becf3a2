//! Single flight across threads: of all callers that miss a key, one fetches.

use std::collections::HashMap;
use std::sync::Arc;

use super::inbox::Inbox;
use super::messages::{Message, Outcome, Read};
use super::sync::atomic::{AtomicU64, Ordering};

/// What a caller is to do.
pub enum Begun {
    /// Use what the store holds.
    Held(Read),
    /// Fetch, and finish the flight.
    Lead {
        /// Its number.
        flight: u64,
        /// Whether there was an entry that had expired.
        expired: bool,
    },
    /// Wait for a message.
    Wait,
}

struct Flight {
    number: u64,
    leader: Arc<Inbox>,
    waiters: Vec<(Arc<Inbox>, u32)>,
}

impl Flight {
    /// Whether there was a waiter to lead from now on.
    fn pass_on(&mut self) -> bool {
        self.number = next_number();
        while !self.waiters.is_empty() {
            let (inbox, waiter) = self.waiters.remove(0);
            let flight = self.number;
            if inbox.post(Message::TakeOver { waiter, flight }) {
                self.leader = inbox;
                return true;
            }
        }
        false
    }
}

/// The flights of one shard, by key.
#[derive(Default)]
pub(super) struct Flights {
    by_key: HashMap<Box<[u16]>, Flight>,
}

fn next_number() -> u64 {
    // Process-wide, so that a number never means two flights.
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

impl Flights {
    /// Joins the flight of a key, if there is one, and has its leader see to it.
    pub(super) fn join(&mut self, key: &[u16], inbox: &Arc<Inbox>, waiter: u32) -> bool {
        let Some(flight) = self.by_key.get_mut(key) else {
            return false;
        };
        flight.waiters.push((Arc::clone(inbox), waiter));
        flight.leader.post(Message::Awaited(flight.number));
        true
    }

    /// Starts the flight of a key that has none.
    pub(super) fn lead(&mut self, key: &[u16], leader: &Arc<Inbox>) -> u64 {
        let number = next_number();
        let flight = Flight {
            number,
            leader: Arc::clone(leader),
            waiters: Vec::new(),
        };
        self.by_key.insert(key.into(), flight);
        number
    }

    /// Ends a flight and returns who waits for it; nobody if another has taken its place.
    pub(super) fn land(&mut self, key: &[u16], number: u64) -> Landed {
        let current = self
            .by_key
            .get(key)
            .is_some_and(|flight| flight.number == number);
        Landed {
            waiters: if current {
                self.by_key.remove(key).map(|flight| flight.waiters)
            } else {
                None
            }
            .unwrap_or_default(),
        }
    }

    /// Ends every flight.
    pub(super) fn land_all(&mut self) -> Landed {
        let flights = self.by_key.drain().map(|(_, flight)| flight);
        Landed {
            waiters: flights.flat_map(|flight| flight.waiters).collect(),
        }
    }

    /// Gives the flights that an ended environment led to their first waiters.
    pub(super) fn abandon(&mut self, gone: &Arc<Inbox>) {
        self.by_key.retain(|_, flight| {
            flight
                .waiters
                .retain(|(inbox, _)| !Arc::ptr_eq(inbox, gone));
            !Arc::ptr_eq(&flight.leader, gone) || flight.pass_on()
        });
    }

    /// Gives a flight to its first waiter, if it is still the one of this number.
    pub(super) fn give_up(&mut self, key: &[u16], number: u64) {
        if let Some(flight) = self.by_key.get_mut(key)
            && flight.number == number
            && !flight.pass_on()
        {
            self.by_key.remove(key);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.by_key.len()
    }
}

/// Those who waited for a flight that has ended.
pub(super) struct Landed {
    waiters: Vec<(Arc<Inbox>, u32)>,
}

impl Landed {
    pub(super) fn tell(self, outcome: &Outcome) {
        for (inbox, waiter) in self.waiters {
            // A waiter whose environment has ended since needs no answer.
            inbox.post(Message::Landed {
                waiter,
                outcome: outcome.clone(),
            });
        }
    }
}

/// Numbers for the versions of entries.
#[derive(Default)]
pub(super) struct Versions(AtomicU64);

impl Versions {
    pub(super) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}
