//! `find`: names and types of files, to print, delete or hand to another program.

use crate::{
    shell::Pattern,
    simulate::{
        Text, TextLine,
        environments::remove_environments,
        files::{file_name, join, strip_folder},
        shell::{Field, Outcome, Shell, Stream},
    },
    syntax::command::Argument,
    text::Location,
};

enum Test {
    Name(Pattern, bool),
    Path(Pattern),
    Type(char),
    Not(Box<Test>),
}

enum Action {
    Print(char),
    Delete,
    /// The words, and whether all files go into one call.
    Execute(Vec<Argument>, bool),
}

pub(super) fn find(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    let words: Vec<&str> = arguments.iter().skip(1).map(Argument::as_str).collect();
    let first = words.iter().position(|word| word.starts_with(['-', '(', '!'])).unwrap_or(words.len());
    let (roots, expression) = words.split_at(first);
    let roots = if roots.is_empty() { vec!["."] } else { roots.to_vec() };
    let Some((tests, action, depth)) = parse(expression, arguments.get(first + 1..).unwrap_or_default())
    else {
        return unread(shell, expression, &roots, place);
    };
    let mut found: Vec<String> = Vec::new();
    let mut status = Some(0);
    let mut unknown = None;
    for root in roots {
        let at = shell.world.state.files.resolve(&shell.absolute(root));
        let files = &shell.world.state.files;
        if files.resolved(&at).is_none() && at != "/" {
            match files.uncertainty(&at) {
                Some(reason) => unknown = Some(reason.to_owned()),
                None => status = Some(1),
            }
            continue;
        }
        if let Some(reason) = files.uncertainty(&at) {
            unknown = Some(reason.to_owned());
        }
        let inside = files.uncertain.iter().find(|(folder, _)| strip_folder(folder, &at).is_some());
        unknown = unknown.or_else(|| inside.map(|(_, reason)| reason.clone()));
        let below = files.below(&at).map(|(path, _)| path);
        for path in std::iter::once(at.as_str()).chain(below) {
            let rest = strip_folder(path, &at).unwrap_or("");
            let level = if rest.is_empty() { 0 } else { rest.split('/').count() };
            let printed = join(root.trim_end_matches('/'), rest);
            let is_folder = files.is_folder(path);
            if (depth.0..=depth.1).contains(&level)
                && tests.iter().all(|test| holds(test, &printed, is_folder))
            {
                found.push(printed);
            }
        }
    }
    match action {
        Action::Print(end) => {
            let stdout = match (unknown, end) {
                (Some(reason), _) => Stream::unknown(reason),
                (None, '\0') => {
                    let text: String = found.iter().map(|path| format!("{path}\0")).collect();
                    Stream::known(Text::unplaced(&text))
                }
                (None, _) => {
                    Stream::known(Text::from_lines(found.into_iter().map(TextLine::unplaced).collect()))
                }
            };
            Outcome { status, stdout, ..Outcome::default() }
        }
        Action::Delete => {
            for path in found.into_iter().rev() {
                let path = shell.absolute(&path);
                remove_environments(&mut shell.world.state, &path);
                shell.world.state.files.remove(&path);
            }
            Outcome { status, ..Outcome::default() }
        }
        Action::Execute(command, together) => {
            if found.is_empty() {
                return Outcome { status, ..Outcome::default() };
            }
            let calls: Vec<Vec<String>> = if together {
                vec![found]
            } else {
                found.into_iter().take(1_000).map(|path| vec![path]).collect()
            };
            let mut outcome = Outcome { status, ..Outcome::default() };
            for paths in calls {
                let fields: Vec<Field> = command
                    .iter()
                    .flat_map(|word| {
                        if word.as_str() == "{}" {
                            paths.iter().map(|path| Field::Known(Argument::unplaced(path))).collect()
                        } else {
                            let path = paths.first().map_or("", String::as_str);
                            let text = word.as_str().replace("{}", path);
                            vec![Field::Known(if text == word.as_str() {
                                word.clone()
                            } else {
                                Argument::unplaced(&text)
                            })]
                        }
                    })
                    .collect();
                let next = shell.call(&fields, place);
                outcome.stdout.append(next.stdout);
                outcome.stderr.append(next.stderr);
                if together && next.status != Some(0) {
                    outcome.status = next.status;
                }
            }
            outcome
        }
    }
}

fn holds(test: &Test, path: &str, is_folder: bool) -> bool {
    match test {
        Test::Name(pattern, ignore_case) => {
            let name = file_name(path);
            pattern.matches(name) || (*ignore_case && pattern.matches(&name.to_lowercase()))
        }
        Test::Path(pattern) => pattern.matches(path),
        Test::Type('d') => is_folder,
        Test::Type(_) => !is_folder,
        Test::Not(test) => !holds(test, path, is_folder),
    }
}

type Parsed = (Vec<Test>, Action, (usize, usize));

/// `None` for what is not read: alternatives, times, sizes.
fn parse(words: &[&str], arguments: &[Argument]) -> Option<Parsed> {
    let mut tests = Vec::new();
    let mut action = Action::Print('\n');
    let mut depth = (0, usize::MAX);
    let mut negated = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let mut value = || {
            at += 1;
            words.get(at - 1).copied()
        };
        let test = match *word {
            "!" | "-not" => {
                negated = !negated;
                continue;
            }
            "-name" => Test::Name(Pattern::new(value()?), false),
            "-iname" => Test::Name(Pattern::new(&value()?.to_lowercase()), true),
            "-path" | "-wholename" => Test::Path(Pattern::new(value()?)),
            "-type" => Test::Type(value()?.chars().next()?),
            "-maxdepth" => {
                depth.1 = value()?.parse().ok()?;
                continue;
            }
            "-mindepth" => {
                depth.0 = value()?.parse().ok()?;
                continue;
            }
            "-depth" | "-a" | "-and" | "-xdev" | "-mount" => continue,
            "-print" => continue,
            "-print0" => {
                action = Action::Print('\0');
                continue;
            }
            "-delete" => {
                action = Action::Delete;
                continue;
            }
            "-exec" | "-execdir" => {
                let start = at;
                let length = words.get(start..)?.iter().position(|word| matches!(*word, ";" | "+"))?;
                at = start + length + 1;
                let together = words.get(start + length) == Some(&"+");
                action = Action::Execute(arguments.get(start..start + length)?.to_vec(), together);
                continue;
            }
            _ => return None,
        };
        tests.push(if std::mem::take(&mut negated) { Test::Not(Box::new(test)) } else { test });
    }
    Some((tests, action, depth))
}

/// An expression that is not read: where it only cleans caches, nothing is lost.
fn unread(
    shell: &mut Shell<'_, '_>,
    expression: &[&str],
    roots: &[&str],
    place: Option<Location>,
) -> Outcome {
    let reason = "this form of find is not modelled";
    let removes = expression.iter().any(|word| matches!(*word, "-delete" | "-exec" | "rm"));
    let caches = ["__pycache__", "*.pyc", "*.pyo", "test", "tests", "*.a", "*.so", "*.dist-info/RECORD"];
    let only_caches = expression
        .windows(2)
        .filter(|pair| matches!(pair[0], "-name" | "-iname" | "-path"))
        .all(|pair| caches.iter().any(|cache| pair[1].contains(cache)));
    let names = expression.iter().any(|word| matches!(*word, "-name" | "-iname" | "-path"));
    if removes && !(only_caches && names) {
        for root in roots {
            let path = shell.absolute(root);
            if path != "/" {
                shell.world.state.files.mark_uncertain(&path, reason);
            }
        }
        shell.skip(place, reason, true);
        shell.world.state.touch_environments(reason, place);
    }
    Outcome { status: Some(0), ..Outcome::unknown(reason) }
}
