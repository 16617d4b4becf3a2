//! Keys with a prefix: patterns within it, and what they come to.

use super::*;

fn code_units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn within(prefix: &str, pattern: &str, key: &str) -> bool {
    let pattern = Pattern::within(&code_units(prefix), &code_units(pattern));
    units(key, |key| pattern.matches(key))
}

proptest! {
    #[test]
    fn patterns_within_a_prefix_agree_with_trying_every_length(
        prefix in "[ab*Ł]{0,3}",
        pattern in "[ab*Ł]{0,6}",
        random in "[ab*Ł]{0,9}",
        begins in any::<bool>(),
    ) {
        let key = if begins { prefix.clone() + &random } else { random };
        let chars: Vec<char> = pattern.chars().collect();
        let expected = key
            .strip_prefix(&prefix)
            .is_some_and(|rest| matches_naively(&chars, &rest.chars().collect::<Vec<_>>()));
        prop_assert_eq!(within(&prefix, &pattern, &key), expected);
    }
}

#[test]
fn an_asterisk_of_the_prefix_stands_for_itself() {
    assert!(within("a*:", "*", "a*:1"));
    assert!(!within("a*:", "*", "ab:1"));
    assert!(within("*", "", "*"));
    assert!(!within("*", "", "a"));
    assert!(within("a", "*a", "aa"), "prefix and end do not overlap");
    assert!(!within("a", "*a", "a"));
}

#[test]
fn a_pair_may_be_parted_by_the_end_of_the_prefix() {
    let pair = code_units("😀");
    let pattern = Pattern::within(&pair[..1], &[pair[1], u16::from(b'*')]);
    assert!(units("😀1", |key| pattern.matches(key)));
    assert!(!units("😁1", |key| pattern.matches(key)));
}

#[test]
fn many_pieces_within_a_long_prefix_take_linear_time() {
    let prefix = "a".repeat(100_000);
    let key = prefix.repeat(2) + "b";
    assert!(!within(&prefix, &"*aaaa".repeat(2_000), &key));
    assert!(within(&prefix, &("*aaaa".repeat(2_000) + "*b"), &key));
}

#[test]
fn a_tally_in_steps_counts_what_is_held_with_its_weight() {
    let mut store = Store::new(Limits {
        max_size: 0.0,
        max_weight: 1_000_000.0,
        ttl: 10.0,
    });
    for i in 0..1_000 {
        let key = format!("{}:{i}", if i % 3 == 0 { "a" } else { "Ł" });
        units(&key, |key| store.insert(key, f64::from(i), 0.0, None)).expect("there is room");
    }
    units("a:999", |key| store.remove(key));
    let count = |prefix: &str, most| {
        let pattern = Pattern::prefix(&code_units(prefix));
        let mut tally = Tally::default();
        let mut from = Some(0);
        while let Some(slot) = from {
            from = store.tally(slot, most, &pattern, &mut tally);
        }
        tally
    };
    for most in [1, 7, 256, usize::MAX] {
        let (a, all) = (count("a:", most), count("", most));
        assert_eq!(a.entries, 333);
        assert_eq!(a.weight, f64::from((0..333).map(|i| 3 * i).sum::<i32>()));
        assert_eq!(all.entries, store.len());
        assert_eq!(all.weight, store.weight());
        assert_eq!(count("b", most), Tally::default());
    }
}
