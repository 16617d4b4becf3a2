//! The expiry thread: one for the process, started when first needed, asleep until the next
//! deadline. It frees expired entries of shared stores and tells the owners of thread-own caches
//! when to look.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, Ordering as Atomic};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::clock::now;
use super::inbox::{Inbox, Message};
use super::store::SharedStore;

/// The expiry thread and its queue.
pub struct Expirer {
    queue: Mutex<BinaryHeap<Job>>,
    earlier: Condvar,
}

/// Longest sleep: the wall clock may be set while the thread sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

struct Job {
    due: f64,
    task: Task,
}

enum Task {
    Store(Weak<SharedStore>),
    Check(Check),
}

/// A cache of one thread that is to be looked at in intervals.
pub struct Check {
    /// Whom to tell.
    pub inbox: Arc<Inbox>,
    /// What to tell.
    pub number: u32,
    /// Milliseconds.
    pub interval: f64,
    /// Set when the cache is gone.
    pub cancelled: Arc<AtomicBool>,
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Job {}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The heap gives the greatest first: that is to be the job due earliest.
impl Ord for Job {
    fn cmp(&self, other: &Self) -> Ordering {
        other.due.total_cmp(&self.due)
    }
}

impl Expirer {
    fn get() -> &'static Expirer {
        static EXPIRER: OnceLock<Expirer> = OnceLock::new();
        let mut started = false;
        let expirer = EXPIRER.get_or_init(|| {
            started = true;
            Expirer {
                queue: Mutex::new(BinaryHeap::new()),
                earlier: Condvar::new(),
            }
        });
        if started {
            let thread = thread::Builder::new().name("memory-cache-expiry".into());
            // Without a thread entries still expire lazily: there is nothing to report.
            let _ = thread.spawn(|| expirer.run());
        }
        expirer
    }

    /// Looks after a store at this time, unless it does so earlier anyway.
    pub(super) fn schedule_store(store: &Arc<SharedStore>, due: f64) {
        {
            let mut scheduled = store.scheduled.lock();
            if *scheduled <= due {
                return;
            }
            *scheduled = due;
        }
        Self::get().add(Job {
            due,
            task: Task::Store(Arc::downgrade(store)),
        });
    }

    /// Tells the owner of a cache in intervals, until it is cancelled.
    pub fn check(check: Check) {
        let due = now() + check.interval;
        Self::get().add(Job {
            due,
            task: Task::Check(check),
        });
    }

    fn add(&self, job: Job) {
        let mut queue = self.queue.lock();
        let first = queue.peek().is_none_or(|first| job.due < first.due);
        queue.push(job);
        if first {
            self.earlier.notify_one();
        }
    }

    fn run(&self) {
        loop {
            let job = self.next_due();
            match job.task {
                Task::Store(store) => {
                    if let Some(store) = store.upgrade() {
                        expire(&store);
                    }
                }
                Task::Check(check) => self.tell(check),
            }
        }
    }

    fn next_due(&self) -> Job {
        let mut queue = self.queue.lock();
        loop {
            let time = now();
            // Expired is what is strictly older: the deadline itself is too early.
            let wait = match queue.peek() {
                Some(job) if job.due < time => return queue.pop().expect("it was peeked at"),
                Some(job) => Duration::from_secs_f64(((job.due - time + 1.0) / 1e3).min(1e6)),
                None => LONGEST_SLEEP,
            };
            self.earlier.wait_for(&mut queue, wait.min(LONGEST_SLEEP));
        }
    }

    fn tell(&self, check: Check) {
        if check.cancelled.load(Atomic::Acquire) {
            return;
        }
        if check.inbox.post(Message::Nudge(check.number)) {
            self.add(Job {
                due: now() + check.interval,
                task: Task::Check(check),
            });
        }
    }
}

fn expire(store: &Arc<SharedStore>) {
    // Before anything is looked at: a write from now on schedules for itself.
    *store.scheduled.lock() = f64::INFINITY;
    let next = store.expire_due(now());
    if next.is_finite() {
        Expirer::schedule_store(store, next);
    }
}
