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
    /// Numbers of the nudges among the messages: one that waits already covers the next.
    nudges: HashSet<u32>,
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
                nudges: HashSet::new(),
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
            nudges,
        } = &mut *state
        else {
            return false;
        };
        if let Message::Nudge(number) = message
            && !nudges.insert(number)
        {
            return true;
        }
        messages.push_back(message);
        if !std::mem::replace(woken, true) {
            wake();
        }
        true
    }

    /// Takes up to `most` messages. The second result tells whether others wait; if not, the next
    /// message wakes the owner again.
    pub fn receive(&self, most: usize) -> (Vec<Message>, bool) {
        let mut state = self.state.lock();
        let count = most.min(state.messages.len());
        let received: Vec<Message> = state.messages.drain(..count).collect();
        for message in &received {
            if let Message::Nudge(number) = message {
                state.nudges.remove(number);
            }
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
