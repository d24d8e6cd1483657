//! What is not known: where a list of releases ends, what is certain all the same, and what the
//! rest resolves to.

use std::{fmt::Write as _, sync::Arc};

use wheelstage::{
    index::{Catalogue, Index},
    pep440::parse_version,
    pep508::Target,
    resolve::{
        Constraint, Origin, Problem, Resolution, RootRequirement, Tool, Wanted, explain, known_part, resolve,
    },
};

use crate::stubs;

/// A catalogue of these releases, made some day. `name 1.0 ?` is a release of which it is not known
/// what it asks for.
fn index(lines: &str) -> Index {
    let told: String = lines.lines().map(|line| format!("{}\n", line.replace(" ?", ""))).collect();
    let mut releases = stubs::index(&told);
    for line in lines.lines().map(str::trim) {
        if let Some((release, _)) = line.split_once(" ?") {
            let (name, version) = release.split_once(' ').unwrap();
            releases[name][version]["requires_dist"] = serde_json::Value::Null;
        }
    }
    let text = serde_json::json!({ "index": releases }).to_string();
    Index { catalogue: Arc::new(Catalogue::from_json(&text).unwrap()), ..Index::default() }
}

/// `pip 26.3: foo<2 bar -c foo>1` or `uv: foo`.
fn problem(asked: &str) -> Problem {
    let (tool, words) = asked.split_once(": ").unwrap();
    let tool = match tool.split_once(' ') {
        Some((_, version)) => Tool::Pip(parse_version(version).unwrap()),
        None => Tool::Uv,
    };
    let mut problem = Problem::new(tool, Target::default());
    let mut words = words.split(' ');
    while let Some(word) = words.next() {
        match word {
            "-c" => problem.constraints.push(Constraint {
                requirement: Arc::new(words.next().unwrap().parse().unwrap()),
                origin: Origin::default(),
            }),
            word => {
                let wanted = Wanted::Name(Arc::new(word.parse().unwrap()));
                problem.requirements.push(RootRequirement { wanted, origin: Origin::default() });
            }
        }
    }
    problem
}

/// The answer in words.
fn answer(index: &Index, asked: &str) -> String {
    let problem = problem(asked);
    let picks = |selection: &wheelstage::resolve::Selection| {
        let picks = selection.picks.values().map(|pick| format!("{} {}", pick.project, pick.version));
        picks.collect::<Vec<_>>().join(", ")
    };
    match resolve(&problem, index) {
        Resolution::Selected(selection) => picks(&selection),
        Resolution::Conflict(conflict) => {
            let explanation = explain(&problem, index, &conflict).unwrap();
            format!("conflict: {}", explanation.chain.last().unwrap().text)
        }
        Resolution::Missing(facts) => {
            let fact = facts.iter().map(|fact| {
                let mut text = fact.project.to_string();
                if let Some(release) = &fact.release {
                    write!(text, " {release}").unwrap();
                }
                if let Some(newest) = &fact.newest_listed {
                    write!(text, " beyond {newest}").unwrap();
                }
                text
            });
            let known =
                known_part(&problem, index).map_or("nothing".to_owned(), |part| picks(&part.selection));
            format!("unknown: {}; known: {known}", fact.collect::<Vec<_>>().join(", "))
        }
        Resolution::Stopped(_) => "stopped".to_owned(),
    }
}

#[track_caller]
fn check(releases: &str, answers: &str) {
    let index = index(releases);
    let mut wrong = String::new();
    for line in answers.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (asked, expected) = line.split_once(" -> ").unwrap();
        let found = answer(&index, asked);
        // Whatever the words: the reason of a conflict is another test's.
        if found.trim_end() != expected && !(expected == "conflict" && found.starts_with("conflict: ")) {
            writeln!(wrong, "{asked}\n  expected {expected}\n  found    {found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_list_ends_at_its_newest_release_and_has_no_gaps() {
    check(
        "boto 1.44.6
         boto 1.44.7
         cert 2026.1
         sdk 1: cert>=2026.2
         sdk 0.9: cert>=2025
         needs312 1
         needs312 2 python>=3.13",
        "pip 26.3: boto -> boto 1.44.7
         pip 26.3: boto==1.44.8 -> unknown: boto beyond 1.44.7; known: 
         uv: boto==1.44.8 -> unknown: boto beyond 1.44.7; known: 
         pip 26.3: boto>=1.44.8,<2 -> unknown: boto beyond 1.44.7; known: 
         pip 26.3: boto==1.44.7.post1 -> unknown: boto beyond 1.44.7; known: 
         pip 26.3: boto==1.44.7+local -> conflict: That allows boto ==1.44.7+local, but there is no such release.
         pip 26.3: boto==1.44.5 -> conflict: That allows boto ==1.44.5, but there is no such release.
         pip 26.3: boto>1.44.6,<1.44.7 -> conflict: That allows boto >1.44.6,<1.44.7, but there is no such release.
         uv: boto==1.44.5 -> conflict: That allows boto ==1.44.5, but there is no such release.
         pip 26.3: sdk==1 -> unknown: cert beyond 2026.1; known: sdk 1
         uv: sdk==1 -> unknown: cert beyond 2026.1; known: sdk 1
         pip 26.3: sdk==0.9 -> cert 2026.1, sdk 0.9
         pip 26.3: boto==1.44.8 -c boto<1.44.8 -> conflict: No version of boto is in all of these ranges.
         pip 26.3: boto>=1.44.8 boto<1.44.7 -> conflict: No version of boto is in all of these ranges.
         pip 26.3: needs312>=2 -> conflict: That allows needs312 >=2, but needs312 2 requires Python >=3.13, and this is 3.12.12.",
    );
}

#[test]
fn what_is_contradicted_is_so_whatever_the_unknown_is() {
    check(
        "a 1: x<2; known==1
         b 1: x>=2
         c 1: known==2
         known 1
         known 2
         later 1: known>=3
         earlier 1: known<3
         old 1 ?
         old 2 ?",
        "pip 26.3: a==1 b==1 -> conflict
         uv: a==1 b==1 -> conflict
         pip 26.3: x a==1 c==1 -> conflict: No version of known is in all of these ranges.
         pip 26.3: a==1 x<2 -> unknown: x; known: a 1, known 1
         uv: a==1 -> unknown: x; known: a 1, known 1
         pip 26.3: later==1 earlier==1 -> conflict: No version of known is in all of these ranges.
         pip 26.3: old known -> unknown: old 2; known: known 2, old 2
         pip 26.3: old>2 known<2 -> unknown: old beyond 2; known: known 1",
    );
}

/// Measured with pip 24.0 and 24.1 of celery 5.1.2, whose metadata has `pytz (>dev)`: the former
/// installs it, the latter: "Please use pip<24.1 if you need to use this version."
#[test]
fn requirements_of_old_are_taken_by_the_pips_of_then() {
    check(
        "celery 5.1.2: pytz (>dev)
         celery 5.2.0: pytz>=2021
         pytz 2021.3
         old 1: pytz>=3000.*
         bad 1: pytz>=",
        "pip 24.0: celery==5.1.2 -> celery 5.1.2, pytz 2021.3
         pip 22.3.1: celery==5.1.2 -> celery 5.1.2, pytz 2021.3
         pip 24.0: celery<5.2 -> celery 5.1.2, pytz 2021.3
         uv: celery==5.1.2 -> celery 5.1.2, pytz 2021.3
         pip 24.1: celery==5.1.2 -> conflict: That allows celery ==5.1.2, but celery 5.1.2 asks for `pytz (>dev)`, which pip 24.1 does not read as a requirement and passes it over; pip before 24.1 takes it, so pip<24.1 would do.
         pip 26.3: celery -> celery 5.2.0, pytz 2021.3
         pip 26.3: bad -> conflict: That allows bad, but bad 1 asks for `pytz>=`, which pip 26.3 does not read as a requirement and passes it over.",
    );
}
