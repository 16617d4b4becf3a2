//! Saves of a [`SharedStore`]: entries are taken some at a time under the lock of their shard, and written with no lock
//! held. How they come back is in [`super::loading`].

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::shard::Shard;
use super::store::SharedStore;
use super::sync::atomic::Ordering;
use super::sync::{Mutex, give_up};
use crate::cache::{Lifetime, Slot, Span, TagList, Texts};
use crate::snapshot::{Code, Control, Entry, Failure, Header, Kind, Lock, Saved, Writer};
use crate::value::Value;

/// Slots whose entries are taken before the lock is given up are so many of so many: mostly each is some misses of
/// the processor's caches.
const PARTS_AT_ONCE: usize = 8;
const SLOTS_OF_PART: usize = 64;

/// Beyond so many bytes of keys no further part is taken under the same lock.
const MOST_KEY_BYTES: usize = 128 * 1024;

/// Entries of one shard.
#[derive(Default)]
struct Taken {
    texts: Texts,
    rows: Vec<Row>,
}

struct Row {
    is_proven: bool,
    used: u64,
    key: Span,
    value: Value,
    expires_at: f64,
    own: Option<Lifetime>,
    tags: TagList,
}

impl Shard {
    /// Takes the valid entries in some slots from `from` on, the fewer the longer their keys are; returns where to go on.
    fn take_some(&self, from: Slot, now: f64, taken: &mut Taken) -> Option<Slot> {
        let mut from = Some(from);
        for _ in 0..PARTS_AT_ONCE {
            if taken.texts.bytes() > MOST_KEY_BYTES {
                break;
            }
            from = self.core.scan(from?, SLOTS_OF_PART, |slot, key| {
                if !self.core.is_valid(slot, &now) {
                    return;
                }
                let stored = self.values.get(slot).expect("it is held");
                let mut tags = TagList::default();
                self.core.tags(slot).for_each(|tag| tags.push(tag));
                taken.rows.push(Row {
                    is_proven: self.core.is_proven(slot),
                    used: stored.used,
                    key: taken.texts.push(key),
                    value: stored.value.clone(),
                    expires_at: self.core.expires_at(slot),
                    own: self.core.own_lifetime_at(slot),
                    tags,
                });
            });
        }
        from
    }
}

impl SharedStore {
    /// Writes all valid entries to a file; `None` if that is the store's own and younger than `renewed_after`
    /// allows, or is being written.
    pub fn save(
        &self,
        path: &Path,
        now: f64,
        renewed_after: Option<Duration>,
        control: &Arc<Control>,
    ) -> Result<Option<Saved>, Failure> {
        let Some(lock) = self.lock_of(path) else {
            return self.write_all(path, None, now, control).map(Some);
        };
        let saving = &self.snapshots.saving;
        let Some(mut saved_at) = (match renewed_after {
            // Threads whose intervals end at the same time wait for nobody.
            Some(_) => saving.try_lock(),
            None => Some(saving.lock()),
        }) else {
            return Ok(None);
        };
        let fresh = |at: Instant| renewed_after.is_some_and(|least| at.elapsed() < least);
        if saved_at.is_some_and(fresh) {
            return Ok(None);
        }
        *self.snapshots.under_way.lock() = Some(Arc::clone(control));
        let saved = self.write_all(path, Some(&lock), now, control);
        *self.snapshots.under_way.lock() = None;
        if saved.is_ok() {
            *saved_at = Some(Instant::now());
        }
        saved.map(Some)
    }

    /// Writes the store's own file, if it has one, in the place of whoever is writing it.
    pub fn save_own(&self, now: f64) -> Result<Saved, Failure> {
        let Some(path) = self.own_path() else {
            return Ok(Saved::default());
        };
        self.stop_saving();
        let saved = self.save(&path, now, None, &Arc::default())?;
        Ok(saved.unwrap_or_default())
    }

    pub(super) fn stop_saving(&self) {
        if let Some(control) = &*self.snapshots.under_way.lock() {
            control.abort();
        }
    }

    /// The store's right to write this file, if it is its own.
    fn lock_of(&self, path: &Path) -> Option<Arc<Lock>> {
        let own = self.snapshots.own.lock();
        let own = own.as_ref().filter(|own| own.lock.is_of(path));
        own.map(|own| Arc::clone(&own.lock))
    }

    /// Begins anew if everything is replaced meanwhile: the file would have a part of either.
    fn write_all(
        &self,
        path: &Path,
        lock: Option<&Lock>,
        now: f64,
        control: &Control,
    ) -> Result<Saved, Failure> {
        loop {
            if let Some(saved) = self.try_to_write_all(path, lock, now, control)? {
                return Ok(saved);
            }
        }
    }

    /// `None`, and no new file, if everything was replaced meanwhile.
    fn try_to_write_all(
        &self,
        path: &Path,
        lock: Option<&Lock>,
        now: f64,
        control: &Control,
    ) -> Result<Option<Saved>, Failure> {
        let loads = || self.snapshots.loads.load(Ordering::SeqCst);
        let before = loads();
        self.check(control)?;
        let header = Header {
            kind: Kind::Shared,
            codec: self.options().codec,
            store: self.name.clone(),
            created_at: now,
        };
        let mut writer = Writer::create(path, &header, lock)?;
        control.expect(self.metrics().entries as u64);
        for (part, shard) in (0u32..).zip(&self.shards) {
            let Taken { texts, rows } = self.rows_of(shard, now, control)?;
            if loads() != before {
                return Ok(None);
            }
            writer.begin(part, 0)?;
            for row in &rows {
                writer.add(&Entry {
                    key: texts.get(row.key),
                    value: &row.value,
                    expires_at: row.expires_at,
                    own: row.own,
                    tags: (!row.tags.is_empty()).then_some(&row.tags),
                })?;
                if writer.is_full() {
                    self.check(control)?;
                    writer.flush()?;
                    control.report(writer.saved().entries, writer.saved().bytes);
                }
            }
        }
        self.check(control)?;
        let saved = writer.finish()?;
        control.report(saved.entries, saved.bytes);
        Ok(Some(saved))
    }

    /// Fails once it was aborted, or the store has ended and is empty.
    pub(super) fn check(&self, control: &Control) -> Result<(), Failure> {
        if self.has_ended() {
            return Err(Failure::new(Code::Aborted, "the store has ended"));
        }
        control.check()
    }

    /// The valid entries of a shard, taken some slots at a time: in the order of use, and before all that was used
    /// what was not, if the policy tells these apart.
    fn rows_of(&self, shard: &Mutex<Shard>, now: f64, control: &Control) -> Result<Taken, Failure> {
        let (mut all, mut some) = (Taken::default(), Taken::default());
        some.rows.reserve(PARTS_AT_ONCE * SLOTS_OF_PART);
        some.texts.reserve(MOST_KEY_BYTES);
        let mut from = Some(0);
        while let Some(slot) = from {
            self.check(control)?;
            let shard = shard.lock();
            from = shard.take_some(slot, now, &mut some);
            give_up(shard);
            // Lists of a whole shard grow without the lock: those of one step hardly ever do.
            for mut row in some.rows.drain(..) {
                row.key = all.texts.push(some.texts.get(row.key));
                all.rows.push(row);
            }
            some.texts.clear();
        }
        all.rows
            .sort_unstable_by_key(|row| (row.is_proven, row.used));
        Ok(all)
    }
}
