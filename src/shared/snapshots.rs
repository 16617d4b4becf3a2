//! Snapshots of a [`SharedStore`]: what it holds as a file, and back. Files are written and read with no lock of a
//! shard held; entries are taken some at a time, and what comes in is built beside and swapped in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::events::Reporter;
use super::messages::{Event, Happened};
use super::options::Options;
use super::shard::{SCANNED_AT_ONCE, Shard, Stored, entry_bytes};
use super::store::{Caller, SharedStore};
use super::sync::atomic::Ordering;
use super::sync::{Mutex, give_up};
use crate::cache::{Lifetime, Loaded, Pattern, Slot, Span, Store, TagList, Texts};
use crate::snapshot::{
    Code, Control, Entries, Entry, Expected, Failure, Header, Kind, Lock, Saved, Writer, read,
};
use crate::value::Value;

/// The file that a store has of its own.
pub(super) struct Own {
    path: PathBuf,
    lock: Arc<Lock>,
    on_exit: bool,
}

/// What a store knows of its snapshots.
#[derive(Default)]
pub(super) struct Snapshots {
    pub(super) own: Mutex<Option<Own>>,
    /// When the store's own file was last written, by whoever holds this.
    pub(super) saving: Mutex<Option<Instant>>,
    /// What stops whoever does.
    under_way: Mutex<Option<Arc<Control>>>,
    /// Why the last save, that of the end, has failed.
    at_end: Mutex<Option<Failure>>,
}

/// What a store is to be opened with.
#[derive(Clone, Debug)]
pub struct OwnSnapshot {
    /// Where the file is.
    pub path: PathBuf,
    /// Whether it is written when the store ends.
    pub on_exit: bool,
    /// Whether the whole blocks before any damage are enough.
    pub keep_valid: bool,
    /// The time, in milliseconds since the epoch.
    pub now: f64,
    /// Whether that is of a clock of the caller's own.
    pub is_foreign: bool,
}

/// How entries come in.
#[derive(Clone, Copy, Debug)]
pub struct Loading {
    /// The time, in milliseconds since the epoch.
    pub now: f64,
    /// Whether more than the limits allow is refused.
    pub strict: bool,
    /// Whether lifetimes of single entries have the grace of the store.
    pub takes_grace: bool,
}

struct Row {
    used: u64,
    key: Span,
    value: Value,
    expires_at: f64,
    own: Option<Lifetime>,
    tags: TagList,
}

impl Shard {
    /// Takes the valid entries in some slots from `from` on; returns where to go on.
    fn take_some(
        &self,
        from: Slot,
        now: f64,
        texts: &mut Texts,
        rows: &mut Vec<Row>,
    ) -> Option<Slot> {
        self.core.scan(from, SCANNED_AT_ONCE, |slot, key| {
            if !self.core.is_valid(slot, &now) {
                return;
            }
            let stored = self.values.get(slot).expect("it is held");
            let mut tags = TagList::default();
            self.core.tags(slot).for_each(|tag| tags.push(tag));
            rows.push(Row {
                used: stored.used,
                key: texts.push(key),
                value: stored.value.clone(),
                expires_at: self.core.expires_at(slot),
                own: self.core.own_lifetime_at(slot),
                tags,
            });
        })
    }

    /// Gives an empty shard those of the entries that have these numbers.
    fn load(
        &mut self,
        entries: &Entries,
        numbers: &[usize],
        version: impl Fn() -> u64,
        how: Loading,
    ) -> Result<(), Failure> {
        let owns: Vec<Option<Lifetime>> = numbers
            .iter()
            .map(|&number| {
                let own = entries.get(number).own?;
                Some(match how.takes_grace {
                    true => self.core.own_lifetime(own.ttl()),
                    false => own,
                })
            })
            .collect();
        let loaded = |index: usize| {
            let Entry {
                key,
                value,
                expires_at,
                tags,
                ..
            } = entries.get(numbers[index]);
            let listed = Store::listed_bytes(tags.map_or(0, TagList::len));
            Loaded {
                key,
                weight: (entry_bytes(key, value) + listed) as f64,
                expires_at,
                own: owns[index],
                tags,
            }
        };
        let places = self.core.load(numbers.len(), loaded, how.now);
        let places = places.map_err(|_| {
            let text = format!("{} entries are more than a shard can hold", numbers.len());
            Failure::new(Code::TooLarge, text)
        })?;
        for (index, (&slot, &number)) in places.iter().zip(numbers).enumerate() {
            if slot == 0 {
                let left_out = loaded(index);
                let most = self.core.limits().max_weight;
                if how.strict && left_out.expires_at >= how.now && left_out.weight > most {
                    return Err(too_large(left_out.weight, most));
                }
                continue;
            }
            self.uses += 1;
            let stored = Stored {
                value: entries.get(number).value.clone(),
                version: version(),
                used: self.uses,
            };
            self.values.put(slot, stored);
        }
        Ok(())
    }

    /// Evicts what was loaded beyond the limits, uncounted.
    fn evict_loaded(&mut self) {
        while self.is_excessive()
            && let Some(evicted) = self.core.evict_excess()
        {
            drop(self.forget(evicted.slot()));
        }
        self.reset_stats();
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

    fn stop_saving(&self) {
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

    /// Where the store's own file is.
    pub fn own_path(&self) -> Option<PathBuf> {
        let own = self.snapshots.own.lock();
        own.as_ref().map(|own| own.path.clone())
    }

    fn write_all(
        &self,
        path: &Path,
        lock: Option<&Lock>,
        now: f64,
        control: &Control,
    ) -> Result<Saved, Failure> {
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
            let (texts, rows) = self.rows_of(shard, now, control)?;
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
        Ok(saved)
    }

    /// Fails once it was aborted, or the store has ended and is empty.
    fn check(&self, control: &Control) -> Result<(), Failure> {
        if self.has_ended() {
            return Err(Failure::new(Code::Aborted, "the store has ended"));
        }
        control.check()
    }

    /// The valid entries of a shard in the order of use, taken some slots at a time.
    fn rows_of(
        &self,
        shard: &Mutex<Shard>,
        now: f64,
        control: &Control,
    ) -> Result<(Texts, Vec<Row>), Failure> {
        let (mut texts, mut rows) = (Texts::default(), Vec::new());
        let mut from = Some(0);
        while let Some(slot) = from {
            self.check(control)?;
            // Before the lock is taken, so that seldom anything is moved under it.
            rows.reserve(SCANNED_AT_ONCE);
            texts.reserve(SCANNED_AT_ONCE * 64);
            let shard = shard.lock();
            from = shard.take_some(slot, now, &mut texts, &mut rows);
            give_up(shard);
        }
        rows.sort_unstable_by_key(|row| row.used);
        Ok((texts, rows))
    }

    /// Replaces all entries by those of a file; returns how many there are now.
    pub fn restore(
        self: &Arc<Self>,
        path: &Path,
        keep_valid: bool,
        now: f64,
        control: &Control,
        caller: Caller,
    ) -> Result<(usize, Vec<Event>), Failure> {
        self.restore_as(path, None, keep_valid, now, control, caller)
    }

    fn restore_as(
        self: &Arc<Self>,
        path: &Path,
        store: Option<&[u16]>,
        keep_valid: bool,
        now: f64,
        control: &Control,
        caller: Caller,
    ) -> Result<(usize, Vec<Event>), Failure> {
        let codec = self.options().codec;
        let expected = Expected {
            codec: Some(&codec),
            store,
            keep_valid,
        };
        let snapshot = read(path, &expected, control)?;
        control.expect(snapshot.entries.len() as u64);
        let how = Loading {
            now,
            strict: !keep_valid,
            takes_grace: false,
        };
        let loaded = self.load(&snapshot.entries, how, control, caller)?;
        control.report(snapshot.entries.len() as u64, snapshot.bytes);
        Ok(loaded)
    }

    /// Replaces all entries by these; returns how many there are now.
    pub fn load(
        self: &Arc<Self>,
        entries: &Entries,
        how: Loading,
        control: &Control,
        caller: Caller,
    ) -> Result<(usize, Vec<Event>), Failure> {
        let (shards, same_limits) = loop {
            let options = self.options();
            let shards = self.build(entries, &options, how, control)?;
            let resizing = self.resizing.lock();
            if self.options() == options {
                break (shards, resizing);
            }
        };
        self.check(control)?;
        let count = shards.iter().map(Shard::len).sum();
        let all = Pattern::prefix(&[]);
        let mut replaced = Vec::with_capacity(self.shards.len());
        let mut deadline = f64::INFINITY;
        for (place, fresh) in self.shards.iter().zip(shards) {
            let mut shard = place.lock();
            shard.flights.overtake_matching(&all);
            let mut former = std::mem::replace(&mut *shard, fresh);
            std::mem::swap(&mut shard.flights, &mut former.flights);
            deadline = deadline.min(shard.next_deadline());
            drop(shard);
            replaced.push(former);
        }
        drop(same_limits);
        let mut reporter = Reporter::new(&self.subscribers, caller);
        if reporter.wanted(Happened::Cleared) {
            // Without a lock: nobody else has these any more, and they may be many.
            for former in &replaced {
                for (slot, key) in former.core.keys() {
                    let stored = former.values.get(slot).expect("it is held");
                    reporter.report(Happened::Cleared, key, &stored.value);
                }
            }
        }
        let dropped = replaced.iter().map(Shard::len).sum();
        self.expirer.discard(dropped, replaced);
        if !self.foreign_clock.load(Ordering::Relaxed) {
            self.expirer.schedule(self, deadline);
        }
        Ok((count, reporter.own))
    }

    /// New shards with these entries.
    fn build(
        &self,
        entries: &Entries,
        options: &Options,
        how: Loading,
        control: &Control,
    ) -> Result<Vec<Shard>, Failure> {
        let count = self.shards.len();
        let mut parts = vec![Vec::new(); count];
        for (number, entry) in entries.iter().enumerate() {
            parts[self.shard_of(entry.key)].push(number);
        }
        let mut shards = Vec::with_capacity(count);
        for (index, part) in (0u32..).zip(&parts) {
            control.check()?;
            let limits = options.of_shard(index, count as u32);
            let mut shard = Shard::new(limits, options.lifetimes_of_shard(index), options.eviction);
            shard.load(entries, part, || self.versions.next(), how)?;
            shards.push(shard);
        }
        let held: Vec<usize> = shards.iter().map(Shard::len).collect();
        let bytes: Vec<usize> = shards.iter().map(Shard::bytes).collect();
        if how.strict {
            check_limits(&held, &bytes, options)?;
        }
        // By another random seed entries fall otherwise on the shards: full ones would lose what the whole can hold.
        let parts = options.of_shards_with(&held, &bytes).into_iter();
        for (shard, part) in shards.iter_mut().zip(parts) {
            shard.resize(part);
            shard.evict_loaded();
        }
        Ok(shards)
    }

    /// Gives a store that nobody sees yet a file of its own, and what is in it.
    pub(super) fn open_own(self: &Arc<Self>, wanted: &OwnSnapshot) -> Result<(), Failure> {
        let lock = Lock::acquire(&wanted.path)?;
        let (keep_valid, now) = (wanted.keep_valid, wanted.now);
        if wanted.is_foreign {
            self.see_foreign_clock();
        }
        let control = Control::default();
        let name = self.name.clone();
        match self.restore_as(&wanted.path, Some(&name), keep_valid, now, &control, None) {
            Err(failure) if failure.code != Code::NotFound => return Err(failure),
            _ => {}
        }
        *self.snapshots.own.lock() = Some(Own {
            path: wanted.path.clone(),
            lock: Arc::new(lock),
            on_exit: wanted.on_exit,
        });
        Ok(())
    }

    /// Saves for the last time, if that is wanted, and gives the file back. A store that lives by another clock than
    /// the real one has its entries judged by who restores them.
    pub(super) fn close_own(&self, now: f64) {
        let is_foreign = self.foreign_clock.load(Ordering::Relaxed);
        let now = if is_foreign { 0.0 } else { now };
        let saves = self
            .snapshots
            .own
            .lock()
            .as_ref()
            .is_some_and(|own| own.on_exit);
        if saves && let Err(failure) = self.save_own(now) {
            *self.snapshots.at_end.lock() = Some(failure);
        }
        self.give_up_own();
    }

    /// Gives the file back as it is, by whoever is writing it, too.
    pub(super) fn abandon_own(&self) {
        self.stop_saving();
        let stopped = self.snapshots.saving.lock();
        self.give_up_own();
        drop(stopped);
    }

    fn give_up_own(&self) {
        let own = self.snapshots.own.lock().take();
        drop(own);
    }

    /// Why the save of the store's end has failed.
    pub fn failure_at_end(&self) -> Option<Failure> {
        self.snapshots.at_end.lock().take()
    }
}

fn too_large(bytes: f64, most: f64) -> Failure {
    let text =
        format!("it has an entry of {bytes} bytes, and a shard of the store may hold {most}");
    Failure::new(Code::TooLarge, text)
}

/// Fails if there is more than the store may hold.
fn check_limits(held: &[usize], bytes: &[usize], options: &Options) -> Result<(), Failure> {
    for (held, of, most) in [
        (held, "entries", options.max_size),
        (bytes, "bytes of entries", options.max_bytes),
    ] {
        let held: usize = held.iter().sum();
        if most > 0.0 && held as f64 > most {
            let text = format!("it holds {held} {of}, and the store may hold {most}");
            return Err(Failure::new(Code::TooLarge, text));
        }
    }
    Ok(())
}
