//! `make`: the Makefile of the context is read and its recipes are run, as far as GNU make's
//! manual says what they are. What computes names or asks for times of files is not followed.

use super::{not_modelled, scripts::nested};
use crate::{
    order::{SortedMap, SortedSet},
    simulate::{
        Content, Lookup, Text, TextLine,
        files::normalize,
        shell::{Field, Options, Outcome, Shell, Source, Value, known},
    },
    syntax::command::{Argument, Placement, Table, parse_options},
    text::Location,
};

/// How deep prerequisites may be nested.
const DEEPEST: usize = 50;

/// How deep variables may name others.
const DEEPEST_NAMES: usize = 20;

/// The longest text that a variable may grow to, in bytes.
const LONGEST: usize = 1 << 16;

const OPTIONS: Table = Table {
    flags: &[
        "dry-run|n|just-print|recon",
        "silent|s|quiet",
        "keep-going|k",
        "ignore-errors|i",
        "always-make|B",
        "print-directory|w",
        "no-print-directory",
        "version|v",
        "help|h",
        "no-builtin-rules|r",
    ],
    values: &["directory|C", "file|f|makefile", "load-average|l", "include-dir|I"],
    variables: &[],
};

/// Words that begin a line whose meaning is not followed.
const DIRECTIVES: [&str; 14] = [
    "include", "-include", "sinclude", "ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "define",
    "endef", "export", "unexport", "override",
];

/// A Makefile.
#[derive(Default)]
struct Makefile {
    variables: SortedMap<String, String>,
    rules: SortedMap<String, Rule>,
    phony: SortedSet<String>,
    /// The goal where none is given.
    first: Option<String>,
    /// It has rules by pattern, which are not followed.
    has_patterns: bool,
}

#[derive(Default, Clone)]
struct Rule {
    prerequisites: Vec<String>,
    recipe: Vec<TextLine>,
}

/// How a goal ends.
enum Stop {
    /// make exits with 2.
    Failed,
    /// What it does is not known: says why.
    Unknown(String),
}

/// Runs make; where something of it is not known, it may have done anything.
pub(super) fn make(shell: &mut Shell<'_, '_>, rest: &[Field], place: Option<Location>) -> Outcome {
    let Some(words) = known(rest) else { return not_modelled(shell, "make", rest, place) };
    // `-j` may stand alone, with its number in the same word or in the next.
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut arguments: Vec<Argument> = Vec::new();
    let mut after_jobs = false;
    for word in words {
        let text = word.as_str();
        let skipped = after_jobs && is_number(text);
        after_jobs = matches!(text, "-j" | "--jobs");
        if !skipped && !text.starts_with("-j") && !text.starts_with("--jobs") {
            arguments.push(word);
        }
    }
    let (given, goals) = parse_options(&[&OPTIONS], &arguments, Placement::Anywhere, &|_| None);
    let prints = |status| Outcome { status, ..Outcome::unknown("what make prints is not known") };
    if given.flag("version").on || given.flag("help").on || given.flag("dry-run").on {
        return prints(Some(0));
    }
    if !given.unknown.is_empty() || given.flag("keep-going").on || given.flag("ignore-errors").on {
        return not_modelled(shell, "make", rest, place);
    }
    let before = shell.process.clone();
    if let Some(folder) = given.last("directory") {
        shell.process.folder = shell.absolute(folder.as_str());
    }
    let mut assigned = SortedMap::new();
    let mut targets = Vec::new();
    for goal in goals {
        match goal.as_str().split_once('=') {
            Some((name, value)) => {
                let name = name.trim_end_matches([':', '?', '+']);
                shell.process.export(name, Some(Value::Known(Argument::unplaced(value))));
                assigned.insert(name.to_owned(), value.to_owned());
            }
            None => targets.push(goal.as_str().to_owned()),
        }
    }
    let run = read(shell, given.last("file").as_ref()).and_then(|text| {
        let mut makefile = Makefile::read(&text)?;
        makefile.variables.extend(assigned);
        let goals = if targets.is_empty() { makefile.first.clone().into_iter().collect() } else { targets };
        if goals.is_empty() {
            return Err(Stop::Failed);
        }
        let mut work = Work { makefile: &makefile, done: SortedSet::new(), certain: true };
        goals.iter().try_for_each(|goal| work.build(shell, goal, 0))?;
        Ok(work.certain)
    });
    shell.process = before;
    match run {
        Ok(certain) => prints(certain.then_some(0)),
        Err(Stop::Failed) => prints(Some(2)),
        Err(Stop::Unknown(reason)) => {
            let outcome = not_modelled(shell, "make", rest, place);
            shell.skip(place, &reason, false);
            outcome
        }
    }
}

/// The text of the Makefile.
fn read(shell: &Shell<'_, '_>, file: Option<&Argument>) -> Result<Text, Stop> {
    let names = match file {
        Some(file) => vec![file.as_str()],
        None => vec!["GNUmakefile", "makefile", "Makefile"],
    };
    for name in names {
        match shell.world.state.files.lookup(&shell.absolute(name)) {
            Lookup::Present(entry) => {
                return match &entry.content {
                    Content::Text(text) => Ok(Text::clone(text)),
                    _ => Err(Stop::Unknown(format!("what {name} says is not known"))),
                };
            }
            // A Makefile of the context that is named below wins over a doubt about its other names.
            Lookup::Unknown(_) | Lookup::Absent => {}
        }
    }
    match shell.world.state.files.doubt(&shell.absolute("Makefile")) {
        Some(reason) => Err(Stop::Unknown(format!("what the Makefile says is not known: {reason}"))),
        None => Err(Stop::Failed),
    }
}

impl Makefile {
    fn read(text: &Text) -> Result<Self, Stop> {
        let mut makefile = Self::default();
        // The targets whose recipe is being read.
        let mut current: Vec<String> = Vec::new();
        let mut lines = text.lines.iter().peekable();
        while let Some(line) = lines.next() {
            if line.text.starts_with('\t') {
                let mut whole = line.slice(1, line.text.len());
                // The shell is handed the backslash and the line behind it.
                while whole.text.ends_with('\\')
                    && let Some(next) = lines.next()
                {
                    let joined =
                        format!("{}\n{}", whole.text, next.text.strip_prefix('\t').unwrap_or(&next.text));
                    whole = whole.changed(joined);
                }
                for target in &current {
                    makefile.rules.entry(target.clone()).or_default().recipe.push(whole.clone());
                }
                continue;
            }
            let mut whole = line.text.clone();
            while whole.ends_with('\\')
                && let Some(next) = lines.next()
            {
                whole.pop();
                whole = format!("{} {}", whole.trim_end(), next.text.trim_start());
            }
            let plain = whole.split('#').next().unwrap_or("").trim();
            if plain.is_empty() {
                continue;
            }
            let first = plain.split_whitespace().next().unwrap_or("");
            if DIRECTIVES.contains(&first) {
                return Err(Stop::Unknown(format!("'{first}' of a Makefile is not followed")));
            }
            current = makefile.line(plain)?;
        }
        Ok(makefile)
    }

    /// A variable, or a rule, whose targets are the answer.
    fn line(&mut self, line: &str) -> Result<Vec<String>, Stop> {
        let unknown = |what: &str| Err(Stop::Unknown(format!("{what} of a Makefile are not followed")));
        let equals = line.find('=');
        let colon = line.find(':');
        let is_variable = match (equals, colon) {
            // `:=` and `::=` are assignments.
            (Some(equals), Some(colon)) => {
                equals < colon || line.get(colon..equals).is_some_and(|text| text.bytes().all(|b| b == b':'))
            }
            (Some(_), None) => true,
            _ => false,
        };
        if let (true, Some(at)) = (is_variable, equals) {
            let (left, value) = line.split_at(at);
            let (operator, name) = match left.trim_end().strip_suffix(['?', '+', ':']) {
                Some(name) => (left.trim_end().chars().last(), name.trim_end_matches(':').trim()),
                None => (None, left.trim()),
            };
            let value = value.get(1..).unwrap_or("").trim().to_owned();
            match operator {
                Some('?') => {
                    self.variables.entry(name.to_owned()).or_insert(value);
                }
                Some('+') => {
                    let own = self.variables.entry(name.to_owned()).or_default();
                    *own = format!("{own} {value}").trim().to_owned();
                }
                Some(_) => {
                    let value = self.expand(&value, &[], 0)?;
                    self.variables.insert(name.to_owned(), value);
                }
                None if name == "SHELL" || name == ".SHELLFLAGS" || name == ".RECIPEPREFIX" => {
                    return unknown("another shell and its flags");
                }
                None => {
                    self.variables.insert(name.to_owned(), value);
                }
            }
            return Ok(Vec::new());
        }
        let Some((targets, rest)) = line.split_once(':') else {
            return unknown("lines that are neither variables nor rules");
        };
        if rest.starts_with(':') || rest.contains(['=', ';']) {
            return unknown("double colons, variables of targets and recipes in one line");
        }
        let targets = self.words(targets)?;
        let prerequisites = self.words(&rest.replace('|', " "))?;
        if targets.iter().any(|target| target == ".ONESHELL") {
            return unknown("recipes in one shell");
        }
        if targets.iter().any(|target| target == ".PHONY") {
            self.phony.extend(prerequisites);
            return Ok(Vec::new());
        }
        if targets.iter().chain(&prerequisites).any(|word| word.contains('%')) {
            self.has_patterns = true;
            return Ok(Vec::new());
        }
        for target in targets.iter().filter(|target| !target.starts_with('.')) {
            self.first.get_or_insert_with(|| target.clone());
            self.rules.entry(target.clone()).or_default().prerequisites.extend(prerequisites.iter().cloned());
        }
        Ok(targets)
    }

    fn words(&self, text: &str) -> Result<Vec<String>, Stop> {
        let expanded = self.expand(text, &[], 0)?;
        if expanded.contains('$') {
            return Err(Stop::Unknown(format!("'{}' of a Makefile is not known", text.trim())));
        }
        Ok(expanded.split_whitespace().map(str::to_owned).collect())
    }

    /// Replaces variables; `automatic` are those of the rule at hand.
    fn expand(&self, text: &str, automatic: &[(char, &str)], depth: usize) -> Result<String, Stop> {
        let unknown =
            || Stop::Unknown("functions and computed names of a Makefile are not followed".to_owned());
        if depth > DEEPEST_NAMES {
            return Err(unknown());
        }
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(rest.get(..at).unwrap_or(""));
            let behind = rest.get(at + 1..).unwrap_or("");
            let Some(letter) = behind.chars().next() else { break };
            let after = behind.get(letter.len_utf8()..).unwrap_or("");
            let closing = match letter {
                '(' => Some(')'),
                '{' => Some('}'),
                _ => None,
            };
            let name = match closing {
                Some(closing) => {
                    let (name, next) = after.split_once(closing).ok_or_else(unknown)?;
                    rest = next;
                    name
                }
                None => {
                    rest = after;
                    behind.get(..letter.len_utf8()).unwrap_or("")
                }
            };
            let of_rule = automatic.iter().find(|(own, _)| name.chars().eq([*own])).map(|(_, value)| *value);
            match (name, of_rule) {
                ("$", _) if closing.is_none() => expanded.push('$'),
                (_, Some(value)) => expanded.push_str(value),
                ("MAKE", _) => expanded.push_str("make"),
                (name, _)
                    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) =>
                {
                    return Err(unknown());
                }
                (name, _) => {
                    // What the environment has counts where the Makefile says nothing: that is the
                    // shell's, which is asked by name.
                    match self.variables.get(name) {
                        Some(value) => expanded.push_str(&self.expand(value, automatic, depth + 1)?),
                        None => expanded.push_str(&format!("${{{name}}}")),
                    }
                }
            }
            if expanded.len() > LONGEST {
                return Err(unknown());
            }
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

/// Goals being built.
struct Work<'a> {
    makefile: &'a Makefile,
    done: SortedSet<String>,
    /// Each recipe is known to succeed.
    certain: bool,
}

impl Work<'_> {
    fn build(&mut self, shell: &mut Shell<'_, '_>, target: &str, depth: usize) -> Result<(), Stop> {
        if depth > DEEPEST {
            return Err(Stop::Unknown("the prerequisites of a Makefile are nested too deeply".to_owned()));
        }
        // make drops circles with a warning.
        if !self.done.insert(target.to_owned()) {
            return Ok(());
        }
        let path = normalize(target, &shell.process.folder);
        let is_phony = self.makefile.phony.contains(target);
        let Some(rule) = self.makefile.rules.get(target) else {
            return match shell.world.state.files.lookup(&path) {
                _ if is_phony => Ok(()),
                Lookup::Present(_) => Ok(()),
                Lookup::Absent if !self.makefile.has_patterns => Err(Stop::Failed),
                _ => Err(Stop::Unknown(format!("how make gets {target} is not known"))),
            };
        };
        for prerequisite in &rule.prerequisites {
            self.build(shell, prerequisite, depth + 1)?;
        }
        if !is_phony {
            match shell.world.state.files.lookup(&path) {
                Lookup::Absent => {}
                Lookup::Present(_) if rule.prerequisites.is_empty() => return Ok(()),
                _ => return Err(Stop::Unknown(format!("whether {target} is up to date is not known"))),
            }
        }
        let first = rule.prerequisites.first().map_or("", String::as_str);
        let all = rule.prerequisites.join(" ");
        let automatic = [('@', target), ('<', first), ('^', all.as_str())];
        for line in &rule.recipe {
            let expanded = self.makefile.expand(&line.text, &automatic, 0)?;
            let command = expanded.trim_start_matches(['@', '-', '+', ' ', '\t']);
            let prefix = expanded.get(..expanded.len() - command.len()).unwrap_or("");
            let ignores = prefix.contains('-');
            // An unchanged line keeps its place.
            let kept = if expanded == line.text {
                line.slice(prefix.len(), line.text.len())
            } else {
                line.changed(command.to_owned())
            };
            let (text, file) = Text::from_lines(vec![kept]).to_mapped();
            let source = Source { text, file };
            let dialect = shell.world.state.sh();
            let outcome = nested(shell, dialect, Options::default(), source, Vec::new(), None);
            match outcome.status {
                Some(0) => {}
                Some(_) if ignores => {}
                Some(_) => return Err(Stop::Failed),
                None => self.certain &= ignores,
            }
        }
        Ok(())
    }
}
