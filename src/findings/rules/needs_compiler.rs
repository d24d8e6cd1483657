use super::{
    Rule,
    scripts::{literal, scripts},
};
use crate::{
    findings::{CallFact, Facts, Finding, Party, PartyKind, Sentence, Severity, Verdict},
    model::Base,
    resolve::{Pick, PickSource, Resolution},
};

/// A source archive that compiles, on an image without a compiler.
pub(super) const RULE: Rule = Rule { id: "needs-compiler", page: include_str!("needs-compiler.md"), check };

/// What brings a C compiler, by package of Debian, Alpine and Fedora.
const COMPILERS: [&str; 8] =
    ["gcc", "g++", "clang", "build-essential", "build-base", "alpine-sdk", "gfortran", "python3-dev"];

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    facts
        .calls
        .iter()
        .filter(|fact| fact.call.exit_code == Some(0))
        .filter_map(|fact| {
            let pick = compiled(fact)?;
            let image = bare_image(facts, fact)?;
            (!has_compiler(facts, fact)).then(|| finding(facts, fact, pick, image))
        })
        .collect()
}

/// A source archive in the call whose build compiles.
fn compiled<'a>(fact: &CallFact<'a>) -> Option<&'a Pick> {
    let Some(Resolution::Selected(selection)) = fact.call.resolution.as_deref() else { return None };
    // `pip download` takes source archives as they are.
    if fact.call.subcommand == "download" {
        return None;
    }
    selection.picks.values().filter(|pick| pick.source != PickSource::Kept).find(|pick| {
        pick.artifact.as_ref().is_some_and(|artifact| {
            !artifact.is_wheel() && artifact.build.as_ref().is_some_and(|build| build.compiles)
        })
    })
}

/// The image that the stage starts from in the end, where it is known to have no compiler:
/// Debian, Ubuntu and Alpine themselves, and the `slim` and `alpine` tags of `python`.
fn bare_image<'a>(facts: &Facts<'a>, fact: &CallFact<'_>) -> Option<&'a str> {
    let root = *facts.lineage(fact.at.stage).last()?;
    let Base::Image(reference) = &facts.build.stages.get(root)?.base else { return None };
    let plain = reference.split('@').next().unwrap_or(reference);
    let (path, tag) = plain.rsplit_once(':').unwrap_or((plain, "latest"));
    let bare = match path.rsplit('/').next() {
        Some("python") => tag.contains("slim") || tag.contains("alpine"),
        Some("debian" | "ubuntu" | "alpine") => true,
        _ => false,
    };
    bare.then_some(reference.as_str())
}

/// A line up to the call's brings one, or may bring one.
fn has_compiler(facts: &Facts<'_>, fact: &CallFact<'_>) -> bool {
    let lineage = facts.lineage(fact.at.stage);
    let brings = |word: &str| {
        let stem = word.trim_start_matches("lib").trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        COMPILERS.contains(&word) || COMPILERS.contains(&stem)
    };
    let before = scripts(facts).filter(|script| {
        lineage.contains(&script.at.stage)
            && (script.at.stage != fact.at.stage || script.at.step <= fact.at.step)
    });
    before.into_iter().any(|script| {
        let unknown = script.run.skipped.iter().any(|skipped| skipped.touches_packages);
        let names = script
            .commands()
            .iter()
            .flat_map(|(_, words)| words.iter())
            .filter_map(literal)
            .any(|word| brings(&word));
        unknown || names
    })
}

fn finding(facts: &Facts<'_>, fact: &CallFact<'_>, pick: &Pick, image: &str) -> Finding {
    let (project, version) = (&pick.project, &pick.version);
    let place = facts.place(fact.location());
    let why = vec![
        Sentence::new(
            format!("{place} has to build {project} {version} from source."),
            Some(fact.location()),
        ),
        Sentence::new(format!("{image} has no compiler, and no line before installs one."), None),
    ];
    Finding {
        project: Some(project.clone()),
        at: Some(fact.at),
        why,
        guilty: vec![Party::new(
            PartyKind::Requirement,
            format!("{project} {version}"),
            String::new(),
            Some(fact.location()),
        )],
        hints: vec!["Install build-essential (on Alpine build-base) before this line.".to_owned()],
        ..Finding::new(
            RULE.id,
            Some(Verdict::Unavailable),
            Severity::Error,
            format!("{project} {version} is compiled from source, and {image} has no compiler."),
            fact.location(),
        )
    }
}
