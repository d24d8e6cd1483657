use super::{Rule, builds};
use crate::{
    findings::{Facts, Finding},
    simulate::BuildNeed,
};

/// A source archive that compiles, where there is no compiler.
pub(super) const RULE: Rule = Rule { id: "needs-compiler", page: page!("needs-compiler.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = builds::check(
        facts,
        RULE.id,
        |need| *need == BuildNeed::Compiler,
        |project, version| {
            format!(
                "{project} {version} is compiled from source, and neither the image nor a line before brings a compiler."
            )
        },
    );
    for finding in &mut findings {
        finding.hints.push("Install build-essential (on Alpine build-base) before this line.".to_owned());
    }
    findings
}
