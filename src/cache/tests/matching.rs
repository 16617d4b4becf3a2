//! Deletions by pattern against the naive model.

use super::*;

/// Patterns as one would first write them: try every length for each asterisk.
pub(super) fn matches_naively(pattern: &[char], key: &[char]) -> bool {
    match pattern.split_first() {
        None => key.is_empty(),
        Some(('*', rest)) => (0..=key.len()).any(|skip| matches_naively(rest, &key[skip..])),
        Some((unit, rest)) => key.first() == Some(unit) && matches_naively(rest, &key[1..]),
    }
}

pub(super) fn check_matching(
    model: &mut Model,
    subject: &mut Subject,
    pattern: &str,
    wildcard: bool,
    interrupted: bool,
) {
    let code_units: Vec<u16> = pattern.encode_utf16().collect();
    let compiled = if wildcard {
        Pattern::wildcard(&code_units)
    } else {
        Pattern::prefix(&code_units)
    };
    let chars: Vec<char> = pattern.chars().collect();
    let all: Vec<String> = model
        .entries
        .iter()
        .map(|entry| entry.key.clone())
        .collect();
    let matching = all.iter().filter(|key| {
        if wildcard {
            matches_naively(&chars, &key.chars().collect::<Vec<_>>())
        } else {
            key.starts_with(pattern)
        }
    });
    let expected = matching.filter(|key| model.take(key).is_some()).count();
    if expected > 0 && model.entries.is_empty() {
        model.restart();
    }
    assert_eq!(subject.remove_matching(&compiled, interrupted), expected);
}
