//! How a thread is told what other threads did: one inbox for each facade.
//!
//! Messages wait in a queue and one wake-up covers all of them. The owner comes in rounds: what
//! arrives during one is no reason for a second in the same turn of its event loop, so the inbox
//! wakes again when the round is over. Whoever wakes holds the inbox's lock, and so does the owner
//! when it ends: a dead one is never called.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use super::messages::Message;
use super::sync::Mutex;

/// The inbox of one facade.
pub struct Inbox {
    state: Mutex<State>,
}

struct State {
    /// `None` once the owner has ended.
    wake: Option<Box<dyn Fn() + Send>>,
    /// Whether a round is to come or under way.
    woken: bool,
    messages: VecDeque<Message>,
    /// Flights of which a message that waits says that they are awaited: one is enough.
    awaited: HashSet<u64>,
    /// Numbers for the next round: one that waits already covers the next.
    nudges: Vec<u32>,
    /// Numbers for the round that is under way.
    due: VecDeque<u32>,
}

impl State {
    /// Sees to it that a round comes; false if there will be none any more.
    fn wake(&mut self) -> bool {
        let Some(wake) = &self.wake else {
            return false;
        };
        if !std::mem::replace(&mut self.woken, true) {
            wake();
        }
        true
    }
}

impl Inbox {
    /// An inbox whose owner is woken by this function. It is called under the inbox's lock and
    /// must not wait.
    pub fn new(wake: impl Fn() + Send + 'static) -> Arc<Self> {
        Arc::new(Inbox {
            state: Mutex::new(State {
                wake: Some(Box::new(wake)),
                woken: false,
                messages: VecDeque::new(),
                awaited: HashSet::new(),
                nudges: Vec::new(),
                due: VecDeque::new(),
            }),
        })
    }

    /// Leaves a message; false if nobody will read it.
    pub fn post(&self, message: Message) -> bool {
        let mut state = self.state.lock();
        if !state.wake() {
            return false;
        }
        if let Message::Awaited(flight) = message
            && !state.awaited.insert(flight)
        {
            return true;
        }
        state.messages.push_back(message);
        true
    }

    /// Has something of the owner's own done in its next round: the number is the owner's. False
    /// if there will be no round any more.
    pub fn nudge(&self, number: u32) -> bool {
        let mut state = self.state.lock();
        if !state.wake() {
            return false;
        }
        if !state.nudges.contains(&number) {
            state.nudges.push(number);
        }
        true
    }

    /// Begins a round: what was nudged so far is due in it.
    pub fn begin_round(&self) {
        let mut state = self.state.lock();
        let State { nudges, due, .. } = &mut *state;
        due.extend(nudges.drain(..));
    }

    /// The next number that is due.
    pub fn next_due(&self) -> Option<u32> {
        self.state.lock().due.pop_front()
    }

    /// Takes up to `most` messages, of `most_bytes` together, or a larger one alone. The second
    /// result tells whether others wait.
    pub fn receive(&self, most: usize, most_bytes: usize) -> (Vec<Message>, bool) {
        let mut state = self.state.lock();
        let (mut received, mut bytes) = (Vec::new(), 0);
        while received.len() < most
            && let Some(message) = state.messages.front()
            && (received.is_empty() || bytes + message.bytes() <= most_bytes)
            && let Some(message) = state.messages.pop_front()
        {
            bytes += message.bytes();
            if let Message::Awaited(flight) = message {
                state.awaited.remove(&flight);
            }
            received.push(message);
        }
        (received, !state.messages.is_empty())
    }

    /// Ends a round, however far its owner came: what still waits has another.
    pub fn end_round(&self) {
        let mut state = self.state.lock();
        state.woken = false;
        if !(state.messages.is_empty() && state.nudges.is_empty() && state.due.is_empty()) {
            state.wake();
        }
    }

    /// Ends the inbox: nothing is posted and nobody is woken any more.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.wake = None;
        let unread = std::mem::take(&mut state.messages);
        // Values are freed without the lock.
        drop(state);
        drop(unread);
    }
}
