//! Sets of versions: Boolean laws, and that a set is exactly its members.

use std::sync::LazyLock;

use proptest::prelude::*;
use wheelstage::pep440::{Operator, Prereleases, Specifiers, Version, VersionRange, parse_version};

/// Versions around small numbers, dense enough that two sets made from numbers up to 1 differ on
/// one of them wherever they differ at all.
static POOL: LazyLock<Vec<Version>> = LazyLock::new(|| {
    let mut versions = Vec::new();
    for release in [
        "0", "0.0.0.1", "0.1", "0.2", "1", "1.0.0.1", "1.0.1", "1.0.2", "1.1", "1.1.0.1", "1.2", "2", "2.1",
        "1!0", "1!1", "2!0",
    ] {
        for pre in ["", "a0", "a1", "a2", "b0", "rc0", "rc1", "rc2"] {
            for post in ["", ".post0", ".post1", ".post2", ".post3"] {
                for dev in ["", ".dev0", ".dev1", ".dev2", ".dev3"] {
                    for local in ["", "+a", "+a.00a", "+1"] {
                        versions.push(format!("{release}{pre}{post}{dev}{local}"));
                    }
                }
            }
        }
    }
    versions.iter().map(|text| parse_version(text).expect("a version")).collect()
});

fn version() -> impl Strategy<Value = String> {
    let release = prop::sample::select(vec!["0", "0.1", "1", "1.0", "1.0.1", "1.1", "1!0", "1!1"]);
    let pre = prop::sample::select(vec!["", "", "", "a0", "a1", "rc0", "rc1"]);
    let post = prop::sample::select(vec!["", "", ".post0", ".post1"]);
    let dev = prop::sample::select(vec!["", "", ".dev0", ".dev1"]);
    (release, pre, post, dev).prop_map(|(release, pre, post, dev)| format!("{release}{pre}{post}{dev}"))
}

fn clause() -> impl Strategy<Value = String> {
    let operators: Vec<Operator> =
        Operator::ALL.into_iter().filter(|operator| *operator != Operator::Arbitrary).collect();
    (prop::sample::select(operators), version(), prop::sample::select(vec!["", "", "+a"]), any::<bool>())
        .prop_map(|(operator, version, local, wildcard)| {
            let release = version.split(['a', 'r']).next().unwrap_or("").split(".post").next().unwrap_or("");
            let release = release.split(".dev").next().unwrap_or("");
            match operator {
                Operator::Equal | Operator::NotEqual if wildcard => format!("{operator}{release}.*"),
                Operator::Equal | Operator::NotEqual => format!("{operator}{version}{local}"),
                Operator::Compatible if !release.contains('.') => format!("{operator}{release}.0"),
                operator => format!("{operator}{version}"),
            }
        })
}

fn specifiers() -> impl Strategy<Value = Specifiers> {
    prop::collection::vec(clause(), 0..4).prop_map(|clauses| clauses.join(",").parse().expect("specifiers"))
}

/// Sets as resolution makes them: unions, complements and single versions too.
fn range() -> impl Strategy<Value = VersionRange> {
    let single = version().prop_map(|text| VersionRange::singleton(parse_version(&text).expect("a version")));
    let leaf = prop_oneof![4 => specifiers().prop_map(|set| set.to_range()), 1 => single];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.union(&b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.intersection(&b)),
            inner.prop_map(|a| a.complement()),
        ]
    })
}

fn members(range: &VersionRange) -> Vec<bool> {
    POOL.iter().map(|version| range.contains(version)).collect()
}

/// A printed set, if it is made of specifiers.
fn read(printed: &str) -> Option<VersionRange> {
    match printed {
        "any version" => Some(VersionRange::full()),
        "no version" => Some(VersionRange::empty()),
        alternatives => alternatives.split(" or ").try_fold(VersionRange::empty(), |all, text| {
            Some(all.union(&text.parse::<Specifiers>().ok()?.to_range()))
        }),
    }
}

proptest! {
    #![proptest_config(crate::cases(100))]

    #[test]
    fn operations_on_sets_are_operations_on_members(a in range(), b in range()) {
        let (in_a, in_b) = (members(&a), members(&b));
        let both = |f: fn(bool, bool) -> bool| -> Vec<bool> {
            in_a.iter().zip(&in_b).map(|(a, b)| f(*a, *b)).collect()
        };
        prop_assert_eq!(members(&a.intersection(&b)), both(|a, b| a && b));
        prop_assert_eq!(members(&a.union(&b)), both(|a, b| a || b));
        prop_assert_eq!(members(&a.complement()), both(|a, _| !a));
        prop_assert_eq!(a.is_subset(&b), both(|a, b| !a || b).iter().all(|fits| *fits));
        prop_assert_eq!(a.is_disjoint(&b), !both(|a, b| a && b).contains(&true));
        prop_assert_eq!(a == b, in_a == in_b);
        prop_assert_eq!(a.is_empty(), !in_a.contains(&true));
        prop_assert_eq!(a.is_full(), !in_a.contains(&false));
        let finals = POOL.iter().zip(&in_a).any(|(version, inside)| *inside && !version.any_prerelease());
        prop_assert_eq!(a.has_final(), finals);
    }

    #[test]
    fn boolean_laws(a in range(), b in range(), c in range()) {
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersection(&b.union(&c)), a.intersection(&b).union(&a.intersection(&c)));
        prop_assert_eq!(a.union(&b.union(&c)), a.union(&b).union(&c));
        prop_assert_eq!(a.complement().complement(), a.clone());
        prop_assert_eq!(a.union(&b).complement(), a.complement().intersection(&b.complement()));
        prop_assert!(a.intersection(&a.complement()).is_empty());
        prop_assert!(a.union(&a.complement()).is_full());
        prop_assert_eq!(a.is_subset(&b), a.intersection(&b) == a);
        prop_assert_eq!(a.is_disjoint(&b), a.intersection(&b).is_empty());
    }

    #[test]
    fn membership_commutes_with_intersection(a in specifiers(), b in specifiers()) {
        let both = a.and(&b);
        prop_assert_eq!(both.to_range(), a.to_range().intersection(&b.to_range()));
        for version in POOL.iter().step_by(7) {
            let allowed = |set: &Specifiers| set.contains(version, Prereleases::Allow);
            prop_assert_eq!(allowed(&both), allowed(&a) && allowed(&b), "{} of {} and {}", version, a, b);
        }
    }

    /// What a person reads is what the set is, wherever specifiers can say it.
    #[test]
    fn printing_gives_back_the_set(set in specifiers()) {
        let range = set.to_range();
        let printed = range.to_string();
        prop_assert_eq!(read(&printed), Some(range), "{}", printed);
    }

    /// So too for the sets that resolution makes, but that specifiers cannot tell a version from
    /// its local builds.
    #[test]
    fn printing_gives_back_the_public_versions(range in range()) {
        let printed = range.to_string();
        let Some(read) = read(&printed) else {
            // `not >=1.0` is no specifier, and says so; nor is a bound with a local label.
            prop_assert!(printed.contains("not >") || printed.contains('+'), "{}", printed);
            return Ok(());
        };
        for version in POOL.iter().filter(|version| !version.is_local()) {
            prop_assert_eq!(read.contains(version), range.contains(version), "{} in {}", version, printed);
        }
    }

    #[test]
    fn boundaries_ascend(range in range()) {
        prop_assert!(range.boundaries().is_sorted());
        let pieces = range.intervals();
        prop_assert_eq!(pieces.is_empty(), range.is_empty());
        for pair in pieces.windows(2) {
            prop_assert!(pair[0].upper.is_some() && pair[1].lower.is_some());
        }
    }

    #[test]
    fn by_default_filter_never_gives_a_prerelease_beside_a_final(set in specifiers(), skip in 1_usize..40) {
        let pool: Vec<&Version> = POOL.iter().step_by(skip).collect();
        let allowed = set.filter(pool.iter(), |version| (**version).into(), Prereleases::Allow);
        let default = set.filter(pool.iter(), |version| (**version).into(), Prereleases::Default);
        let forbidden = set.filter(pool.iter(), |version| (**version).into(), Prereleases::Forbid);
        prop_assert!(forbidden.iter().all(|version| !version.any_prerelease()));
        let expected = if set.opts_in_to_prereleases() || forbidden.is_empty() { &allowed } else { &forbidden };
        prop_assert_eq!(&default, expected);
    }
}
