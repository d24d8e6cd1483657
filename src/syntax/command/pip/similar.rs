//! The suggestion for a mistyped command: Python's `difflib.get_close_matches`.

/// The first of the best matches among `names`, if any resembles `word` enough.
pub(super) fn closest(word: &str, names: &[&'static str]) -> Option<&'static str> {
    // Longer words resemble no command, and the comparison is quadratic.
    if word.chars().count() > 32 {
        return None;
    }
    let scored = names.iter().map(|name| (ratio(name, word), *name)).filter(|(ratio, _)| *ratio >= 0.6);
    // `difflib` takes the largest pair of ratio and name.
    scored.max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1))).map(|(_, name)| name)
}

/// Twice the number of matching characters over the number of all.
fn ratio(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let total = a.len() + b.len();
    if total == 0 {
        return 1.0;
    }
    let count = |n: usize| u32::try_from(n).map_or(f64::INFINITY, f64::from);
    2.0 * count(matching(&a, &b)) / count(total)
}

/// The longest common block, and the same to the left and to the right of it.
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut length, mut at_a, mut at_b) = (0, 0, 0);
    for i in 0..a.len() {
        for j in 0..b.len() {
            let run = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
            if run > length {
                (length, at_a, at_b) = (run, i, j);
            }
        }
    }
    if length == 0 {
        return 0;
    }
    length + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + length..], &b[at_b + length..])
}
