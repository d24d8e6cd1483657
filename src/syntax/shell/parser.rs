//! The grammar of commands: POSIX Shell Command Language 2.9 and 2.10, and what bash adds.

use crate::text::{Parse, TextRange};

use super::{
    Assignment, Command, CommandKind, Connector, Dialect, Item, Pipeline, Redirection, RedirectionOperator,
    Script, Word, WordPart, WordPartKind,
    lexer::{Char, DEPTH, Lexer, is_meta, is_name, is_name_start},
};

/// Reads a script as `dash -c`, `bash -c` or `busybox sh -c` would.
///
/// ```
/// use wheelstage::syntax::shell::{Dialect, parse};
///
/// let script = parse("pip install 'numpy<2' && rm -rf /root/.cache", Dialect::Dash);
/// assert!(script.errors.is_empty());
/// assert_eq!(script.tree.items[0].rest.len(), 1);
/// ```
#[must_use]
pub fn parse(text: &str, dialect: Dialect) -> Parse<Script> {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let input = text.char_indices().map(|(at, c)| Char { at: offset(at), c }).collect();
    let mut lexer = Lexer::new(input, offset(text.len()), dialect);
    let tree = lexer.whole_script();
    Parse::new(tree, lexer.errors)
}

impl Lexer {
    /// The outermost script: what closes nothing is an error, and reading goes on behind it.
    fn whole_script(&mut self) -> Script {
        let mut script = Script::default();
        let mut line_first = 0;
        loop {
            self.skip_blanks();
            let line_ended = self.eat_newline();
            if line_ended || self.peek().is_none() {
                if !self.errors.is_empty() {
                    script.refused.get_or_insert(line_first);
                }
                line_first = script.items.len();
                if !line_ended {
                    return script;
                }
                continue;
            }
            let before = self.at;
            self.items(&mut script.items, true);
            self.skip_blanks();
            if self.at == before {
                self.unexpected();
            } else if self.at_command() {
                self.error(self.range(self.at, self.at + 1), "a `;` is missing before this");
            }
        }
    }

    /// A script inside something: up to what closes it.
    pub(super) fn script(&mut self) -> Script {
        let mut script = Script::default();
        self.items(&mut script.items, false);
        script
    }

    /// Commands up to what no command begins with, or for `one_line` up to the line's end.
    fn items(&mut self, items: &mut Vec<Item>, one_line: bool) {
        loop {
            if one_line {
                self.skip_blanks();
            } else {
                self.skip_lines();
            }
            if !self.at_command() {
                return;
            }
            let mut item = self.item();
            self.skip_blanks();
            let ended = if self.starts_with(";;") || (self.bash() && self.starts_with(";&")) {
                false
            } else if self.eat(";") {
                true
            } else if self.peek() == Some('&') && !(self.dialect.is_extended() && self.starts_with("&>")) {
                self.at += 1;
                item.background = true;
                true
            } else {
                !one_line && self.eat_newline()
            };
            items.push(item);
            if !ended {
                return;
            }
        }
    }

    /// Whether a command begins here.
    fn at_command(&self) -> bool {
        match self.peek() {
            None | Some('\n' | ')' | ';' | '&' | '|') => self.dialect.is_extended() && self.starts_with("&>"),
            _ => !matches!(
                self.reserved(),
                Some("then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}")
            ),
        }
    }

    /// Takes what stands where nothing of the kind may stand.
    fn unexpected(&mut self) {
        let start = self.at;
        if let Some(word) = self.reserved() {
            self.eat(word);
        } else if !(self.eat(";;") || self.eat("&&") || self.eat("||")) {
            self.bump();
        }
        let text = self.text(start, self.at);
        if text.is_empty() {
            self.error(self.since(start), "a command is missing at the end");
            return;
        }
        self.error(self.since(start), format!("`{text}` is not expected here"));
    }

    fn item(&mut self) -> Item {
        let first = self.pipeline();
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let start = self.at;
            let connector = if self.eat("&&") {
                Connector::And
            } else if self.eat("||") {
                Connector::Or
            } else {
                return Item { first, rest, background: false };
            };
            let operator = self.since(start);
            self.skip_lines();
            if !self.at_command() {
                self.error(operator, "a command is missing after this");
                return Item { first, rest, background: false };
            }
            rest.push((connector, self.pipeline()));
        }
    }

    fn pipeline(&mut self) -> Pipeline {
        let start = self.at;
        let mut negated = false;
        while self.peek() == Some('!') && self.peek_at(1).is_none_or(|c| is_meta(c) && c != '(') {
            self.at += 1;
            negated = !negated;
            self.skip_blanks();
        }
        let mut commands = vec![self.command()];
        loop {
            let end = self.at;
            self.skip_blanks();
            if self.peek() != Some('|') || self.starts_with("||") {
                self.at = end;
                return Pipeline { negated, commands, range: self.since(start) };
            }
            let bar = self.at;
            self.at += 1;
            // "If ‘|&’ is used, command1's standard error, in addition to its standard output, is
            // connected to command2's standard input [...]; it is shorthand for 2>&1 |." (bash)
            if self.bash()
                && self.eat("&")
                && let Some(command) = commands.last_mut()
            {
                let range = self.range(bar, self.at);
                let one = WordPart { kind: WordPartKind::Literal("1".into()), quoted: true, range };
                command.redirections.push(Redirection {
                    fd: Some(2),
                    operator: RedirectionOperator::DuplicateOutput,
                    target: Word { parts: vec![one], range },
                    heredoc: None,
                    range,
                });
                command.range = command.range.cover(range);
            }
            let operator = self.since(bar);
            self.skip_lines();
            if !self.at_command() {
                self.error(operator, "a command is missing after this");
                return Pipeline { negated, commands, range: self.since(start) };
            }
            commands.push(self.command());
        }
    }

    fn command(&mut self) -> Command {
        let start = self.at;
        if self.depth >= DEPTH {
            self.give_up();
            let reason = "commands are nested too deeply to be read".to_owned();
            let kind = CommandKind::Opaque { reason };
            return Command { kind, redirections: Vec::new(), range: self.since(start) };
        }
        self.depth += 1;
        let mut redirections = Vec::new();
        let kind = self.compound(start).unwrap_or_else(|| self.simple(&mut redirections));
        loop {
            let end = self.at;
            self.skip_blanks();
            let Some(redirection) = self.redirection() else {
                self.at = end;
                break;
            };
            redirections.push(redirection);
        }
        self.depth -= 1;
        let mut range = self.since(start);
        if self.at == start {
            // Nothing was taken: the caller must still get on.
            self.unexpected();
            range = self.since(start);
        }
        Command { kind, redirections, range }
    }

    fn compound(&mut self, start: usize) -> Option<CommandKind> {
        if self.peek() == Some('(') {
            if self.bash()
                && self.starts_with("((")
                && let Some(end) = self.arithmetic_end(self.at + 2)
            {
                self.at += 2;
                let expression = self.expression(end);
                self.at = end + 2;
                return Some(CommandKind::Arithmetic(expression));
            }
            self.at += 1;
            let opener = self.since(start);
            let script = self.script();
            self.close(opener, ")");
            return Some(CommandKind::Subshell(script));
        }
        let word = self.reserved()?;
        self.eat(word);
        let opener = self.since(start);
        Some(match word {
            "{" => {
                let script = self.script();
                self.close(opener, "}");
                CommandKind::Group(script)
            }
            "if" => self.if_command(opener),
            "while" | "until" => {
                let condition = self.script();
                CommandKind::While { until: word == "until", condition, body: self.do_group(opener) }
            }
            "for" => self.for_command(opener),
            "select" => {
                self.for_command(opener);
                opaque("`select` asks a person")
            }
            "case" => self.case_command(opener),
            "[[" => self.conditional(opener),
            "function" => {
                self.skip_blanks();
                let name = self.bare_word();
                self.skip_blanks();
                if self.eat("(") {
                    self.skip_blanks();
                    self.eat(")");
                }
                self.function_body(name, opener)
            }
            "coproc" => {
                self.skip_blanks();
                self.command();
                opaque("co-processes are not modelled")
            }
            _ => {
                self.error(opener, format!("`{word}` is not expected here"));
                opaque("a syntax error")
            }
        })
    }

    /// Takes what closes `opener`, or says that it is missing.
    fn close(&mut self, opener: TextRange, closer: &str) {
        self.skip_lines();
        let closed = if closer == ")" { self.eat(closer) } else { self.eat_reserved(closer) };
        if !closed {
            self.error(opener, format!("this is not closed: `{closer}` is missing"));
        }
    }

    fn if_command(&mut self, opener: TextRange) -> CommandKind {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.script();
            self.close(opener, "then");
            branches.push((condition, self.script()));
            if !self.eat_reserved("elif") {
                break;
            }
        }
        if self.eat_reserved("else") {
            otherwise = Some(self.script());
        }
        self.close(opener, "fi");
        CommandKind::If { branches, otherwise }
    }

    fn do_group(&mut self, opener: TextRange) -> Script {
        self.close(opener, "do");
        let body = self.script();
        self.close(opener, "done");
        body
    }

    fn for_command(&mut self, opener: TextRange) -> CommandKind {
        self.skip_blanks();
        if self.bash() && self.starts_with("((") {
            match self.arithmetic_end(self.at + 2) {
                Some(end) => self.at = end + 2,
                None => self.error(opener, "this is not closed: `))` is missing"),
            }
            self.skip_blanks();
            self.eat(";");
            self.do_group(opener);
            return opaque("`for ((...))` is not modelled");
        }
        let start = self.at;
        let variable = self.bare_word();
        if !is_identifier(&variable) {
            self.error(self.since(start), "a variable's name is expected after `for`");
        }
        self.skip_lines();
        let words = self.eat_reserved("in").then(|| {
            let mut words = Vec::new();
            loop {
                self.skip_blanks();
                match self.word() {
                    Some(word) => words.push(word),
                    None => return words,
                }
            }
        });
        self.skip_blanks();
        self.eat(";");
        CommandKind::For { variable, words, body: self.do_group(opener) }
    }

    fn case_command(&mut self, opener: TextRange) -> CommandKind {
        self.skip_blanks();
        let word = self.word().unwrap_or_default();
        self.skip_lines();
        if !self.eat_reserved("in") {
            self.error(opener, "`in` is missing");
        }
        let mut arms = Vec::new();
        let mut falls_through = false;
        loop {
            self.skip_lines();
            if self.reserved() == Some("esac") || self.peek().is_none() {
                break;
            }
            let start = self.at;
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                patterns.extend(self.word());
                self.skip_blanks();
                if self.starts_with("||") || !self.eat("|") {
                    break;
                }
            }
            if !self.eat(")") {
                self.error(self.since(start), "a pattern must end in `)`");
                if self.at == start {
                    self.unexpected();
                }
            }
            arms.push((patterns, self.script()));
            self.skip_lines();
            if self.bash() && (self.eat(";;&") || self.eat(";&")) {
                falls_through = true;
            } else if !self.eat(";;") {
                break;
            }
        }
        self.close(opener, "esac");
        if falls_through {
            return opaque("a `case` that falls through is not modelled");
        }
        CommandKind::Case { word, arms }
    }

    fn conditional(&mut self, opener: TextRange) -> CommandKind {
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.skip_lines();
            if self.starts_with("]]") && self.peek_at(2).is_none_or(is_meta) {
                self.at += 2;
                return CommandKind::Conditional(words);
            }
            let regex = words.last().is_some_and(|word| literal(word) == Some("=~"));
            let start = self.at;
            if !regex {
                let operator = ["&&", "||", "(", ")", "<", ">"].into_iter().find(|text| self.eat(text));
                if let Some(text) = operator {
                    let range = self.since(start);
                    let kind = WordPartKind::Literal(text.to_owned());
                    words.push(Word { parts: vec![WordPart { kind, quoted: false, range }], range });
                    continue;
                }
            }
            let word = if regex { self.regex_word() } else { self.word() };
            match word {
                Some(word) => words.push(word),
                None => {
                    self.error(opener, "this is not closed: `]]` is missing");
                    return CommandKind::Conditional(words);
                }
            }
        }
    }

    /// Letters up to what ends a word, as they stand.
    fn bare_word(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| !is_meta(c)) {
            self.at += 1;
        }
        self.text(start, self.at)
    }

    fn function_body(&mut self, name: String, opener: TextRange) -> CommandKind {
        self.skip_lines();
        if !self.at_command() {
            self.error(opener, "the function has no body");
            return opaque("a function without a body");
        }
        let start = self.at;
        let body = self.command();
        // "fname () compound-command": bash holds to it, dash and ash take a simple command as
        // well, but no name that is none.
        let simple = matches!(body.kind, CommandKind::Simple { .. });
        if self.bash() && simple {
            self.error(self.range(start, start + 1), "the body of a function must stand in braces");
        } else if !self.bash() && !is_identifier(&name) {
            self.error(opener, "this is no name for a function");
        }
        CommandKind::Function { name, body: Box::new(body) }
    }

    fn simple(&mut self, redirections: &mut Vec<Redirection>) -> CommandKind {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        loop {
            let end = self.at;
            self.skip_blanks();
            if let Some(redirection) = self.redirection() {
                redirections.push(redirection);
                continue;
            }
            let start = self.at;
            if words.is_empty()
                && let Some(assignment) = self.assignment()
            {
                assignments.push(assignment);
                continue;
            }
            self.declares =
                words.first().and_then(literal).is_some_and(|name| matches!(name, "export" | "readonly"));
            if let Some(mut word) = self.word() {
                // `declare -a list=(a b)`: bash reads the list, other commands may not have one.
                let list = self.bash()
                    && self.peek() == Some('(')
                    && words.first().and_then(literal).is_some_and(|name| {
                        matches!(name, "declare" | "export" | "local" | "readonly" | "typeset")
                    });
                if list {
                    word.parts.push(self.array());
                    word.range = self.since(start);
                }
                words.push(word);
                continue;
            }
            if self.peek() == Some('(')
                && words.len() == 1
                && assignments.is_empty()
                && let Some(name) = words.first().and_then(literal).map(str::to_owned)
            {
                let opener = self.since(start);
                self.at += 1;
                self.skip_blanks();
                if self.eat(")") {
                    return self.function_body(name, opener);
                }
                self.at = start;
            }
            if self.peek() == Some('(') {
                self.error(self.range(start, start + 1), "`(` is not expected here");
                // What stands in the parentheses is read all the same, so that the rest is.
                self.at += 1;
                self.depth += 1;
                if self.depth < DEPTH {
                    self.script();
                } else {
                    self.give_up();
                }
                self.depth -= 1;
                self.skip_lines();
                self.eat(")");
                return opaque("a syntax error");
            }
            self.at = end;
            return CommandKind::Simple { assignments, words };
        }
    }

    /// `NAME=value`, if one is next.
    fn assignment(&mut self) -> Option<Assignment> {
        let start = self.at;
        let mut at = start;
        let char_at = |at: usize| self.input.get(at).map(|char| char.c);
        if !char_at(at).is_some_and(is_name_start) {
            return None;
        }
        while char_at(at).is_some_and(is_name) {
            at += 1;
        }
        let name = self.text(start, at);
        let mut element = false;
        if self.bash() && char_at(at) == Some('[') {
            let open = at;
            while char_at(at).is_some_and(|c| c != ']' && !is_meta(c)) {
                at += 1;
            }
            at += 1;
            element = at > open;
        }
        let append = self.bash() && char_at(at) == Some('+');
        at += usize::from(append);
        if char_at(at) != Some('=') {
            return None;
        }
        self.at = at + 1;
        let value_start = self.at;
        let value = if self.bash() && self.peek() == Some('(') {
            let part = self.array();
            Word { range: part.range, parts: vec![part] }
        } else if element {
            self.word();
            let range = self.since(value_start);
            let kind = WordPartKind::Opaque { reason: ARRAYS.into() };
            Word { parts: vec![WordPart { kind, quoted: false, range }], range }
        } else {
            self.value().unwrap_or_else(|| Word { parts: Vec::new(), range: self.since(value_start) })
        };
        Some(Assignment { name, value, append, range: self.since(start) })
    }

    /// `(a b c)` behind `NAME=`.
    fn array(&mut self) -> WordPart {
        let start = self.at;
        self.at += 1;
        let opener = self.since(start);
        loop {
            self.skip_lines();
            if self.word().is_none() {
                break;
            }
        }
        if !self.eat(")") {
            self.error(opener, "this is not closed: `)` is missing");
        }
        WordPart {
            kind: WordPartKind::Opaque { reason: ARRAYS.into() },
            quoted: false,
            range: self.since(start),
        }
    }

    /// A redirection, if one is next.
    fn redirection(&mut self) -> Option<Redirection> {
        use RedirectionOperator as Operator;
        let start = self.at;
        let mut digits = 0;
        while self.peek_at(digits).is_some_and(|c| c.is_ascii_digit()) {
            digits += 1;
        }
        let (bash, extended) = (self.bash(), self.dialect.is_extended());
        let substitution = extended && digits == 0 && (self.starts_with("<(") || self.starts_with(">("));
        // ash has `&>` and no `&>>`.
        let both = extended && digits == 0 && self.starts_with("&>");
        if substitution || !(both || matches!(self.peek_at(digits), Some('<' | '>'))) {
            return None;
        }
        let fd = self.text(start, start + digits).parse().ok();
        self.at += digits;
        let mut strip_tabs = false;
        let mut operator = if both {
            self.at += 2;
            let append = bash && self.eat(">");
            Operator::WriteBoth { append }
        } else if bash && self.eat("<<<") {
            Operator::HereString
        } else if self.eat("<<") {
            strip_tabs = self.eat("-");
            Operator::HereDocument
        } else {
            let table = [
                (">>", Operator::Append),
                (">|", Operator::Write),
                (">&", Operator::DuplicateOutput),
                ("<&", Operator::DuplicateInput),
                ("<>", Operator::ReadWrite),
                (">", Operator::Write),
                ("<", Operator::Read),
            ];
            table.into_iter().find(|(text, _)| self.eat(text))?.1
        };
        let operator_range = self.since(start);
        let operator_end = self.at;
        self.skip_blanks();
        let delimiter_start = self.at;
        // The digits of a descriptor belong to the redirection that they begin.
        let digits =
            (0..).take_while(|&ahead| self.peek_at(ahead).is_some_and(|c| c.is_ascii_digit())).count();
        let duplicates = matches!(operator, Operator::DuplicateInput | Operator::DuplicateOutput);
        let descriptor = digits > 0 && !duplicates && matches!(self.peek_at(digits), Some('<' | '>'));
        let Some(target) = (!descriptor).then(|| self.word()).flatten() else {
            self.at = operator_end;
            self.error(operator_range, "a file name is missing after this");
            let end = operator_range.end();
            let target = Word { parts: Vec::new(), range: TextRange::new(end, end) };
            return Some(Redirection { fd, operator, target, heredoc: None, range: operator_range });
        };
        // "If word is omitted from >&word [...] if word does not expand to one or more digits,
        // standard output and standard error are redirected." (bash, ash)
        if extended && operator == Operator::DuplicateOutput && fd.is_none() {
            let name = literal(&target);
            if name.is_some_and(|name| name != "-" && !name.bytes().all(|byte| byte.is_ascii_digit())) {
                operator = Operator::WriteBoth { append: false };
            }
        }
        let range = self.since(start);
        let mut heredoc = None;
        if operator == Operator::HereDocument {
            let (delimiter, quoted) = self.delimiter(delimiter_start, &target);
            match self.here_document(&delimiter, strip_tabs, quoted) {
                Some(document) => heredoc = Some(document),
                None => self.give_up(),
            }
        }
        Some(Redirection { fd, operator, target, heredoc, range })
    }

    /// A here-document's delimiter: the word after quote removal only, and whether any of it
    /// was quoted.
    fn delimiter(&self, start: usize, target: &Word) -> (String, bool) {
        let quoted = target.parts.iter().any(|part| part.quoted);
        let mut text = String::new();
        for part in &target.parts {
            match &part.kind {
                WordPartKind::Literal(literal) => text.push_str(literal),
                _ => return (self.text(start, self.at), quoted),
            }
        }
        (text, quoted)
    }
}

pub(super) const ARRAYS: &str = "arrays are not modelled";

fn is_identifier(name: &str) -> bool {
    name.starts_with(is_name_start) && name.chars().all(is_name)
}

fn opaque(reason: &str) -> CommandKind {
    CommandKind::Opaque { reason: reason.to_owned() }
}

/// The text of a word that is one unquoted literal.
pub(super) fn literal(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [WordPart { kind: WordPartKind::Literal(text), quoted: false, .. }] => Some(text),
        _ => None,
    }
}
