//! Files that are whole, cut, damaged, or somebody else's. Whatever is read is what was written, or a failure.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::cache::{Lifetime, TagList, Units};
use crate::value::Value;

mod blocks;

/// A folder of a test's own, which goes with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("nmc-snapshots-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("snapshot")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn header() -> Header {
    Header {
        kind: Kind::Shared,
        codec: "structured".into(),
        store: "store".encode_utf16().collect(),
        created_at: 1_000.0,
    }
}

/// What is known of an entry, to be compared.
type Facts = (Vec<u16>, Value, f64, Option<Lifetime>, Vec<Vec<u16>>);

fn code_units(units: Units<'_>) -> Vec<u16> {
    match units {
        Units::Narrow(bytes) => bytes.iter().map(|&byte| byte.into()).collect(),
        Units::Wide(units) => units.to_vec(),
    }
}

fn facts(entry: Entry<'_>) -> Facts {
    let tags = entry.tags.map(|tags| tags.iter().map(code_units).collect());
    (
        code_units(entry.key),
        entry.value.clone(),
        entry.expires_at,
        entry.own,
        tags.unwrap_or_default(),
    )
}

fn with_units<R>(text: &[u16], step: impl FnOnce(Units<'_>) -> R) -> R {
    let mut scratch = vec![0; text.len()];
    step(Units::new(text, &mut scratch))
}

/// An entry of every kind by its number.
fn entry_of(number: usize) -> Facts {
    let keys = ["key", "", "Łódź", "a\u{0}b", "💾"];
    let mut key: Vec<u16> = keys[number % keys.len()].encode_utf16().collect();
    key.extend(number.to_string().encode_utf16());
    if number.is_multiple_of(7) {
        // Half of a surrogate pair.
        key.push(0xd800);
    }
    let value = match number % 4 {
        0 => Value::Number(number as f64 / 2.0),
        1 => Value::Bytes(1, vec![b'x'; number % 90].into()),
        2 => Value::Bytes(4, vec![7; 2 * (number % 30)].into()),
        _ => Value::Bytes(14, Arc::default()),
    };
    let expires_at = match number % 3 {
        0 => f64::INFINITY,
        _ => 10_000.0 + number as f64,
    };
    let own = (number % 3 == 1).then(|| Lifetime::new(500.0, number as f64));
    let tags = (0..number % 4).map(|tag| {
        let text = if tag == 2 { "ż" } else { "tag" };
        text.encode_utf16().collect()
    });
    (key, value, expires_at, own, tags.collect())
}

/// Writes so many entries in blocks of so many, of one part, the last blocks first.
fn write(folder: &Folder, count: usize, in_block: usize) -> Vec<u8> {
    let path = folder.file();
    let mut writer = Writer::create(&path, &header(), None).unwrap();
    let numbers: Vec<usize> = (0..count).collect();
    for (order, numbers) in numbers.chunks(in_block).enumerate().rev() {
        writer.begin(0, order as i64).unwrap();
        for &number in numbers {
            let (key, value, expires_at, own, tags) = entry_of(number);
            let mut list = TagList::default();
            tags.iter()
                .for_each(|tag| with_units(tag, |tag| list.push(tag)));
            with_units(&key, |key| {
                let tags = (!list.is_empty()).then_some(&list);
                let entry = Entry {
                    key,
                    value: &value,
                    expires_at,
                    own,
                    tags,
                };
                writer.add(&entry).unwrap();
            });
        }
    }
    let saved = writer.finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(
        saved,
        Saved {
            entries: count as u64,
            bytes: bytes.len() as u64
        }
    );
    bytes
}

fn parse(bytes: &[u8], keep_valid: bool) -> Result<Snapshot, Failure> {
    let expected = Expected {
        codec: Some("structured"),
        store: None,
        keep_valid,
    };
    reader::parse(bytes, bytes.len() as u64, &expected, &Control::default())
}

#[test]
fn what_is_written_is_read_in_the_order_of_use() {
    let folder = Folder::new();
    let bytes = write(&folder, 500, 40);
    let snapshot = parse(&bytes, false).unwrap();
    assert_eq!(snapshot.header, Some(header()));
    let found: Vec<Facts> = snapshot.entries.iter().map(facts).collect();
    let expected: Vec<Facts> = (0..500).map(entry_of).collect();
    // A lifetime of its own counts only for an entry that expires.
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(
            (&found.0, &found.1, found.2, &found.4),
            (&expected.0, &expected.1, expected.2, &expected.4)
        );
        assert_eq!(found.3, expected.3.filter(|_| expected.2.is_finite()));
    }
}

#[test]
fn parts_are_put_in_relation() {
    let folder = Folder::new();
    let mut writer = Writer::create(&folder.file(), &header(), None).unwrap();
    for (part, names) in [(0, "aceg"), (1, "bf")] {
        writer.begin(part, 0).unwrap();
        for name in names.bytes() {
            let entry = Entry {
                key: Units::Narrow(&[name]),
                value: &Value::Number(0.0),
                expires_at: f64::INFINITY,
                own: None,
                tags: None,
            };
            writer.add(&entry).unwrap();
        }
    }
    writer.finish().unwrap();
    let snapshot = parse(&fs::read(folder.file()).unwrap(), false).unwrap();
    let order: Vec<u16> = snapshot
        .entries
        .iter()
        .flat_map(|entry| code_units(entry.key))
        .collect();
    assert_eq!(String::from_utf16(&order).unwrap(), "abcefg");
}

#[test]
fn every_truncation_is_refused_and_keeps_whole_blocks() {
    let folder = Folder::new();
    let bytes = write(&folder, 24, 5);
    let all: Vec<Facts> = parse(&bytes, false)
        .unwrap()
        .entries
        .iter()
        .map(facts)
        .collect();
    for length in 0..bytes.len() {
        let failure = parse(&bytes[..length], false).unwrap_err();
        assert_eq!(failure.code, Code::Truncated, "{length}: {failure}");
        let kept = parse(&bytes[..length], true).unwrap();
        assert!(kept.skipped.is_some());
        for entry in kept.entries.iter() {
            assert!(all.contains(&facts(entry)), "{length}");
        }
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(parse(&longer, false).unwrap_err().code, Code::Damaged);
}

/// xorshift64*, so that a seed repeats a run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % most
    }
}

fn seed() -> u64 {
    let seed = std::env::var("SNAPSHOT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed =
        seed.unwrap_or_else(|| std::hash::BuildHasher::hash_one(&ahash::RandomState::new(), 1));
    println!("SNAPSHOT_SEED={seed}");
    seed.max(1)
}

/// Damages bytes in one of several ways.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let place = random.below(bytes.len());
    match random.below(6) {
        0 | 1 => bytes[place] ^= 1 << random.below(8),
        2 => {
            let end = bytes.len().min(place + 1 + random.below(16));
            bytes[place..end]
                .iter_mut()
                .for_each(|byte| *byte = random.below(256) as u8);
        }
        3 => bytes.truncate(place),
        4 => {
            // Something that stands elsewhere in the file.
            let (from, length) = (random.below(bytes.len()), 1 + random.below(200));
            let moved = bytes[from..bytes.len().min(from + length)].to_vec();
            bytes.splice(place..place, moved);
        }
        _ => {
            let end = bytes.len().min(place + 1 + random.below(200));
            bytes.drain(place..end);
        }
    }
}

#[test]
fn a_hundred_thousand_damages_make_no_wrong_entry() {
    let folder = Folder::new();
    let whole = write(&folder, 30, 6);
    let all: Vec<Facts> = parse(&whole, false)
        .unwrap()
        .entries
        .iter()
        .map(facts)
        .collect();
    let mut random = Random(seed());
    for _ in 0..100_000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random.below(3) {
            if !bytes.is_empty() {
                damage(&mut bytes, &mut random);
            }
        }
        if bytes == whole {
            continue;
        }
        assert!(parse(&bytes, false).is_err());
        if let Ok(kept) = parse(&bytes, true) {
            // A block is whole or not there: its entries are those that were written, each once.
            let found: Vec<Facts> = kept.entries.iter().map(facts).collect();
            assert!(found.len() < all.len() + 1);
            for (place, entry) in found.iter().enumerate() {
                assert!(all.contains(entry));
                assert!(!found[..place].contains(entry));
            }
        }
    }
}

#[test]
fn numbers_that_a_file_does_not_bear_out_are_not_believed() {
    let folder = Folder::new();
    let whole = write(&folder, 3, 3);
    let header = 32 + "structured".len() + 2 * "store".len() + 4;
    // The names' lengths, the length of the first block, its number of entries.
    for place in [16, 20, header, header + 12] {
        let mut bytes = whole.clone();
        bytes[place..place + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let failure = parse(&bytes, false).unwrap_err();
        assert!(
            matches!(failure.code, Code::Truncated | Code::Damaged),
            "{failure}"
        );
    }
}

#[test]
fn what_it_is_not_is_named() {
    let folder = Folder::new();
    let bytes = write(&folder, 3, 3);
    let read = |expected: Expected<'_>| {
        let length = bytes.len() as u64;
        reader::parse(&bytes[..], length, &expected, &Control::default()).map(|_| ())
    };
    let other = Expected {
        codec: Some("json"),
        ..Expected::default()
    };
    let failure = read(other).unwrap_err();
    assert_eq!(failure.code, Code::Codec);
    assert!(failure.text.contains("json") && failure.text.contains("structured"));
    let name: Vec<u16> = "another".encode_utf16().collect();
    let other = Expected {
        store: Some(&name),
        ..Expected::default()
    };
    let failure = read(other).unwrap_err();
    assert_eq!(failure.code, Code::Store);
    assert!(failure.text.contains("another") && failure.text.contains("\"store\""));
    assert_eq!(read(Expected::default()), Ok(()));
    let mut later = bytes.clone();
    later[8] = 2;
    assert_eq!(parse(&later, false).unwrap_err().code, Code::Version);
    assert_eq!(parse(b"text", true).unwrap_err().code, Code::NotASnapshot);
    let control = Control::default();
    control.abort();
    let path = folder.file();
    assert_eq!(
        super::read(&path, &Expected::default(), &control)
            .unwrap_err()
            .code,
        Code::Aborted
    );
    let none = folder.0.join("none");
    assert_eq!(
        super::read(&none, &Expected::default(), &Control::default())
            .unwrap_err()
            .code,
        Code::NotFound
    );
}

#[test]
fn one_may_write_and_the_old_file_stays_until_the_new_one_is_whole() {
    let folder = Folder::new();
    let whole = write(&folder, 5, 5);
    let path = folder.file();
    let held = Lock::acquire(&path).unwrap();
    let refused = Writer::create(&path, &header(), None).unwrap_err();
    assert_eq!(refused.code, Code::Locked);
    let mut writer = Writer::create(&path, &header(), Some(&held)).unwrap();
    writer.begin(0, 0).unwrap();
    writer.flush().unwrap();
    drop(writer);
    assert_eq!(fs::read(&path).unwrap(), whole);
    drop(held);
    let mut names: Vec<String> = fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["snapshot", "snapshot.lock"]);
    Lock::acquire(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn the_lock_of_a_path_is_the_same_before_there_is_a_file_and_afterwards() {
    let folder = Folder::new();
    let real = folder.0.join("real");
    let link = folder.0.join("link");
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let (by_link, by_folder) = (link.join("snapshot"), real.join("snapshot"));
    let held = Lock::acquire(&by_link).unwrap();
    let refused = Lock::acquire(&by_folder).unwrap_err();
    assert_eq!(refused.code, Code::Locked);
    for _ in 0..2 {
        assert!(held.is_of(&by_link) && held.is_of(&by_folder));
        let writer = Writer::create(&by_link, &header(), Some(&held)).unwrap();
        writer.finish().unwrap();
    }
    assert!(by_folder.is_file());
}
