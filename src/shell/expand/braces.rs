//! Brace expansion (bash): `{a,b}` and `{1..3}`, before everything else.

use crate::{
    syntax::shell::{Word, WordPart, WordPartKind},
    text::{TextRange, range},
};

/// As many words as one may become; beyond, nothing is claimed.
const WORDS: usize = 1000;
/// Braces inside one another, beyond which nothing is read.
const DEPTH: usize = 16;

/// A letter of an unquoted literal, or any other part.
#[derive(Debug, Clone, Copy)]
enum Atom<'a> {
    Letter(char, TextRange),
    Part(&'a WordPart),
}

type Words<'a> = Vec<Vec<Atom<'a>>>;

/// The expansion is longer than is read.
#[derive(Debug)]
pub(super) struct TooMany;

/// The words that `word` stands for.
pub(super) fn expand(word: &Word) -> Result<Vec<Word>, TooMany> {
    let has_brace = word
        .parts
        .iter()
        .any(|part| matches!(&part.kind, WordPartKind::Literal(text) if !part.quoted && text.contains('{')));
    if !has_brace {
        return Ok(vec![word.clone()]);
    }
    let mut atoms = Vec::new();
    for part in &word.parts {
        match &part.kind {
            WordPartKind::Literal(text) if !part.quoted => {
                let start = usize::from(part.range.start());
                let exact = text.len() == usize::from(part.range.len());
                atoms.extend(text.char_indices().map(|(at, c)| {
                    let own = range(start + at, start + at + c.len_utf8());
                    Atom::Letter(c, if exact { own } else { part.range })
                }));
            }
            _ => atoms.push(Atom::Part(part)),
        }
    }
    let words = alternatives(&atoms, 0)?;
    Ok(words.iter().map(|atoms| Word { parts: parts(atoms), range: word.range }).collect())
}

fn letter(atom: Option<&Atom>) -> Option<char> {
    match atom {
        Some(Atom::Letter(c, _)) => Some(*c),
        _ => None,
    }
}

/// For each `{` that is closed, the index of its `}`.
fn closings(atoms: &[Atom]) -> Vec<Option<usize>> {
    let mut closings = vec![None; atoms.len()];
    let mut open = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        match letter(Some(atom)) {
            Some('{') => open.push(at),
            Some('}') => {
                if let Some(closing) = open.pop().and_then(|start: usize| closings.get_mut(start)) {
                    *closing = Some(at);
                }
            }
            _ => {}
        }
    }
    closings
}

fn alternatives<'a>(atoms: &[Atom<'a>], depth: usize) -> Result<Words<'a>, TooMany> {
    if depth > DEPTH {
        return Err(TooMany);
    }
    let closings = closings(atoms);
    let mut words: Words = vec![Vec::new()];
    let mut at = 0;
    while let Some(&atom) = atoms.get(at) {
        let close = closings.get(at).copied().flatten();
        let expansion = match close.and_then(|close| Some((close, atoms.get(at + 1..close)?))) {
            Some((close, inside)) => choices(inside, depth)?.map(|choices| (close, choices)),
            None => None,
        };
        let Some((close, choices)) = expansion else {
            words.iter_mut().for_each(|word| word.push(atom));
            at += 1;
            continue;
        };
        let count = words.len() * choices.len();
        if count > WORDS || count * atoms.len() > WORDS * WORDS {
            return Err(TooMany);
        }
        words = words
            .iter()
            .flat_map(|word| choices.iter().map(|choice| [word.as_slice(), choice.as_slice()].concat()))
            .collect();
        at = close + 1;
    }
    Ok(words)
}

/// What stands between two braces, taken apart; `None` where it is no expansion.
fn choices<'a>(inside: &[Atom<'a>], depth: usize) -> Result<Option<Words<'a>>, TooMany> {
    if let Some(sequence) = sequence(inside)? {
        return Ok(Some(sequence));
    }
    let mut open = 0_usize;
    let mut commas = Vec::new();
    for (at, atom) in inside.iter().enumerate() {
        match letter(Some(atom)) {
            Some('{') => open += 1,
            Some('}') => open = open.saturating_sub(1),
            Some(',') if open == 0 => commas.push(at),
            _ => {}
        }
    }
    if commas.is_empty() {
        return Ok(None);
    }
    commas.push(inside.len());
    let mut all = Vec::new();
    let mut start = 0;
    for comma in commas {
        all.extend(alternatives(inside.get(start..comma).unwrap_or_default(), depth + 1)?);
        if all.len() > WORDS {
            return Err(TooMany);
        }
        start = comma + 1;
    }
    Ok(Some(all))
}

/// `1..3`, `01..10`, `a..e`, `1..9..2`; `None` where it is no sequence.
fn sequence<'a>(inside: &[Atom<'a>]) -> Result<Option<Words<'a>>, TooMany> {
    let mut place: Option<TextRange> = None;
    let mut text = String::new();
    // Longer ones are no numbers of 64 bits.
    for atom in inside.iter().take(65) {
        let Atom::Letter(c, range) = atom else { return Ok(None) };
        text.push(*c);
        place = Some(place.map_or(*range, |place| place.cover(*range)));
    }
    let ends: Vec<&str> = text.split("..").collect();
    let (first, last, step) = match ends.as_slice() {
        [first, last] => (*first, *last, Some(1)),
        [first, last, step] => (*first, *last, step.parse::<i64>().ok().and_then(i64::checked_abs)),
        _ => return Ok(None),
    };
    let (Some(place), Some(step), true) = (place, step, inside.len() <= 64) else { return Ok(None) };
    let texts: Vec<String> = if let (Ok(from), Ok(to)) = (first.parse(), last.parse()) {
        let padded = [first, last].iter().any(|end| {
            let digits = end.trim_start_matches(['-', '+']);
            digits.len() > 1 && digits.starts_with('0')
        });
        let width = if padded { first.len().max(last.len()) } else { 0 };
        steps(from, to, step)?.iter().map(|value| format!("{value:0width$}")).collect()
    } else {
        let (Some(from), Some(to)) = (only_letter(first), only_letter(last)) else { return Ok(None) };
        // Between `Z` and `a` bash puts signs, some of which quote.
        if from.is_ascii_lowercase() != to.is_ascii_lowercase() {
            return Ok(None);
        }
        let values = steps(i64::from(u32::from(from)), i64::from(u32::from(to)), step)?;
        let letters = values.iter().filter_map(|value| u32::try_from(*value).ok().and_then(char::from_u32));
        letters.map(String::from).collect()
    };
    let words = texts.iter().map(|text| text.chars().map(|c| Atom::Letter(c, place)).collect());
    Ok(Some(words.collect()))
}

fn only_letter(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|c| c.is_ascii_alphabetic() && letters.next().is_none())
}

/// From one number to another, in either direction.
fn steps(from: i64, to: i64, step: i64) -> Result<Vec<i64>, TooMany> {
    let size = step.unsigned_abs().max(1);
    let count = from.abs_diff(to) / size;
    if usize::try_from(count).map_or(true, |count| count >= WORDS) {
        return Err(TooMany);
    }
    let away = |index: u64| i64::try_from(index * size).unwrap_or(i64::MAX);
    Ok((0..=count)
        .map(|index| if from <= to { from.wrapping_add(away(index)) } else { from.wrapping_sub(away(index)) })
        .collect())
}

/// Letters that stand one behind the other become one literal again.
fn parts(atoms: &[Atom]) -> Vec<WordPart> {
    let mut parts: Vec<WordPart> = Vec::new();
    let mut open = false;
    for atom in atoms {
        match atom {
            Atom::Part(part) => {
                parts.push((*part).clone());
                open = false;
            }
            Atom::Letter(c, place) => match parts.last_mut() {
                Some(WordPart { kind: WordPartKind::Literal(text), range, .. })
                    if open && (range.end() == place.start() || range == place) =>
                {
                    text.push(*c);
                    *range = range.cover(*place);
                }
                _ => {
                    let kind = WordPartKind::Literal(c.to_string());
                    parts.push(WordPart { kind, quoted: false, range: *place });
                    open = true;
                }
            },
        }
    }
    parts
}
