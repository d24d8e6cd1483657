use super::{
    Rule,
    scripts::{RunScript, literal, scripts},
};
use crate::{
    findings::{CallFact, Facts, Finding, Severity, StepId, Verdict},
    syntax::shell::{Command, RedirectionOperator, Word},
    text::Location,
};

/// `pip install numpy>=1.24` without quotes: the shell takes the bound for a redirection.
pub(super) const RULE: Rule = Rule { id: "redirected-bound", page: page!("redirected-bound.md"), check };

fn check(facts: &Facts<'_>) -> Vec<Finding> {
    redirected(facts)
        .into_iter()
        .map(|one| {
            let Redirected { text, name, fails, .. } = &one;
            let (severity, verdict, effect) = if *fails {
                let verdict = Some(Verdict::Fails);
                (
                    Severity::Error,
                    verdict,
                    "The shell looks for a file of that name, and the step fails.".to_owned(),
                )
            } else {
                (
                    Severity::Warning,
                    None,
                    format!("The shell writes pip's output into a file, and pip installs any {name}."),
                )
            };
            let message = format!("{text} is not in quotes. {effect}");
            Finding {
                at: Some(one.at),
                hints: vec![format!("Write \"{text}\".")],
                ..Finding::new(RULE.id, verdict, severity, message, one.location)
            }
        })
        .collect()
}

/// Whether the shell took a bound away from this call.
pub(super) fn explains(facts: &Facts<'_>, fact: &CallFact<'_>) -> bool {
    redirected(facts).iter().any(|one| {
        let call = fact.location();
        (one.at.stage, one.at.step) == (fact.at.stage, fact.at.step)
            && call.file == one.location.file
            && call.range.intersect(one.location.range).is_some()
    })
}

struct Redirected {
    at: StepId,
    location: Location,
    /// `numpy>=1.24`.
    text: String,
    name: String,
    /// `<` reads a file that is not there.
    fails: bool,
}

fn redirected(facts: &Facts<'_>) -> Vec<Redirected> {
    let mut found = Vec::new();
    for script in scripts(facts).filter(|script| script.run.reached) {
        for (command, words) in script.commands() {
            if is_installer(words) {
                found.extend(words.iter().filter_map(|word| of_word(facts, &script, command, word)));
            }
        }
    }
    found
}

fn is_installer(words: &[Word]) -> bool {
    let mut words = words.iter().filter_map(literal);
    let is_pip = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or(word);
        name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == "pip" || name == "uv"
    };
    words.any(|word| is_pip(&word))
        && words.any(|word| ["install", "wheel", "download", "add"].contains(&word.as_str()))
}

/// A redirection that begins where a word ends, and that names a version.
fn of_word(facts: &Facts<'_>, script: &RunScript<'_>, command: &Command, word: &Word) -> Option<Redirected> {
    let name = literal(word).filter(|name| name.starts_with(|c: char| c.is_ascii_alphanumeric()))?;
    let redirection = command
        .redirections
        .iter()
        .find(|redirection| redirection.fd.is_none() && redirection.range.start() == word.range.end())?;
    let target = literal(&redirection.target)?;
    let is_version = target.trim_start_matches('=').starts_with(|c: char| c.is_ascii_digit());
    let fails = match redirection.operator {
        RedirectionOperator::Write => false,
        RedirectionOperator::Read => true,
        _ => return None,
    };
    let location = script.location(word.range.cover(redirection.range));
    is_version.then(|| Redirected {
        at: script.at,
        location,
        text: facts.sources.slice(location).to_owned(),
        name,
        fails: fails && script.run.exit_code != Some(0),
    })
}
