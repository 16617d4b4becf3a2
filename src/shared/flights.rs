//! Single flight across threads: of all callers that miss a key, one fetches.
//!
//! What is written or removed while a fetch is under way overtakes it: those who wait get what was
//! fetched, but it is not stored any more, and who asks from then on does not join.
//!
//! Who waits may leave. Once nobody is left, neither a waiter nor a caller of the leader's own, the flight is
//! over: what lands later is nobody's, and who asks from then on starts a new one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::inbox::Inbox;
use super::messages::{Message, Outcome, Read};
use super::sync::atomic::{AtomicU64, Ordering};
use super::value::Value;
use crate::cache::{Pattern, TagList, Units};

/// What a caller is to do.
pub enum Begun {
    /// Use what the store holds.
    Held(Read),
    /// Use what has expired and is kept: somebody fetches it anew.
    Stale(Value),
    /// Fetch, and finish the flight.
    Lead {
        /// Its number.
        flight: u64,
        /// Whether there was an entry that had expired.
        expired: bool,
        /// What the store holds all the same, if the caller wants to know.
        stale: Option<Value>,
        /// Whether the caller is to use that, and fetch in the background.
        refreshes: bool,
    },
    /// Wait for a message.
    Wait,
}

/// Why a flight was begun.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// There was nothing valid.
    Miss,
    /// Whatever there was, it was to be fetched anew.
    Forced,
    /// In the background, since there was something stale.
    Refresh,
}

impl Cause {
    /// Whether who finds something valid is given that, and does not join.
    fn yields(self) -> bool {
        self != Cause::Miss
    }
}

struct Flight {
    number: u64,
    leader: Arc<Inbox>,
    /// Whether callers of the leader's own, who are not among the waiters, have not all left.
    held: bool,
    cause: Cause,
    /// Whether its leader was asked whether it knows of the flight.
    asked: bool,
    waiters: Vec<(Arc<Inbox>, u32)>,
    /// What is fetched will carry these.
    tags: TagList,
}

impl Flight {
    /// Whether there was a waiter to lead from now on.
    fn pass_on(&mut self) -> bool {
        self.number = next_number();
        self.held = true;
        // Its caller waits for it.
        if self.cause == Cause::Refresh {
            self.cause = Cause::Forced;
        }
        self.asked = false;
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

    fn is_refresh(&self) -> bool {
        self.cause == Cause::Refresh
    }

    fn is_awaited(&self) -> bool {
        self.held || !self.waiters.is_empty()
    }

    /// Has the leader abort what nobody waits for.
    fn abandon(self, reason: Option<Value>) {
        let flight = self.number;
        self.leader.post(Message::Abandoned { flight, reason });
    }
}

/// The flights of one shard.
#[derive(Default)]
pub(super) struct Flights {
    by_key: HashMap<Box<[u16]>, Flight>,
    overtaken: Vec<Flight>,
    /// Flights in the background that have failed, or were left, so far.
    failed_refreshes: u64,
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

    /// Whether a key has a flight; if so, its leader sees to it.
    pub(super) fn flies(&mut self, key: &[u16]) -> bool {
        let Some(flight) = self.by_key.get_mut(key) else {
            return false;
        };
        // Once is enough: nobody waits, and the next who does asks again.
        if !std::mem::replace(&mut flight.asked, true) {
            flight.leader.post(Message::Awaited(flight.number));
        }
        true
    }

    /// Whether a key has a flight that yields to what is valid.
    pub(super) fn yields(&self, key: &[u16]) -> bool {
        let current = self.by_key.get(key);
        current.is_some_and(|flight| flight.cause.yields())
    }

    /// Starts the flight of a key that has none.
    pub(super) fn lead(&mut self, key: &[u16], leader: &Arc<Inbox>, cause: Cause) -> u64 {
        let number = next_number();
        let flight = Flight {
            number,
            leader: Arc::clone(leader),
            held: true,
            cause,
            asked: false,
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
        if self.by_key.is_empty() {
            return;
        }
        let wanted: HashSet<Units<'_>> = tags.iter().collect();
        let overtaken = self.by_key.extract_if(|key, flight| {
            let mut scratch = vec![0; key.len()];
            flight.tags.iter().any(|tag| wanted.contains(&tag))
                && pattern.matches(Units::new(key, &mut scratch))
        });
        self.overtaken.extend(overtaken.map(|(_, flight)| flight));
    }

    /// Whether a flight is under way and was not overtaken.
    pub(super) fn is_current(&self, key: &[u16], number: u64) -> bool {
        let current = self.by_key.get(key);
        current.is_some_and(|flight| flight.number == number)
    }

    /// Ends a flight and returns who waits for it; nobody if another has taken its place.
    pub(super) fn land(&mut self, key: &[u16], number: u64, outcome: &Outcome) -> Landed {
        let landed = self.take(key, number);
        let refreshed = landed.as_ref().is_some_and(Flight::is_refresh);
        let has_failed = matches!(outcome, Outcome::Failed(_));
        self.failed_refreshes += u64::from(refreshed && has_failed);
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

    /// Has another caller of the leader's own wait for a flight that is under way and was not overtaken;
    /// whether it is.
    pub(super) fn hold(&mut self, key: &[u16], number: u64) -> bool {
        let current = self.by_key.get_mut(key);
        let Some(flight) = current.filter(|flight| flight.number == number) else {
            return false;
        };
        flight.held = true;
        true
    }

    /// Notes that the leader's own callers have all left; whether the flight is over, since nobody else
    /// waits.
    pub(super) fn release(&mut self, key: &[u16], number: u64) -> bool {
        let Some(flight) = self.find(key, number) else {
            return true;
        };
        flight.held = false;
        !flight.is_awaited() && self.end_unawaited(key, number).is_some()
    }

    /// Lets a waiter leave. If it was the last one who waited, the flight is over. False if it waits no
    /// more: a message is on its way to it.
    pub(super) fn leave(
        &mut self,
        key: &[u16],
        inbox: &Arc<Inbox>,
        waiter: u32,
        reason: Value,
    ) -> bool {
        let flights = self.by_key.get_mut(key).into_iter();
        for flight in flights.chain(self.overtaken.iter_mut()) {
            let mut waiters = flight.waiters.iter();
            let found =
                waiters.position(|(other, number)| Arc::ptr_eq(other, inbox) && *number == waiter);
            if let Some(index) = found {
                flight.waiters.remove(index);
                if !flight.is_awaited() {
                    let number = flight.number;
                    if let Some(flight) = self.end_unawaited(key, number) {
                        flight.abandon(Some(reason));
                    }
                }
                return true;
            }
        }
        false
    }

    fn end_unawaited(&mut self, key: &[u16], number: u64) -> Option<Flight> {
        let over = self.take(key, number)?;
        self.failed_refreshes += u64::from(over.is_refresh());
        Some(over)
    }

    fn find(&mut self, key: &[u16], number: u64) -> Option<&mut Flight> {
        let flights = self.by_key.get_mut(key).into_iter();
        let mut flights = flights.chain(self.overtaken.iter_mut());
        flights.find(|flight| flight.number == number)
    }

    fn take(&mut self, key: &[u16], number: u64) -> Option<Flight> {
        if self.is_current(key, number) {
            return self.by_key.remove(key);
        }
        let index = self.overtaken_at(number)?;
        Some(self.overtaken.swap_remove(index))
    }

    /// Gives the flights that an ended environment led to their first waiters. Those for which nobody else
    /// waited are over.
    pub(super) fn abandon(&mut self, gone: &Arc<Inbox>) {
        let is_over = |flight: &mut Flight| {
            flight
                .waiters
                .retain(|(inbox, _)| !Arc::ptr_eq(inbox, gone));
            if Arc::ptr_eq(&flight.leader, gone) {
                return !flight.pass_on();
            }
            !flight.is_awaited()
        };
        let current = self.by_key.extract_if(|_, flight| is_over(flight));
        let current = current.map(|(_, flight)| flight);
        for flight in current.chain(self.overtaken.extract_if(.., is_over)) {
            // One whose leader is gone is no refresh any more.
            self.failed_refreshes += u64::from(flight.is_refresh());
            flight.abandon(None);
        }
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

    pub(super) fn failed_refreshes(&self) -> u64 {
        self.failed_refreshes
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
