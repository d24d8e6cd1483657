//! What the shell does itself.

use super::{
    Flow, Found, Input, Shell, known,
    value::{Outcome, Stream},
};
use crate::{
    shell::{
        Source,
        expand::{self, Field, Value},
    },
    simulate::{Content, Lookup, ProgramKind, Text},
    syntax::{command::Argument, shell::Dialect},
    text::{Location, Mapped, range},
};

impl Shell<'_, '_> {
    /// Runs a builtin; `None` where `name` is none.
    pub(in crate::simulate) fn builtin(
        &mut self,
        name: &str,
        rest: &[Field],
        place: Option<Location>,
    ) -> Option<Outcome> {
        match self.lacks(name) {
            Some(true) => return Some(Outcome::failed(127)),
            Some(false) => {}
            None => {
                let outcome = self.own_builtin(name, rest, place)?;
                let status = outcome.status.filter(|status| *status != 0);
                return Some(Outcome { status, ..outcome });
            }
        }
        self.own_builtin(name, rest, place)
    }

    /// Whether the shell is without a builtin that others have; `None` where it may be.
    fn lacks(&self, name: &str) -> Option<bool> {
        let lack = match name {
            "shopt" | "pushd" | "popd" | "declare" | "typeset" => !self.dialect.is_bash(),
            "let" | "source" => !self.dialect.is_extended(),
            _ => return Some(false),
        };
        if self.dialect == Dialect::Unknown { None } else { Some(lack) }
    }

    fn own_builtin(&mut self, name: &str, rest: &[Field], place: Option<Location>) -> Option<Outcome> {
        Some(match name {
            "true" | ":" => Outcome::status(0),
            "false" => Outcome::status(1),
            "umask" | "ulimit" | "wait" | "alias" | "unalias" | "hash" | "times" | "jobs" | "bg" | "fg" => {
                Outcome::status(0)
            }
            "shopt" => {
                let on = rest.first().and_then(Field::as_known) == Some("-s");
                if rest.iter().any(|field| field.as_known() == Some("nullglob")) {
                    self.process.options.nullglob = on;
                }
                Outcome::status(0)
            }
            "let" => self.calculate(rest),
            "cd" | "pushd" => self.change_folder(rest, place),
            "popd" => Outcome::unknown("popd is not modelled"),
            "pwd" => Outcome::line(self.process.folder.clone()),
            "echo" => self.echo(rest),
            "printf" => self.printf(rest),
            "export" | "local" | "readonly" | "declare" | "typeset" => self.declare(name, rest),
            "unset" => {
                for name in rest.iter().filter_map(Field::as_known) {
                    self.process.variables.remove(name);
                    self.functions.remove(name);
                }
                Outcome::status(0)
            }
            "set" => self.set(rest),
            "shift" => {
                let count: usize =
                    rest.first().and_then(Field::as_known).and_then(|text| text.parse().ok()).unwrap_or(1);
                if count > self.process.positional.len() {
                    if self.dialect != Dialect::Dash {
                        return Some(Outcome::failed(1));
                    }
                    self.flow = Flow::Exit;
                    return Some(Outcome::failed(2));
                }
                self.process.positional.drain(..count);
                Outcome::status(0)
            }
            "exit" | "return" => {
                let status = match rest.first() {
                    None => self.status,
                    Some(Field::Known(text)) => text.as_str().trim().parse().ok().map(|n: i32| n & 0xff),
                    Some(Field::Unknown { .. }) => None,
                };
                self.flow = if name == "exit" { Flow::Exit } else { Flow::Return };
                Outcome { status, ..Outcome::default() }
            }
            // Outside a loop they do nothing.
            "break" | "continue" if self.loops == 0 => Outcome::status(0),
            "break" | "continue" => {
                let levels =
                    rest.first().and_then(Field::as_known).and_then(|text| text.parse().ok()).unwrap_or(1);
                self.flow = if name == "break" { Flow::Break(levels) } else { Flow::Continue(levels) };
                Outcome::status(0)
            }
            "read" => self.read(rest),
            "test" | "[" => self.test(name, rest),
            "trap" => {
                let exits = rest.iter().skip(1).any(|field| matches!(field.as_known(), Some("EXIT" | "0")));
                if let (Some(Field::Known(action)), true) = (rest.first(), exits) {
                    self.process.exit_trap = (action.as_str() != "-").then(|| action.clone());
                }
                Outcome::status(0)
            }
            "eval" => self.eval(rest, place),
            "." | "source" => self.source_file(rest, place),
            // The function that `activate` defines.
            "deactivate" if self.process.known("VIRTUAL_ENV").is_some() => {
                let root = self.process.known("VIRTUAL_ENV").unwrap_or_default().to_owned();
                let path = self.process.known("PATH").unwrap_or_default().to_owned();
                let path = path.strip_prefix(&format!("{root}/bin:")).unwrap_or(&path).to_owned();
                self.process.export("PATH", Some(Value::Known(Argument::unplaced(&path))));
                self.process.variables.remove("VIRTUAL_ENV");
                Outcome::status(0)
            }
            "exec" => {
                if rest.is_empty() {
                    return Some(Outcome::status(0));
                }
                let outcome = self.programs.run(self, rest, place);
                self.flow = Flow::Exit;
                outcome
            }
            "command" | "builtin" => match rest.first().and_then(Field::as_known) {
                Some("-v" | "-V") => self.find_program(rest.get(1..).unwrap_or_default()),
                Some("-p") => self.call(rest.get(1..).unwrap_or_default(), place),
                _ => self.call(rest, place),
            },
            "type" => self.find_program(rest),
            "getopts" => Outcome::unknown("getopts is not modelled"),
            _ => return None,
        })
    }

    fn change_folder(&mut self, rest: &[Field], place: Option<Location>) -> Outcome {
        let target = match rest.iter().find(|field| !matches!(field.as_known(), Some("-P" | "-L" | "--"))) {
            None => self.process.known("HOME").unwrap_or("/root").to_owned(),
            Some(Field::Known(path)) if path.as_str() == "-" => match self.process.known("OLDPWD") {
                Some(path) => path.to_owned(),
                None => return Outcome::failed(1),
            },
            Some(Field::Known(path)) => path.as_str().to_owned(),
            Some(Field::Unknown { reason, .. }) => {
                let reason = format!("the folder that cd enters is not known: {reason}");
                let folder = "/tmp/unknown".to_owned();
                self.world.state.files.mark_uncertain(&folder, &reason);
                self.skip(place, &reason, false);
                self.process.folder = folder;
                return Outcome { status: None, ..Outcome::default() };
            }
        };
        let folder = self.absolute(&target);
        let files = &self.world.state.files;
        if !files.is_folder(&folder) {
            match files.lookup(&folder) {
                Lookup::Unknown(reason) => {
                    let reason = reason.to_owned();
                    self.world.state.files.mark_uncertain(&folder, &reason);
                }
                // dash and ash 2, bash 1.
                Lookup::Present(_) | Lookup::Absent => {
                    return Outcome::failed(if self.dialect.is_bash() { 1 } else { 2 });
                }
            }
        }
        let before = std::mem::replace(&mut self.process.folder, folder);
        self.process.set("OLDPWD", Value::Known(Argument::unplaced(&before)));
        Outcome::status(0)
    }

    fn echo(&mut self, rest: &[Field]) -> Outcome {
        let bash = matches!(self.dialect, Dialect::Bash | Dialect::Ash);
        let Some(arguments) = known(rest) else {
            let reason = rest.iter().find_map(|field| match field {
                Field::Unknown { reason, .. } => Some(reason.clone()),
                Field::Known(_) => None,
            });
            return Outcome {
                status: Some(0),
                stdout: Stream::unknown(reason.unwrap_or_default()),
                ..Outcome::default()
            };
        };
        let mut words = arguments.as_slice();
        if self.dialect == Dialect::Unknown {
            let option =
                words.first().is_some_and(|word| word.as_str().starts_with("-") && word.as_str() != "-n");
            if option || words.iter().any(|word| word.as_str().contains('\\')) {
                let reason = "which shell /bin/sh is is not known, and they print this differently";
                return Outcome { status: Some(0), stdout: Stream::unknown(reason), ..Outcome::default() };
            }
        }
        let mut newline = true;
        // dash always reads escapes, and knows no option but -n.
        let mut escapes = !bash;
        while let Some((first, behind)) = words.split_first() {
            let letters = first.as_str().strip_prefix('-').unwrap_or("");
            let is_option = !letters.is_empty()
                && if bash { letters.chars().all(|c| matches!(c, 'n' | 'e' | 'E')) } else { letters == "n" };
            if !is_option {
                break;
            }
            newline &= !letters.contains('n');
            escapes = if letters.contains('e') { true } else { escapes && !letters.contains('E') };
            words = behind;
        }
        let (mut text, file) = joined_words(words);
        let mut ended = false;
        if escapes && text.as_str().contains('\\') {
            let (plain, end) = unescaped(text.as_str(), true);
            let stand = text.source_range(range(0, text.as_str().len()));
            ended = end;
            text = Mapped::default();
            text.push_substitute(&plain, stand);
        }
        let mut text = Text::from_mapped(&text, file);
        if newline && !ended {
            if text.is_empty() || text.final_newline {
                text.lines.push(crate::simulate::TextLine::unplaced(""));
            }
            text.end_line();
        }
        Outcome::printed(text)
    }

    fn printf(&mut self, rest: &[Field]) -> Outcome {
        let unknown =
            |reason: &str| Outcome { status: Some(0), stdout: Stream::unknown(reason), ..Outcome::default() };
        let Some(arguments) = known(rest) else {
            return unknown("what printf is given is not known");
        };
        let arguments: &[Argument] = match arguments.split_first() {
            Some((first, behind)) if first.as_str() == "--" => behind,
            Some((first, _)) if first.as_str() == "-v" => return unknown("printf -v is not modelled"),
            _ => &arguments,
        };
        let Some((format, mut values)) = arguments.split_first() else { return Outcome::failed(2) };
        let file = arguments.iter().find_map(|argument| Some(argument.place?.file));
        let stand = format.place.map_or_else(|| range(0, 0), |place| place.range);
        let mut text = Mapped::default();
        loop {
            let before = values.len();
            let mut chars = format.as_str().chars().peekable();
            let mut plain = String::new();
            let mut uses = false;
            while let Some(c) = chars.next() {
                if c == '\\' {
                    let mut escape = String::from(c);
                    escape.extend(chars.next());
                    // `\055`, `\x2d`
                    while escape.len() < 4
                        && let Some(next) = chars.peek()
                        && (next.is_ascii_hexdigit()
                            && escape.chars().nth(1).is_some_and(|c| c.is_ascii_digit() || c == 'x'))
                    {
                        escape.extend(chars.next());
                    }
                    plain += &unescaped(&escape, false).0;
                    continue;
                }
                if c != '%' {
                    plain.push(c);
                    continue;
                }
                let mut width = String::new();
                while let Some(c) =
                    chars.peek().filter(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | ' ' | '+' | '#'))
                {
                    width.push(*c);
                    chars.next();
                }
                match chars.next() {
                    Some('%') => plain.push('%'),
                    Some(kind @ ('s' | 'b' | 'd' | 'i' | 'q' | 'c' | 'u')) if width.is_empty() => {
                        uses = true;
                        text.push_substitute(&std::mem::take(&mut plain), stand);
                        let Some((value, behind)) = values.split_first() else {
                            if matches!(kind, 'd' | 'i' | 'u') {
                                plain.push('0');
                            }
                            continue;
                        };
                        values = behind;
                        if kind == 'b' {
                            plain += &unescaped(value.as_str(), false).0;
                        } else if value.place.map(|place| place.file) == file {
                            text.push_mapped(&value.text);
                        } else {
                            text.push_substitute(value.as_str(), stand);
                        }
                    }
                    _ => return unknown("this format of printf is not modelled"),
                }
            }
            text.push_substitute(&plain, stand);
            if values.is_empty() || !uses || values.len() == before {
                break;
            }
        }
        Outcome::printed(Text::from_mapped(&text, file))
    }

    /// `export NAME=value NAME ...`, and its kin.
    fn declare(&mut self, name: &str, rest: &[Field]) -> Outcome {
        let exported = name == "export" || rest.iter().any(|field| field.as_known() == Some("-x"));
        if rest.iter().any(|field| field.as_known() == Some("-p")) {
            return Outcome::unknown("the list of variables is not modelled");
        }
        for field in rest {
            let (name, value) = match field {
                Field::Known(argument) => match argument.as_str().split_once('=') {
                    Some((name, _)) => {
                        (name.to_owned(), Some(Value::Known(argument.slice_from(name.len() + 1))))
                    }
                    None => (argument.as_str().to_owned(), None),
                },
                Field::Unknown { reason, prefix, .. } => match prefix.split_once('=') {
                    Some((name, _)) => (name.to_owned(), Some(Value::Unknown(reason.clone()))),
                    None => continue,
                },
            };
            if name.starts_with('-') {
                continue;
            }
            let name = name.trim_end_matches('+');
            if exported {
                self.process.export(name, value);
            } else if let Some(value) = value {
                self.process.set(name, value);
            }
        }
        Outcome::status(0)
    }

    fn set(&mut self, rest: &[Field]) -> Outcome {
        let mut status = Some(0);
        let mut at = 0;
        while let Some(field) = rest.get(at) {
            let Some(text) = field.as_known() else { break };
            if text == "--" {
                at += 1;
                self.process.positional = known(rest.get(at..).unwrap_or_default()).unwrap_or_default();
                return Outcome::status(0);
            }
            let on = text.starts_with('-');
            let Some(letters) = text.strip_prefix(['-', '+']).filter(|letters| !letters.is_empty()) else {
                break;
            };
            at += 1;
            for letter in letters.chars() {
                let options = &mut self.process.options;
                match letter {
                    'e' => options.errexit = on,
                    'u' => options.nounset = on,
                    'f' => options.noglob = on,
                    'o' => {
                        let name = rest.get(at).and_then(Field::as_known).unwrap_or("");
                        at += 1;
                        match name {
                            // dash before 0.5.13 has no such option, and ends there.
                            "pipefail" if self.dialect == Dialect::Dash => {
                                self.flow = Flow::Exit;
                                return Outcome::failed(2);
                            }
                            "pipefail" => {
                                options.pipefail = on;
                                if self.dialect == Dialect::Unknown {
                                    status = None;
                                }
                            }
                            "errexit" => options.errexit = on,
                            "nounset" => options.nounset = on,
                            "noglob" => options.noglob = on,
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        if at < rest.len() {
            self.process.positional = known(rest.get(at..).unwrap_or_default()).unwrap_or_default();
        }
        Outcome { status, ..Outcome::default() }
    }

    /// `read [-r] name...`: the next line of the input.
    fn read(&mut self, rest: &[Field]) -> Outcome {
        let mut names: Vec<String> = Vec::new();
        let mut raw = false;
        for field in rest {
            match field.as_known() {
                Some("-r") => raw = true,
                Some(option) if option.starts_with('-') => {
                    return Outcome::unknown("this option of read is not modelled");
                }
                Some(name) => names.push(name.to_owned()),
                None => return Outcome::unknown("what read sets is not known"),
            }
        }
        if names.is_empty() {
            names.push("REPLY".to_owned());
        }
        let Input { stream, line } = &mut self.input;
        let Some(next) = stream.text.lines.get(*line).cloned() else {
            let status = match &stream.unknown {
                Some(reason) => {
                    let reason = reason.clone();
                    for name in names {
                        self.process.set(&name, Value::Unknown(reason.clone()));
                    }
                    return Outcome { status: None, ..Outcome::default() };
                }
                None => 1,
            };
            for name in names {
                self.process.set(&name, Value::Known(Argument::unplaced("")));
            }
            return Outcome::status(status);
        };
        *line += 1;
        let ended = *line < stream.text.lines.len() || stream.text.final_newline;
        let mut value = next.to_argument();
        if !raw && value.as_str().contains('\\') {
            value = Argument::unplaced(&value.as_str().replace('\\', ""));
        }
        let separators = match self.process.get("IFS") {
            Some(Value::Known(separators)) => separators.as_str().to_owned(),
            _ => " \t\n".to_owned(),
        };
        let count = names.len();
        for (index, name) in names.into_iter().enumerate() {
            let text = value.as_str();
            let start = text.len() - text.trim_start_matches(|c| separators.contains(c)).len();
            let rest = text.get(start..).unwrap_or("");
            let (end, next) = if index + 1 == count {
                (start + rest.trim_end_matches(|c| separators.contains(c)).len(), text.len())
            } else {
                let length = rest.find(|c| separators.contains(c)).unwrap_or(rest.len());
                (start + length, start + length)
            };
            self.process.set(&name, Value::Known(value.slice(range(start, end))));
            value = value.slice_from(next);
        }
        Outcome::status(i32::from(!ended))
    }

    fn eval(&mut self, rest: &[Field], place: Option<Location>) -> Outcome {
        let Some(arguments) = known(rest) else {
            let reason = "what eval runs is not known";
            self.skip(place, reason, true);
            self.world.touch_everything(reason, place);
            return Outcome::unknown(reason);
        };
        let (text, file) = joined_words(&arguments);
        self.run_text(Source { text, file })
    }

    fn source_file(&mut self, rest: &[Field], place: Option<Location>) -> Outcome {
        let Some(path) = rest.first().and_then(Field::as_known) else {
            let reason = "which file is sourced is not known";
            self.skip(place, reason, true);
            self.process.unknown_variables = Some(reason.to_owned());
            return Outcome::unknown(reason);
        };
        let shown = path.to_owned();
        let path = self.absolute(path);
        let missing = |shell: &mut Self| {
            // dash and ash end the script, bash goes on.
            if !shell.dialect.is_bash() {
                shell.flow = Flow::Exit;
                return Outcome::failed(2);
            }
            Outcome::failed(1)
        };
        let content = match self.world.state.files.lookup(&path) {
            Lookup::Present(entry) => entry.content.clone(),
            Lookup::Unknown(reason) => Content::Opaque(reason.to_owned()),
            Lookup::Absent => return missing(self),
        };
        match content {
            Content::Program(program) if program.kind == ProgramKind::Activate => {
                let path = self.process.known("PATH").unwrap_or_default().to_owned();
                let bin = format!("{}/bin", program.environment);
                let value = |text: &str| Some(Value::Known(Argument::unplaced(text)));
                self.process.export("PATH", value(&format!("{bin}:{path}")));
                self.process.export("VIRTUAL_ENV", value(&program.environment));
                Outcome::status(0)
            }
            Content::Text(text) => {
                let (text, file) = text.to_mapped();
                let outcome = self.run_text(Source { text, file });
                if self.flow == Flow::Return {
                    self.flow = Flow::Next;
                }
                outcome
            }
            Content::Folder => missing(self),
            _ => {
                let reason = format!("what {shown} holds is not known");
                let touches = sets_python(&shown);
                self.skip(place, &reason, touches);
                if touches {
                    self.world.touch_everything(&reason, place);
                }
                self.process.unknown_variables = Some(reason.clone());
                Outcome { status: Some(0), ..Outcome::unknown(reason) }
            }
        }
    }

    /// `let EXPRESSION ...`: fails where the last is 0.
    fn calculate(&mut self, rest: &[Field]) -> Outcome {
        let mut status = Some(1);
        for field in rest {
            let Field::Known(expression) = field else {
                return Outcome::unknown("what let calculates is not known");
            };
            match expand::calculate(expression.as_str(), self.dialect, self) {
                Ok(Ok(number)) => status = Some(i32::from(number == 0)),
                Ok(Err(_)) => status = None,
                Err(refusal) => return self.refuse(&refusal),
            }
        }
        Outcome { status, ..Outcome::default() }
    }

    /// `command -v name`, `which name`.
    pub(in crate::simulate) fn find_program(&mut self, names: &[Field]) -> Outcome {
        let mut text = Text::default();
        let mut status = Some(0);
        for field in names {
            let Some(name) = field.as_known() else {
                return Outcome::unknown("the program asked for is not known");
            };
            if name.starts_with('-') {
                continue;
            }
            match self.programs.find(self, name) {
                Found::At(path, _) => text.append(Text::from_lines(vec![Argument::unplaced(&path).into()])),
                Found::Nowhere => status = status.map(|_| 1),
                Found::Perhaps(reason) => return Outcome::unknown(reason),
            }
        }
        Outcome { status, ..Outcome::printed(text) }
    }
}

/// Files that are sourced to choose a Python.
fn sets_python(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["conda", "mamba", "venv", "activate", "pyenv", "virtualenv", "setup", "install"]
        .iter()
        .any(|word| path.contains(word))
}

/// Words as `echo` and `eval` join them: with a blank between.
pub(in crate::simulate) fn joined_words(words: &[Argument]) -> (Mapped, Option<crate::text::FileId>) {
    let file = words.iter().find_map(|word| Some(word.place?.file));
    let mut text = Mapped::default();
    let mut end: Option<usize> = None;
    for (index, word) in words.iter().enumerate() {
        let own = word.place.filter(|place| Some(place.file) == file);
        if index > 0 {
            let start = own.map(|place| usize::from(place.range.start()));
            match (end, start) {
                // One blank stands between them in the file, too.
                (Some(end), Some(start)) if end + 1 == start => text.push_verbatim(" ", end),
                (end, start) => {
                    let at = end.or(start).unwrap_or(0);
                    text.push_substitute(" ", range(at, at));
                }
            }
        }
        match own {
            Some(place) => {
                text.push_mapped(&word.text);
                end = Some(place.range.end().into());
            }
            None => text.push_substitute(word.as_str(), range(end.unwrap_or(0), end.unwrap_or(0))),
        }
    }
    (text, file)
}

/// Backslash escapes of `echo` and `printf`; true where `\c` ends the output.
fn unescaped(text: &str, echo: bool) -> (String, bool) {
    let mut result = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match chars.next() {
            None => result.push('\\'),
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('r') => result.push('\r'),
            Some('a') => result.push('\x07'),
            Some('b') => result.push('\x08'),
            Some('f') => result.push('\x0c'),
            Some('v') => result.push('\x0b'),
            Some('\\') => result.push('\\'),
            Some('c') if echo => return (result, true),
            Some('"') if !echo => result.push('"'),
            Some('\'') if !echo => result.push('\''),
            Some(first @ '0'..='7') if !echo || first == '0' => {
                let mut code = if echo { 0 } else { first.to_digit(8).unwrap_or(0) };
                let mut digits = if echo { 0 } else { 1 };
                while digits < 3
                    && let Some(digit) = chars.peek().and_then(|c| c.to_digit(8))
                {
                    code = code * 8 + digit;
                    digits += 1;
                    chars.next();
                }
                result.extend(char::from_u32(code & 0xff));
            }
            Some('x') if !echo => {
                let mut code = 0;
                let mut digits = 0;
                while digits < 2
                    && let Some(digit) = chars.peek().and_then(|c| c.to_digit(16))
                {
                    code = code * 16 + digit;
                    digits += 1;
                    chars.next();
                }
                result.extend(char::from_u32(code));
            }
            Some(other) => {
                result.push('\\');
                result.push(other);
            }
        }
    }
    (result, false)
}
