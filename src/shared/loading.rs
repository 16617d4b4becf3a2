//! Entries on their way into a [`SharedStore`]: shards are built beside those that are there, and swapped in.
//! How a file is written is in [`super::saving`].

use std::path::Path;
use std::sync::Arc;

use super::events::{Reporter, Untold};
use super::messages::{Event, Happened};
use super::options::Options;
use super::shard::{Shard, Stored, entry_bytes};
use super::store::{Caller, SharedStore};
use super::sync::atomic::Ordering;
use crate::cache::{Lifetime, Loaded, Pattern, Slot, Store, TagList, Units};
use crate::snapshot::{Code, Control, Entries, Entry, Expected, Failure, read};
use crate::value::Value;

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

impl Shard {
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

/// Slots of which what was replaced is reported in one step, during which others may wait to report: some 0.1 ms.
const TOLD_AT_ONCE: usize = 256;

impl Untold for Shard {
    fn take(&mut self, key: Units<'_>) -> Option<Value> {
        let key = self.core.remove(key)?;
        self.forget(key.slot())
    }

    fn take_some(&mut self, from: Slot, taken: &mut dyn FnMut(Units<'_>, Value)) -> Option<Slot> {
        let mut slots = Vec::with_capacity(TOLD_AT_ONCE);
        let next = self
            .core
            .scan(from, TOLD_AT_ONCE, |slot, _| slots.push(slot));
        for slot in slots {
            if let Some(key) = self.core.remove_at(slot)
                && let Some(value) = self.forget(key.slot())
            {
                taken(key.units(), value);
            }
        }
        next
    }
}

impl SharedStore {
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

    pub(super) fn restore_as(
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
        let mut reporter = Reporter::new(&self.subscribers, caller);
        let reports = reporter.wanted(Happened::Cleared);
        let reporting = reports.then(|| self.snapshots.reporting.lock());
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
        let mut replaced = Vec::new();
        let mut dropped = 0;
        let mut deadline = f64::INFINITY;
        self.snapshots.loads.fetch_add(1, Ordering::SeqCst);
        for (place, fresh) in self.shards.iter().zip(shards) {
            let mut shard = place.lock();
            shard.flights.overtake_matching(&all);
            let mut former = std::mem::replace(&mut *shard, fresh);
            std::mem::swap(&mut shard.flights, &mut former.flights);
            deadline = deadline.min(shard.next_deadline());
            dropped += former.len();
            if reports {
                self.subscribers.replace(Box::new(former));
            } else {
                replaced.push(former);
            }
        }
        self.snapshots.loads.fetch_add(1, Ordering::SeqCst);
        drop(same_limits);
        if reports {
            let told = reporter.tell_all_replaced();
            self.expirer.discard(dropped, told);
            drop(reporting);
        } else {
            self.expirer.discard(dropped, replaced);
        }
        if self.has_ended() {
            // It may have been emptied before the swap.
            self.clear(None);
        }
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
