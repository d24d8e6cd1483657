//! Regular expressions of `grep`, `sed` and `awk`: POSIX, with what GNU adds.
//!
//! A pattern becomes a small program whose threads run over the text in step, so that the time
//! is bounded by pattern times text. The leftmost match is taken, and the longest of those.
//!
//! Not the crate `regex`: that one takes the leftmost alternative (Perl's rule), where `sed` and
//! `grep -o` take the longest match, and it reads neither `\(` and `\{` of the basic syntax nor
//! GNU's `\<` and `\|`. Of the text that matches, each group's place in the source is needed, too.

use super::named_class;

/// The most instructions of a pattern; `x{1000}{1000}` has more.
const MOST_INSTRUCTIONS: usize = 4_000;

/// How deep groups may be nested.
const DEEPEST: usize = 50;

/// A pattern, ready to be matched.
#[derive(Debug, Clone)]
pub struct Regex {
    program: Vec<Instruction>,
    groups: usize,
    ignore_case: bool,
}

/// Which language a pattern is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// `grep`, `sed`: `\(`, `\|`, `\{`.
    Basic,
    /// `grep -E`, `sed -E`, `awk`: `(`, `|`, `{`.
    Extended,
    /// `grep -P`: as far as it is like the extended one.
    Perl,
}

/// Where a match lies: byte offsets of the whole, then of each group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// In order of their opening parentheses, the whole match first.
    pub groups: Vec<Option<(usize, usize)>>,
}

impl Match {
    /// The whole match.
    pub fn whole(&self) -> (usize, usize) {
        self.groups.first().copied().flatten().unwrap_or((0, 0))
    }
}

#[derive(Debug, Clone)]
enum Instruction {
    Char(char),
    Any,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    Start,
    End,
    WordBoundary(bool),
    WordStart,
    WordEnd,
    /// Both ways.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Match,
}

#[derive(Debug, Clone)]
enum Node {
    Empty,
    Instruction(Instruction),
    Group(usize, Box<Node>),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>),
}

impl Regex {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Where it is malformed, or has something that is not modelled, such as a back-reference.
    pub fn new(pattern: &str, syntax: Syntax, ignore_case: bool) -> Result<Self, String> {
        let chars: Vec<char> = pattern.chars().collect();
        let mut parser = Parser { chars: &chars, at: 0, syntax, groups: 0, depth: 0 };
        let node = parser.choice()?;
        if parser.at < chars.len() {
            return Err(format!("the pattern {pattern} has a parenthesis too many"));
        }
        let groups = parser.groups;
        let mut program = Vec::new();
        program.push(Instruction::Save(0));
        compile(&node, &mut program)?;
        program.push(Instruction::Save(1));
        program.push(Instruction::Match);
        Ok(Self { program, groups, ignore_case })
    }

    /// A pattern that matches a text itself.
    pub fn literal(text: &str, ignore_case: bool) -> Self {
        let mut program = vec![Instruction::Save(0)];
        program.extend(text.chars().map(Instruction::Char));
        program.push(Instruction::Save(1));
        program.push(Instruction::Match);
        Self { program, groups: 0, ignore_case }
    }

    /// The leftmost longest match at or behind byte `from`.
    pub fn find(&self, text: &str, from: usize) -> Option<Match> {
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let first = chars.partition_point(|(at, _)| *at < from);
        let slots = 2 * (self.groups + 1);
        let byte = |at: usize| chars.get(at).map_or(text.len(), |(byte, _)| *byte);
        let mut threads: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut best: Option<Vec<usize>> = None;
        let mut marks = vec![usize::MAX; self.program.len()];
        for at in first..=chars.len() {
            let mut current: Vec<(usize, Vec<usize>)> = Vec::new();
            let around = Around {
                before: at.checked_sub(1).and_then(|before| chars.get(before)).map(|(_, c)| *c),
                after: chars.get(at).map(|(_, c)| *c),
                at,
                last: chars.len(),
            };
            for (pc, slots) in std::mem::take(&mut threads) {
                self.follow(pc, slots, &around, &mut marks, &mut current);
            }
            if best.is_none() {
                self.follow(0, vec![usize::MAX; slots], &around, &mut marks, &mut current);
            }
            let mut next = Vec::new();
            for (pc, saved) in current {
                let start = saved.first().copied().unwrap_or(0);
                if best.as_ref().is_some_and(|best| best.first().is_some_and(|best| start > *best)) {
                    continue;
                }
                match self.program.get(pc) {
                    Some(Instruction::Match) => {
                        let longer = best.as_ref().is_none_or(|best| {
                            let (old_start, old_end) = (best.first(), best.get(1));
                            saved.first() < old_start
                                || (saved.first() == old_start && saved.get(1) > old_end)
                        });
                        if longer {
                            best = Some(saved);
                        }
                    }
                    Some(instruction) if around.after.is_some_and(|c| self.fits(instruction, c)) => {
                        next.push((pc + 1, saved));
                    }
                    Some(_) | None => {}
                }
            }
            threads = next;
            if threads.is_empty() && best.is_some() {
                break;
            }
        }
        let saved = best?;
        let groups = saved
            .chunks(2)
            .map(|pair| match pair {
                [start, end] if *start != usize::MAX && *end != usize::MAX => {
                    Some((byte(*start), byte(*end)))
                }
                _ => None,
            })
            .collect();
        Some(Match { groups })
    }

    /// The pattern matches somewhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.find(text, 0).is_some()
    }

    fn fits(&self, instruction: &Instruction, c: char) -> bool {
        let same = |a: char, b: char| a == b || (self.ignore_case && lower(a) == lower(b));
        match instruction {
            Instruction::Char(own) => same(*own, c),
            Instruction::Any => true,
            Instruction::Class { negated, ranges } => {
                let inside = |c: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
                let found =
                    inside(c) || (self.ignore_case && (inside(lower(c)) || inside(c.to_ascii_uppercase())));
                found != *negated
            }
            _ => false,
        }
    }

    /// Adds the threads that can be reached without reading a character.
    fn follow(
        &self,
        pc: usize,
        slots: Vec<usize>,
        around: &Around,
        marks: &mut [usize],
        threads: &mut Vec<(usize, Vec<usize>)>,
    ) {
        let mut open = vec![(pc, slots)];
        while let Some((pc, mut slots)) = open.pop() {
            match marks.get_mut(pc) {
                Some(mark) if *mark != around.at => *mark = around.at,
                _ => continue,
            }
            let go = |open: &mut Vec<(usize, Vec<usize>)>, fits: bool, slots: Vec<usize>| {
                if fits {
                    open.push((pc + 1, slots));
                }
            };
            match &self.program[pc] {
                Instruction::Jump(to) => open.push((*to, slots)),
                Instruction::Split(first, second) => {
                    open.push((*second, slots.clone()));
                    open.push((*first, slots));
                }
                Instruction::Save(slot) => {
                    if let Some(slot) = slots.get_mut(*slot) {
                        *slot = around.at;
                    }
                    go(&mut open, true, slots);
                }
                Instruction::Start => go(&mut open, around.at == 0, slots),
                Instruction::End => go(&mut open, around.at == around.last, slots),
                Instruction::WordBoundary(wanted) => {
                    go(&mut open, (around.word_before() != around.word_after()) == *wanted, slots);
                }
                Instruction::WordStart => {
                    go(&mut open, !around.word_before() && around.word_after(), slots);
                }
                Instruction::WordEnd => go(&mut open, around.word_before() && !around.word_after(), slots),
                _ => threads.push((pc, slots)),
            }
        }
    }
}

struct Around {
    before: Option<char>,
    after: Option<char>,
    at: usize,
    last: usize,
}

impl Around {
    fn word_before(&self) -> bool {
        self.before.is_some_and(is_word)
    }

    fn word_after(&self) -> bool {
        self.after.is_some_and(is_word)
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// A character of a word, for `-w` and `\b`.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    syntax: Syntax,
    groups: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// An operator: `(` in the extended syntax, `\(` in the basic one.
    fn operator(&self, sign: char) -> bool {
        if self.syntax == Syntax::Basic {
            self.peek(0) == Some('\\') && self.peek(1) == Some(sign)
        } else {
            self.peek(0) == Some(sign)
        }
    }

    fn eat_operator(&mut self, sign: char) -> bool {
        let found = self.operator(sign);
        if found {
            self.at += if self.syntax == Syntax::Basic { 2 } else { 1 };
        }
        found
    }

    fn choice(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the pattern is nested too deeply".to_owned());
        }
        let mut choices = vec![self.sequence()?];
        while self.eat_operator('|') {
            choices.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if choices.len() == 1 { choices.remove(0) } else { Node::Choice(choices) })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes: Vec<Node> = Vec::new();
        while self.at < self.chars.len() && !self.operator('|') && !(self.depth > 1 && self.operator(')')) {
            let first = nodes.is_empty();
            let node = self.atom(first)?;
            nodes.push(self.repeated(node)?);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    fn atom(&mut self, first: bool) -> Result<Node, String> {
        let basic = self.syntax == Syntax::Basic;
        if self.eat_operator('(') {
            let mut capturing = true;
            if self.syntax == Syntax::Perl && self.peek(0) == Some('?') {
                if self.peek(1) != Some(':') {
                    return Err("groups such as (?=...) are not modelled".to_owned());
                }
                self.at += 2;
                capturing = false;
            }
            let group = if capturing {
                self.groups += 1;
                self.groups
            } else {
                0
            };
            let inner = self.choice()?;
            if !self.eat_operator(')') {
                return Err("a parenthesis of the pattern is not closed".to_owned());
            }
            return Ok(if capturing { Node::Group(group, Box::new(inner)) } else { inner });
        }
        let Some(c) = self.peek(0) else { return Ok(Node::Empty) };
        self.at += 1;
        let instruction = match c {
            '.' => Instruction::Any,
            '[' => self.class()?,
            '^' if !basic || first => Instruction::Start,
            '$' if !basic || self.at >= self.chars.len() || self.operator(')') || self.operator('|') => {
                Instruction::End
            }
            '*' if first => Instruction::Char('*'),
            '\\' => {
                let Some(next) = self.peek(0) else {
                    return Err("the pattern ends in a backslash".to_owned());
                };
                self.at += 1;
                escape(next, self.syntax)?
            }
            c => Instruction::Char(c),
        };
        Ok(Node::Instruction(instruction))
    }

    fn repeated(&mut self, mut node: Node) -> Result<Node, String> {
        loop {
            let (least, most) = if self.peek(0) == Some('*') {
                self.at += 1;
                (0, None)
            } else if self.eat_operator('+') {
                (1, None)
            } else if self.eat_operator('?') {
                (0, Some(1))
            } else if self.operator('{') && self.is_interval() {
                self.eat_operator('{');
                self.interval()?
            } else {
                return Ok(node);
            };
            if self.syntax == Syntax::Perl && matches!(self.peek(0), Some('?' | '+')) {
                return Err("lazy and possessive repetition are not modelled".to_owned());
            }
            node = Node::Repeat(Box::new(node), least, most);
        }
    }

    /// A `{` that begins no interval stands for itself.
    fn is_interval(&self) -> bool {
        let ahead = if self.syntax == Syntax::Basic { 2 } else { 1 };
        self.peek(ahead).is_some_and(|c| c.is_ascii_digit() || c == ',')
    }

    fn interval(&mut self) -> Result<(u32, Option<u32>), String> {
        let number = |parser: &mut Self| {
            let mut text = String::new();
            while let Some(c) = parser.peek(0).filter(char::is_ascii_digit) {
                text.push(c);
                parser.at += 1;
            }
            text.parse::<u32>().ok()
        };
        let least = number(self);
        let most = if self.peek(0) == Some(',') {
            self.at += 1;
            number(self)
        } else {
            least
        };
        if !self.eat_operator('}') || least.is_some_and(|n| n > 1_000) || most.is_some_and(|n| n > 1_000) {
            return Err("a repetition of the pattern cannot be read".to_owned());
        }
        Ok((least.unwrap_or(0), most))
    }

    fn class(&mut self) -> Result<Instruction, String> {
        let negated = self.peek(0) == Some('^');
        if negated {
            self.at += 1;
        }
        let mut ranges = Vec::new();
        let first = self.at;
        loop {
            let Some(c) = self.peek(0) else { return Err("a [ of the pattern is not closed".to_owned()) };
            if c == ']' && self.at > first {
                self.at += 1;
                return Ok(Instruction::Class { negated, ranges });
            }
            if c == '[' && self.peek(1) == Some(':') {
                let rest: String = self.chars.iter().skip(self.at + 2).take(12).collect();
                let name = rest.split_once(":]").map(|(name, _)| name);
                let Some((name, named)) = name.and_then(|name| Some((name, named_class(name)?))) else {
                    return Err("a class of the pattern is not known".to_owned());
                };
                ranges.extend(named);
                self.at += name.chars().count() + 4;
                continue;
            }
            let mut literal = c;
            self.at += 1;
            // Perl, awk and GNU sed know escapes in brackets; POSIX takes the backslash as it is.
            if c == '\\' && self.syntax != Syntax::Basic {
                match self.peek(0) {
                    Some('d') if self.syntax == Syntax::Perl => {
                        ranges.push(('0', '9'));
                        self.at += 1;
                        continue;
                    }
                    Some('s') if self.syntax == Syntax::Perl => {
                        ranges.extend([(' ', ' '), ('\t', '\r')]);
                        self.at += 1;
                        continue;
                    }
                    Some('t') => {
                        literal = '\t';
                        self.at += 1;
                    }
                    _ => {}
                }
            }
            if self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']') {
                let last = self.peek(1).unwrap_or(literal);
                self.at += 2;
                ranges.push((literal, last));
            } else {
                ranges.push((literal, literal));
            }
        }
    }
}

fn escape(c: char, syntax: Syntax) -> Result<Instruction, String> {
    let word = || vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
    let space = || vec![(' ', ' '), ('\t', '\r')];
    Ok(match c {
        'w' => Instruction::Class { negated: false, ranges: word() },
        'W' => Instruction::Class { negated: true, ranges: word() },
        's' => Instruction::Class { negated: false, ranges: space() },
        'S' => Instruction::Class { negated: true, ranges: space() },
        'd' if syntax == Syntax::Perl => Instruction::Class { negated: false, ranges: vec![('0', '9')] },
        'b' => Instruction::WordBoundary(true),
        'B' => Instruction::WordBoundary(false),
        '<' => Instruction::WordStart,
        '>' => Instruction::WordEnd,
        'n' => Instruction::Char('\n'),
        't' => Instruction::Char('\t'),
        'r' => Instruction::Char('\r'),
        'f' => Instruction::Char('\x0c'),
        'v' => Instruction::Char('\x0b'),
        '1'..='9' => return Err("back-references in a pattern are not modelled".to_owned()),
        c if syntax == Syntax::Perl && c.is_ascii_alphanumeric() => {
            return Err(format!("\\{c} in a pattern is not modelled"));
        }
        c => Instruction::Char(c),
    })
}

fn compile(node: &Node, program: &mut Vec<Instruction>) -> Result<(), String> {
    if program.len() > MOST_INSTRUCTIONS {
        return Err("the pattern is too large to be followed".to_owned());
    }
    match node {
        Node::Empty => {}
        Node::Instruction(instruction) => program.push(instruction.clone()),
        Node::Group(group, inner) => {
            program.push(Instruction::Save(2 * group));
            compile(inner, program)?;
            program.push(Instruction::Save(2 * group + 1));
        }
        Node::Sequence(nodes) => {
            for node in nodes {
                compile(node, program)?;
            }
        }
        Node::Choice(choices) => {
            let mut ends = Vec::new();
            for (index, choice) in choices.iter().enumerate() {
                if index + 1 == choices.len() {
                    compile(choice, program)?;
                    break;
                }
                let split = program.len();
                program.push(Instruction::Jump(0));
                compile(choice, program)?;
                ends.push(program.len());
                program.push(Instruction::Jump(0));
                program[split] = Instruction::Split(split + 1, program.len());
            }
            let end = program.len();
            for at in ends {
                program[at] = Instruction::Jump(end);
            }
        }
        Node::Repeat(inner, least, most) => {
            for _ in 0..*least {
                compile(inner, program)?;
            }
            match most {
                None => {
                    let split = program.len();
                    program.push(Instruction::Jump(0));
                    compile(inner, program)?;
                    program.push(Instruction::Jump(split));
                    program[split] = Instruction::Split(split + 1, program.len());
                }
                Some(most) => {
                    let mut splits = Vec::new();
                    for _ in *least..*most {
                        splits.push(program.len());
                        program.push(Instruction::Jump(0));
                        compile(inner, program)?;
                    }
                    let end = program.len();
                    for at in splits {
                        program[at] = Instruction::Split(at + 1, end);
                    }
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(syntax: Syntax, pattern: &str, text: &str, expected: Option<&str>) {
        let regex = Regex::new(pattern, syntax, false).unwrap();
        let found = regex.find(text, 0).map(|found| {
            let (start, end) = found.whole();
            &text[start..end]
        });
        assert_eq!(found, expected, "{pattern} in {text}");
    }

    #[test]
    fn the_leftmost_longest_match_is_taken() {
        check(Syntax::Extended, "a|ab|abc", "xabcd", Some("abc"));
        check(Syntax::Extended, "(ab|a)(bcd)?", "abcd", Some("abcd"));
        check(Syntax::Extended, "b*", "abb", Some(""));
        check(Syntax::Extended, "x+", "aaxxa", Some("xx"));
        check(Syntax::Extended, "^(torch|numpy)([=<>]|$)", "torch==2", Some("torch="));
        check(Syntax::Extended, "^(torch|numpy)([=<>]|$)", "torchaudio", None);
        check(Syntax::Extended, "a{2,3}", "aaaa", Some("aaa"));
        check(Syntax::Extended, r"\btorch\b", "a torch-b", Some("torch"));
    }

    #[test]
    fn the_basic_syntax_escapes_its_operators() {
        check(Syntax::Basic, "a+", "aa+", Some("a+"));
        check(Syntax::Basic, r"a\+", "aa+", Some("aa"));
        check(Syntax::Basic, r"^torch\|^numpy", "numpy", Some("numpy"));
        check(Syntax::Basic, r"\(a\)\(b\)*", "abb", Some("abb"));
        check(Syntax::Basic, "*a", "x*a", Some("*a"));
        check(Syntax::Basic, "a^b$c", "a^b$c", Some("a^b$c"));
        check(Syntax::Basic, "(a)", "(a)", Some("(a)"));
    }

    #[test]
    fn what_is_not_modelled_is_refused() {
        assert!(Regex::new(r"\(a\)\1", Syntax::Basic, false).is_err());
        assert!(Regex::new("(?=a)", Syntax::Perl, false).is_err());
        assert!(Regex::new("(a", Syntax::Extended, false).is_err());
        assert!(Regex::new("((x{1000}){1000})", Syntax::Extended, false).is_err());
    }
}
