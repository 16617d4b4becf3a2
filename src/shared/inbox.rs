//! How a thread is told what other threads did: one inbox for each environment.
//!
//! Messages wait in a queue and one wake-up covers all of them. Whoever wakes holds the inbox's
//! lock, and so does the environment when it ends: a dead one is never called.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use super::messages::Message;
use super::sync::Mutex;

/// The inbox of one environment.
pub struct Inbox {
    state: Mutex<State>,
}

struct State {
    /// `None` once the environment has ended.
    wake: Option<Box<dyn Fn() + Send>>,
    woken: bool,
    messages: VecDeque<Message>,
    /// Those of the messages of which one that waits already covers the next.
    once: HashSet<Once>,
}

#[derive(PartialEq, Eq, Hash)]
enum Once {
    Nudge(u32),
    Awaited(u64),
}

impl Once {
    fn of(message: &Message) -> Option<Once> {
        match message {
            Message::Nudge(number) => Some(Once::Nudge(*number)),
            Message::Awaited(flight) => Some(Once::Awaited(*flight)),
            _ => None,
        }
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
                once: HashSet::new(),
            }),
        })
    }

    /// Leaves a message; false if nobody will read it.
    pub fn post(&self, message: Message) -> bool {
        let mut state = self.state.lock();
        let State {
            wake: Some(wake),
            woken,
            messages,
            once,
        } = &mut *state
        else {
            return false;
        };
        if let Some(number) = Once::of(&message)
            && !once.insert(number)
        {
            return true;
        }
        messages.push_back(message);
        if !std::mem::replace(woken, true) {
            wake();
        }
        true
    }

    /// Takes up to `most` messages, and no more of them when their values are `most_bytes` large
    /// together. The second result tells whether others wait; if not, the next message wakes the
    /// owner again.
    pub fn receive(&self, most: usize, most_bytes: usize) -> (Vec<Message>, bool) {
        let mut state = self.state.lock();
        let (mut received, mut bytes) = (Vec::new(), 0);
        while received.len() < most && bytes < most_bytes {
            let Some(message) = state.messages.pop_front() else {
                break;
            };
            bytes += message.bytes();
            if let Some(number) = Once::of(&message) {
                state.once.remove(&number);
            }
            received.push(message);
        }
        let more = !state.messages.is_empty();
        state.woken = more;
        (received, more)
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
