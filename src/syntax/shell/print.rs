//! Trees on one line, for tests.

use std::fmt::Write;

use super::*;

pub(super) fn script(script: &Script) -> String {
    let items: Vec<String> = script
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let refused = if script.refused == Some(index) { "REFUSED " } else { "" };
            let mut text = format!("{refused}{}", pipeline(&item.first));
            for (connector, next) in &item.rest {
                let sign = if *connector == Connector::And { "&&" } else { "||" };
                let _ = write!(text, " {sign} {}", pipeline(next));
            }
            text + if item.background { " &" } else { "" }
        })
        .collect();
    items.join("; ")
}

fn pipeline(pipeline: &Pipeline) -> String {
    let commands: Vec<String> = pipeline.commands.iter().map(command).collect();
    format!("{}{}", if pipeline.negated { "! " } else { "" }, commands.join(" | "))
}

fn words(words: &[Word]) -> String {
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn command(command: &Command) -> String {
    let mut text = match &command.kind {
        CommandKind::Simple { assignments, words } => {
            let assignments = assignments.iter().map(|assignment| {
                let sign = if assignment.append { "+=" } else { "=" };
                format!("{}{sign}{}", assignment.name, word(&assignment.value))
            });
            assignments.chain(words.iter().map(word)).collect::<Vec<_>>().join(" ")
        }
        CommandKind::Subshell(inner) => format!("({})", script(inner)),
        CommandKind::Group(inner) => format!("{{{}}}", script(inner)),
        CommandKind::If { branches, otherwise } => {
            let mut text = String::new();
            for (condition, body) in branches {
                let _ = write!(text, "if {{{}}} {{{}}} ", script(condition), script(body));
            }
            let otherwise = otherwise.as_ref().map(|body| format!("else {{{}}} ", script(body)));
            text + &otherwise.unwrap_or_default() + "fi"
        }
        CommandKind::For { variable, words: list, body } => {
            let list = list.as_ref().map(|list| format!(" in {}", words(list))).unwrap_or_default();
            format!("for {variable}{list} {{{}}}", script(body))
        }
        CommandKind::While { until, condition, body } => {
            let keyword = if *until { "until" } else { "while" };
            format!("{keyword} {{{}}} {{{}}}", script(condition), script(body))
        }
        CommandKind::Case { word: subject, arms } => {
            let mut text = format!("case {}", word(subject));
            for (patterns, body) in arms {
                let patterns: Vec<String> = patterns.iter().map(word).collect();
                let _ = write!(text, " {}) {{{}}}", patterns.join("|"), script(body));
            }
            text
        }
        CommandKind::Arithmetic(expression) => format!("(({}))", word(expression)),
        CommandKind::Conditional(list) => format!("conditional({})", words(list)),
        CommandKind::Function { name, body } => format!("{name}() {}", self::command(body)),
        CommandKind::Opaque { reason } => format!("<{reason}>"),
    };
    for redirection in &command.redirections {
        let fd = redirection.fd.map(|fd| fd.to_string()).unwrap_or_default();
        let _ = write!(text, " {fd}{:?}:{}", redirection.operator, word(&redirection.target));
        if let Some(heredoc) = &redirection.heredoc {
            let _ = write!(text, "={}", word(&heredoc.body));
        }
    }
    text
}

/// Quoted literals stand in quotes; parts are joined by dots.
pub(super) fn word(word: &Word) -> String {
    word.parts.iter().map(part).collect::<Vec<_>>().join(".")
}

fn part(part: &WordPart) -> String {
    let quote = if part.quoted { "\"" } else { "" };
    let inner = match &part.kind {
        WordPartKind::Literal(text) => text.replace('\n', "\\n"),
        WordPartKind::Tilde(user) => format!("~{user}"),
        WordPartKind::Parameter { name, operation } => match operation {
            ParameterOperation::Plain => format!("${{{name}}}"),
            ParameterOperation::Default { colon, word } => braced(name, *colon, "-", word),
            ParameterOperation::Assign { colon, word } => braced(name, *colon, "=", word),
            ParameterOperation::Alternative { colon, word } => braced(name, *colon, "+", word),
            ParameterOperation::Error { colon, word } => braced(name, *colon, "?", word),
            ParameterOperation::Length => format!("${{#{name}}}"),
            ParameterOperation::RemovePrefix { longest, pattern } => {
                braced(name, false, if *longest { "##" } else { "#" }, pattern)
            }
            ParameterOperation::RemoveSuffix { longest, pattern } => {
                braced(name, false, if *longest { "%%" } else { "%" }, pattern)
            }
            ParameterOperation::Replace { matches, pattern, replacement } => {
                let sign = match matches {
                    Matches::First => "/",
                    Matches::All => "//",
                    Matches::Prefix => "/#",
                    Matches::Suffix => "/%",
                };
                format!("${{{name}{sign}{}/{}}}", word(pattern), word(replacement))
            }
            ParameterOperation::Substring { offset, length } => {
                let length = length.as_ref().map(word).unwrap_or_default();
                format!("${{{name}:{}:{length}}}", word(offset))
            }
            ParameterOperation::ChangeCase { upper, all } => {
                let sign = if *upper { "^" } else { "," };
                format!("${{{name}{}}}", sign.repeat(1 + usize::from(*all)))
            }
        },
        WordPartKind::Command(inner) => format!("$({})", script(inner)),
        WordPartKind::Arithmetic(expression) => format!("$(({}))", word(expression)),
        WordPartKind::ProcessSubstitution { output, script: inner } => {
            format!("{}({})", if *output { '>' } else { '<' }, script(inner))
        }
        WordPartKind::BadSubstitution => "<bad substitution>".to_owned(),
        WordPartKind::Opaque { reason } => format!("<{reason}>"),
    };
    format!("{quote}{inner}{quote}")
}

fn braced(name: &str, colon: bool, sign: &str, argument: &Word) -> String {
    format!("${{{name}{}{sign}{}}}", if colon { ":" } else { "" }, word(argument))
}
