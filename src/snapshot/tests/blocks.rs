//! Blocks that are damaged bit by bit, or stand where they do not belong. What is kept are whole blocks, in the
//! order of the file, up to the first that is not as it was written.

use super::super::format::HEAD_BYTES;
use super::*;

const ENTRIES: usize = 18;
const IN_BLOCK: usize = 5;

/// Panics unless these bytes, of a file with these entries, are refused, or kept up to the end of a whole block.
fn verify(bytes: &[u8], all: &[Facts], what: &str) {
    assert!(parse(bytes, false).is_err(), "{what} is noticed");
    let Ok(kept) = parse(bytes, true) else {
        return;
    };
    assert!(kept.skipped.is_some(), "{what} is told");
    let found: Vec<Facts> = kept.entries.iter().map(facts).collect();
    // The last blocks come first in the file.
    let is_kept_whole = |start: usize| found == all[start.min(ENTRIES)..];
    assert!(
        (0..=ENTRIES.div_ceil(IN_BLOCK)).any(|block| is_kept_whole(block * IN_BLOCK)),
        "{what}: {} entries are no whole blocks",
        found.len()
    );
}

fn read_all(bytes: &[u8]) -> Vec<Facts> {
    let snapshot = parse(bytes, false).unwrap();
    snapshot.entries.iter().map(facts).collect()
}

/// Where the header ends, and each block.
fn bounds(bytes: &[u8]) -> Vec<usize> {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 32 + number(16) + 2 * number(20) + 4;
    let mut bounds = vec![at];
    while at < bytes.len() {
        at += HEAD_BYTES + number(at);
        bounds.push(at);
    }
    bounds
}

#[test]
fn any_flipped_bit_is_noticed_and_what_comes_before_its_block_is_kept() {
    let bytes = write(&Folder::new(), ENTRIES, IN_BLOCK);
    let all = read_all(&bytes);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        verify(&flipped, &all, &format!("a flip of bit {bit}"));
    }
}

#[test]
fn blocks_that_are_lost_doubled_or_in_each_others_places_are_noticed() {
    let bytes = write(&Folder::new(), ENTRIES, IN_BLOCK);
    let all = read_all(&bytes);
    let bounds = bounds(&bytes);
    let blocks: Vec<&[u8]> = bounds
        .windows(2)
        .map(|bound| &bytes[bound[0]..bound[1]])
        .collect();
    assert_eq!(blocks.len(), ENTRIES.div_ceil(IN_BLOCK) + 1, "and the end");
    let file = |blocks: &[&[u8]]| [&bytes[..bounds[0]], &blocks.concat()].concat();
    assert_eq!(file(&blocks), bytes);
    for one in 0..blocks.len() {
        let mut lost = blocks.clone();
        lost.remove(one);
        verify(&file(&lost), &all, &format!("the loss of block {one}"));
        let mut doubled = blocks.clone();
        doubled.insert(one, blocks[one]);
        verify(&file(&doubled), &all, &format!("a second block {one}"));
        for other in one + 1..blocks.len() {
            let mut swapped = blocks.clone();
            swapped.swap(one, other);
            verify(
                &file(&swapped),
                &all,
                &format!("a swap of {one} and {other}"),
            );
        }
    }
}

#[test]
fn a_block_of_another_file_is_noticed_though_it_is_whole() {
    let folder = Folder::new();
    let mut bytes = write(&folder, ENTRIES, IN_BLOCK);
    let all = read_all(&bytes);
    let bounds = bounds(&bytes);
    let (path, later) = (
        folder.file(),
        Header {
            created_at: header().created_at + 1.0,
            ..header()
        },
    );
    let mut writer = Writer::create(&path, &later, None).unwrap();
    writer.begin(0, 3).unwrap();
    for entry in parse(&bytes, false).unwrap().entries.iter().skip(15) {
        writer.add(&entry).unwrap();
    }
    writer.finish().unwrap();
    let other = fs::read(&path).unwrap();
    let block = bounds[0]..bounds[1];
    // All but the checksum is the same.
    assert_eq!(other[block.start..][..24], bytes[block.start..][..24]);
    bytes[block.clone()].copy_from_slice(&other[block]);
    verify(&bytes, &all, "a block of a later file");
}
