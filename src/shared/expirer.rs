//! The background thread: one for the process, started when first needed, asleep until the next
//! deadline. It frees expired entries of shared stores, tells the owners of thread-own caches when
//! to look, and drops what is too large to be dropped while somebody waits.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering as Atomic};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::clock::now;
use super::inbox::Inbox;

/// The background thread and what waits for it.
pub struct Expirer {
    queue: Mutex<Queue>,
    earlier: Condvar,
}

struct Queue {
    jobs: BTreeMap<(Due, u64), Task>,
    discarded: Vec<Box<dyn Send>>,
    /// `None` before the first job; false if the system refused a thread.
    running: Option<bool>,
}

/// Longest sleep: the wall clock may be set while the thread sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq)]
struct Due(f64);

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What can have one job in the queue: a store, or the checks of a cache.
pub(super) struct Ticket {
    id: u64,
    /// The time of the job; infinity without one.
    due: Mutex<f64>,
}

impl Ticket {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Ticket {
            id: NEXT.fetch_add(1, Atomic::Relaxed),
            due: Mutex::new(f64::INFINITY),
        }
    }
}

/// What has expired entries to be freed.
pub(super) trait Expires: Send + Sync {
    fn ticket(&self) -> &Ticket;

    /// Frees what has expired at this time; returns the next deadline, infinity for none.
    fn expire_due(&self, now: f64) -> f64;
}

enum Task {
    Expire(Weak<dyn Expires>),
    Check(Weak<Check>),
}

/// A cache of one thread that is to be looked at in intervals, for as long as this is kept.
pub struct Check {
    /// Whom to tell.
    inbox: Arc<Inbox>,
    /// What to tell.
    number: u32,
    /// Milliseconds.
    interval: f64,
    ticket: Ticket,
    expirer: &'static Expirer,
}

impl Drop for Check {
    fn drop(&mut self) {
        self.expirer.cancel(&self.ticket);
    }
}

impl Expirer {
    /// The one of the process.
    pub fn global() -> &'static Expirer {
        static GLOBAL: Expirer = Expirer::new(None);
        &GLOBAL
    }

    const fn new(running: Option<bool>) -> Self {
        Expirer {
            queue: Mutex::new(Queue {
                jobs: BTreeMap::new(),
                discarded: Vec::new(),
                running,
            }),
            earlier: Condvar::new(),
        }
    }

    /// Looks after something at this time, unless it does so earlier anyway.
    pub(super) fn schedule<E: Expires + 'static>(&'static self, expiring: &Arc<E>, due: f64) {
        self.advance(expiring.ticket(), due, || {
            let expiring: Weak<E> = Arc::downgrade(expiring);
            Task::Expire(expiring)
        });
    }

    /// Leaves a message with this number in the inbox in intervals of so many milliseconds, until
    /// what is returned is dropped.
    pub fn check(&'static self, inbox: Arc<Inbox>, number: u32, interval: f64) -> Arc<Check> {
        let check = Arc::new(Check {
            inbox,
            number,
            interval,
            ticket: Ticket::new(),
            expirer: self,
        });
        self.schedule_check(&check);
        check
    }

    /// Drops what holds so many entries: on the background thread if that takes long.
    pub fn discard(&'static self, entries: usize, remains: impl Send + 'static) {
        /// As many are dropped in some 0.1 ms.
        const IN_PLACE: usize = 1_000;
        if entries <= IN_PLACE {
            return;
        }
        let mut queue = self.queue.lock();
        if self.start(&mut queue) {
            queue.discarded.push(Box::new(remains));
            self.earlier.notify_one();
            return;
        }
        // `remains` is dropped after the lock was given up.
        drop(queue);
    }

    /// Forgets the job of a ticket.
    pub(super) fn cancel(&self, ticket: &Ticket) {
        let mut scheduled = ticket.due.lock();
        let due = std::mem::replace(&mut *scheduled, f64::INFINITY);
        if due.is_finite() {
            self.queue.lock().jobs.remove(&(Due(due), ticket.id));
        }
    }

    fn schedule_check(&'static self, check: &Arc<Check>) {
        let due = now() + check.interval;
        self.advance(&check.ticket, due, || Task::Check(Arc::downgrade(check)));
    }

    /// Moves the job of a ticket to an earlier time; it has one at the most.
    fn advance(&'static self, ticket: &Ticket, due: f64, task: impl FnOnce() -> Task) {
        let mut scheduled = ticket.due.lock();
        if *scheduled <= due || !due.is_finite() {
            return;
        }
        let mut queue = self.queue.lock();
        if scheduled.is_finite() {
            queue.jobs.remove(&(Due(*scheduled), ticket.id));
        }
        let first = queue.jobs.first_key_value();
        let is_first = first.is_none_or(|((first, _), _)| due < first.0);
        queue.jobs.insert((Due(due), ticket.id), task());
        *scheduled = due;
        // Without a thread entries still expire lazily: there is nothing to report.
        if self.start(&mut queue) && is_first {
            self.earlier.notify_one();
        }
    }

    fn start(&'static self, queue: &mut Queue) -> bool {
        *queue.running.get_or_insert_with(|| {
            let thread = thread::Builder::new().name("memory-cache-expiry".into());
            thread.spawn(|| self.run()).is_ok()
        })
    }

    fn run(&'static self) {
        loop {
            let discarded = self.wait();
            drop(discarded);
            self.run_due(now());
        }
    }

    /// Waits until something is due or to be dropped.
    fn wait(&self) -> Vec<Box<dyn Send>> {
        let mut queue = self.queue.lock();
        loop {
            if !queue.discarded.is_empty() {
                return std::mem::take(&mut queue.discarded);
            }
            let time = now();
            let wait = match queue.jobs.first_key_value() {
                Some(((due, _), _)) if due.0 < time => return Vec::new(),
                Some(((due, _), _)) => {
                    Duration::from_secs_f64(((due.0 - time + 1.0) / 1e3).min(1e6))
                }
                None => LONGEST_SLEEP,
            };
            self.earlier.wait_for(&mut queue, wait.min(LONGEST_SLEEP));
        }
    }

    /// Carries out the jobs that are due at this time; returns how many that was. A job that is
    /// due again waits for the next time.
    fn run_due(&'static self, time: f64) -> usize {
        let mut due = {
            let mut queue = self.queue.lock();
            // Expired is what is strictly older: the deadline itself is too early.
            let later = queue.jobs.split_off(&(Due(time), 0));
            std::mem::replace(&mut queue.jobs, later)
        };
        let count = due.len();
        while let Some(((due, _), task)) = due.pop_first() {
            match task {
                Task::Expire(expiring) => {
                    let Some(expiring) = expiring.upgrade() else {
                        continue;
                    };
                    // Before anything is looked at: a write from now on schedules for itself.
                    leave_queue(expiring.ticket(), due);
                    let next = expiring.expire_due(time);
                    self.advance(expiring.ticket(), next, || {
                        Task::Expire(Arc::downgrade(&expiring))
                    });
                }
                Task::Check(check) => {
                    let Some(check) = check.upgrade() else {
                        continue;
                    };
                    leave_queue(&check.ticket, due);
                    if check.inbox.nudge(check.number) {
                        self.schedule_check(&check);
                    }
                }
            }
        }
        count
    }
}

/// Notes that the job taken from the queue is no longer there. One with another time is a newer one.
fn leave_queue(ticket: &Ticket, due: Due) {
    let mut scheduled = ticket.due.lock();
    if *scheduled == due.0 {
        *scheduled = f64::INFINITY;
    }
}

#[cfg(test)]
impl Expirer {
    /// One that works only when it is told to.
    pub(super) fn manual() -> &'static Expirer {
        Box::leak(Box::new(Expirer::new(Some(true))))
    }

    pub(super) fn jobs(&self) -> usize {
        self.queue.lock().jobs.len()
    }

    pub(super) fn run_at(&'static self, time: f64) -> usize {
        self.run_due(time)
    }
}
