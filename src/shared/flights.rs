//! Single flight across threads: of all callers that miss a key, one fetches.
//!
//! What is written or removed while a fetch is under way overtakes it: those who wait get what was
//! fetched, but it is not stored any more, and who asks from then on does not join.

use std::collections::HashMap;
use std::sync::Arc;

use super::inbox::Inbox;
use super::messages::{Message, Outcome, Read};
use super::sync::atomic::{AtomicU64, Ordering};
use crate::cache::{Pattern, TagList, Units};

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
    /// What is fetched will carry these.
    tags: TagList,
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

/// The flights of one shard.
#[derive(Default)]
pub(super) struct Flights {
    by_key: HashMap<Box<[u16]>, Flight>,
    overtaken: Vec<Flight>,
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
            tags: TagList::default(),
        };
        self.by_key.insert(key.into(), flight);
        number
    }

    /// Notes that a key was written or removed.
    pub(super) fn overtake(&mut self, key: Units<'_>) {
        if self.by_key.is_empty() {
            return;
        }
        let units: Vec<u16> = key.code_units();
        let flight = self.by_key.remove(&*units);
        self.overtaken.extend(flight);
    }

    /// Takes back that a flight was overtaken, if none has begun since: nothing was fetched before.
    pub(super) fn resume(&mut self, key: &[u16], number: u64) {
        if let Some(index) = self.overtaken_at(number)
            && !self.by_key.contains_key(key)
        {
            let flight = self.overtaken.swap_remove(index);
            self.by_key.insert(key.into(), flight);
        }
    }

    /// Notes that all keys that match were removed.
    pub(super) fn overtake_matching(&mut self, pattern: &Pattern) {
        let overtaken = self.by_key.extract_if(|key, _| {
            let mut scratch = vec![0; key.len()];
            pattern.matches(Units::new(key, &mut scratch))
        });
        self.overtaken.extend(overtaken.map(|(_, flight)| flight));
    }

    /// Notes the tags that what is fetched will carry.
    pub(super) fn tag(&mut self, key: &[u16], number: u64, tags: TagList) {
        if let Some(flight) = self.by_key.get_mut(key)
            && flight.number == number
        {
            flight.tags = tags;
        }
    }

    /// Notes that all that carries any of these tags, and whose key matches, was removed.
    pub(super) fn overtake_tagged(&mut self, tags: &TagList, pattern: &Pattern) {
        let overtaken = self.by_key.extract_if(|key, flight| {
            let mut scratch = vec![0; key.len()];
            flight.tags.intersects(tags) && pattern.matches(Units::new(key, &mut scratch))
        });
        self.overtaken.extend(overtaken.map(|(_, flight)| flight));
    }

    /// Whether a flight is under way and was not overtaken.
    pub(super) fn is_current(&self, key: &[u16], number: u64) -> bool {
        let current = self.by_key.get(key);
        current.is_some_and(|flight| flight.number == number)
    }

    /// Ends a flight and returns who waits for it; nobody if another has taken its place.
    pub(super) fn land(&mut self, key: &[u16], number: u64) -> Landed {
        let landed = if self.is_current(key, number) {
            self.by_key.remove(key)
        } else {
            let at = self.overtaken_at(number);
            at.map(|index| self.overtaken.swap_remove(index))
        };
        Landed {
            waiters: landed.map(|flight| flight.waiters).unwrap_or_default(),
        }
    }

    /// Ends every flight.
    pub(super) fn land_all(&mut self) -> Landed {
        let flights = self.by_key.drain().map(|(_, flight)| flight);
        let flights = flights.chain(self.overtaken.drain(..));
        Landed {
            waiters: flights.flat_map(|flight| flight.waiters).collect(),
        }
    }

    /// Gives the flights that an ended environment led to their first waiters.
    pub(super) fn abandon(&mut self, gone: &Arc<Inbox>) {
        let goes_on = |flight: &mut Flight| {
            flight
                .waiters
                .retain(|(inbox, _)| !Arc::ptr_eq(inbox, gone));
            !Arc::ptr_eq(&flight.leader, gone) || flight.pass_on()
        };
        self.by_key.retain(|_, flight| goes_on(flight));
        self.overtaken.retain_mut(goes_on);
    }

    /// Gives a flight to its first waiter, if it is still the one of this number.
    pub(super) fn give_up(&mut self, key: &[u16], number: u64) {
        if let Some(index) = self.overtaken_at(number) {
            if !self.overtaken[index].pass_on() {
                self.overtaken.swap_remove(index);
            }
        } else if let Some(flight) = self.by_key.get_mut(key)
            && flight.number == number
            && !flight.pass_on()
        {
            self.by_key.remove(key);
        }
    }

    fn overtaken_at(&self, number: u64) -> Option<usize> {
        let mut overtaken = self.overtaken.iter();
        overtaken.position(|flight| flight.number == number)
    }

    pub(super) fn count(&self) -> usize {
        self.by_key.len() + self.overtaken.len()
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
