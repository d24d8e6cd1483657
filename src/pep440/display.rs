//! Cuts and the sets between them in the words of specifiers.

use std::fmt;

use pep440_rs::Version;

use super::{
    cut::{Cut, Side},
    range::Boundary,
    version::significant_release,
};

/// One end of an interval, as a clause: `>=1.24`.
pub(super) struct Clause {
    operator: &'static str,
    version: Version,
}

impl Clause {
    pub(super) fn into_boundary(self) -> Boundary {
        Boundary {
            text: self.to_string(),
            inclusive: matches!(self.operator, ">=" | "<=" | "not >"),
            version: self.version,
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.operator, self.version)
    }
}

/// The clause that begins at this cut.
pub(super) fn lower(cut: &Cut) -> Clause {
    let version = without_zeros(&cut.version);
    match cut.side {
        Side::Before => {}
        // `>1.0` would leave out the post-releases of 1.0, which begin here.
        Side::AfterLocals => {
            return Clause { operator: ">=", version: version.with_post(Some(0)).with_dev(Some(0)) };
        }
        Side::After | Side::AfterPosts => return Clause { operator: ">", version },
    }
    // `>1.0.post1` begins at 1.0.post2.dev0 and `>1.0a1` at 1.0a2.dev0, the next there can be.
    if version.dev() == Some(0) && !version.is_local() {
        let previous = match (version.post(), version.pre()) {
            (Some(post), _) => post.checked_sub(1).map(|post| version.clone().with_post(Some(post))),
            (None, Some(mut pre)) => pre.number.checked_sub(1).map(|number| {
                pre.number = number;
                version.clone().with_pre(Some(pre))
            }),
            (None, None) => None,
        };
        if let Some(previous) = previous {
            return Clause { operator: ">", version: previous.with_dev(None) };
        }
    }
    Clause { operator: ">=", version }
}

/// The clause that ends at this cut.
pub(super) fn upper(cut: &Cut) -> Clause {
    let version = without_zeros(&cut.version);
    match cut.side {
        Side::Before => {}
        Side::After | Side::AfterLocals => return Clause { operator: "<=", version },
        Side::AfterPosts => return Clause { operator: "not >", version },
    }
    if version.dev() == Some(0) && !version.is_local() {
        match (version.post(), version.pre()) {
            // `<1.0` ends at 1.0.dev0: it excludes the pre-releases of 1.0.
            (None, None) => return Clause { operator: "<", version: version.with_dev(None) },
            // `<=1.0` ends at 1.0.post0.dev0, above the local builds of 1.0.
            (Some(post), _) => {
                return Clause {
                    operator: "<=",
                    version: version.with_dev(None).with_post(post.checked_sub(1)),
                };
            }
            (None, Some(_)) => {}
        }
    }
    if version.any_prerelease() && !version.is_local() {
        return Clause { operator: "<", version };
    }
    Clause { operator: "not >=", version }
}

/// A set, as the pieces between its cuts: clauses joined by commas, alternatives by `or`.
pub(super) fn write(cuts: &[(Option<Cut>, Option<Cut>)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if cuts.is_empty() {
        return f.write_str("no version");
    }
    let mut alternatives: Vec<Vec<String>> = Vec::new();
    let mut start: Option<&Cut> = None;
    let mut holes = Vec::new();
    for (index, (from, to)) in cuts.iter().enumerate() {
        if holes.is_empty() {
            start = from.as_ref();
        }
        let next = cuts.get(index + 1).and_then(|(from, _)| from.as_ref());
        if let Some(hole) = to.as_ref().zip(next).and_then(|(to, next)| whole(to, next)) {
            holes.push(format!("!={hole}"));
            continue;
        }
        alternatives.push(clauses(start, std::mem::take(&mut holes), to.as_ref()));
    }
    let text: Vec<String> = alternatives.iter().map(|clauses| clauses.join(",")).collect();
    f.write_str(&text.join(" or "))
}

fn clauses(from: Option<&Cut>, holes: Vec<String>, to: Option<&Cut>) -> Vec<String> {
    if holes.is_empty() {
        let Some(to) = to else {
            return vec![from.map_or("any version".to_owned(), |cut| lower(cut).to_string())];
        };
        // What has no lower bound begins at the lowest version there is; `<1` is no `==0.*`.
        let one = match from {
            Some(from) => whole(from, to),
            None => single(&Cut::before_prefix(0, &[0]), to),
        };
        if let Some(one) = one {
            return vec![format!("=={one}")];
        }
    }
    from.map(|cut| lower(cut).to_string())
        .into_iter()
        .chain(holes)
        .chain(to.map(|cut| upper(cut).to_string()))
        .collect()
}

/// What lies between two cuts, where it is all of one version or of one prefix: `1.5`, `1.5.*`.
fn whole(from: &Cut, to: &Cut) -> Option<String> {
    single(from, to).or_else(|| prefix(from, to))
}

fn single(from: &Cut, to: &Cut) -> Option<String> {
    let version = from.lowest_above()?;
    let all =
        *to == Cut::after(version.clone()) || (!version.is_local() && *to == Cut::after_locals(&version));
    all.then(|| without_zeros(&version).to_string())
}

fn prefix(from: &Cut, to: &Cut) -> Option<String> {
    let version = &from.version;
    if *from != Cut::before_prefix(version.epoch(), version.release()) {
        return None;
    }
    let mut prefix = version.release().to_vec();
    prefix.resize(significant_release(&to.version).len(), 0);
    if Cut::before_prefix(version.epoch(), &prefix) != *from
        || Cut::after_prefix(version.epoch(), &prefix).as_ref() != Some(to)
    {
        return None;
    }
    Some(format!("{}.*", Version::new(prefix).with_epoch(version.epoch())))
}

/// `1.26.0` and `1.26` are the same version; people write the shorter.
fn without_zeros(version: &Version) -> Version {
    version.clone().with_release(significant_release(version))
}
