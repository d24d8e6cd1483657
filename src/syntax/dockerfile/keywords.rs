//! The instructions, and which flags each takes.

/// An instruction's keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
}

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlagKind {
    /// `--link`, `--link=true`, `--link=false`.
    Switch,
    /// `--from=value`, once.
    Value,
    /// `--mount=value`, any number of times.
    Values,
}

/// Every keyword, by its spelling.
const KEYWORDS: [(&str, Keyword); 18] = [
    ("ADD", Keyword::Add),
    ("ARG", Keyword::Arg),
    ("CMD", Keyword::Cmd),
    ("COPY", Keyword::Copy),
    ("ENTRYPOINT", Keyword::Entrypoint),
    ("ENV", Keyword::Env),
    ("EXPOSE", Keyword::Expose),
    ("FROM", Keyword::From),
    ("HEALTHCHECK", Keyword::Healthcheck),
    ("LABEL", Keyword::Label),
    ("MAINTAINER", Keyword::Maintainer),
    ("ONBUILD", Keyword::Onbuild),
    ("RUN", Keyword::Run),
    ("SHELL", Keyword::Shell),
    ("STOPSIGNAL", Keyword::Stopsignal),
    ("USER", Keyword::User),
    ("VOLUME", Keyword::Volume),
    ("WORKDIR", Keyword::Workdir),
];

impl Keyword {
    /// The keyword of that spelling, in any case.
    pub(super) fn of(word: &str) -> Option<Self> {
        KEYWORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, keyword)| *keyword)
    }

    /// Its spelling, in capitals.
    pub(super) fn name(self) -> &'static str {
        KEYWORDS.iter().find(|(_, keyword)| *keyword == self).map_or("", |(name, _)| name)
    }

    /// The flags it takes (BuildKit's `instructions/parse.go` and `commands_run*.go`).
    pub(super) fn flags(self) -> &'static [(&'static str, FlagKind)] {
        match self {
            Self::Add => &[
                ("chown", FlagKind::Value),
                ("chmod", FlagKind::Value),
                ("link", FlagKind::Switch),
                ("keep-git-dir", FlagKind::Switch),
                ("checksum", FlagKind::Value),
                ("unpack", FlagKind::Switch),
                ("exclude", FlagKind::Values),
            ],
            Self::Copy => &[
                ("chown", FlagKind::Value),
                ("chmod", FlagKind::Value),
                ("from", FlagKind::Value),
                ("link", FlagKind::Switch),
                ("parents", FlagKind::Switch),
                ("exclude", FlagKind::Values),
            ],
            Self::From => &[("platform", FlagKind::Value)],
            Self::Healthcheck => &[
                ("interval", FlagKind::Value),
                ("timeout", FlagKind::Value),
                ("start-period", FlagKind::Value),
                ("start-interval", FlagKind::Value),
                ("retries", FlagKind::Value),
            ],
            Self::Run => &[
                ("mount", FlagKind::Values),
                ("network", FlagKind::Value),
                ("security", FlagKind::Value),
                ("device", FlagKind::Values),
            ],
            _ => &[],
        }
    }
}

/// The known word nearest to a mistyped one, if it is near enough to be meant: at most two
/// letters added, left out, changed or swapped, and not more than a third of the word.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let length = word.chars().count();
    let limit = length.div_ceil(3).min(2).min(length.saturating_sub(1));
    known
        .filter(|candidate| candidate.len().abs_diff(length) <= limit)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The keyword nearest to a mistyped one.
pub(super) fn nearest_keyword(word: &str) -> Option<&'static str> {
    nearest(&word.to_ascii_uppercase(), KEYWORDS.iter().map(|(name, _)| *name))
}

/// Edit distance in which two swapped neighbours count as one edit.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}
