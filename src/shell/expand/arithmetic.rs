//! `$((...))`: integer arithmetic, POSIX Shell Command Language 2.6.4, and what bash and ash add.

use crate::syntax::shell::Dialect;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Number(i64),
    /// The shell refuses it.
    Refused(String),
    /// It cannot be told.
    Unknown(String),
}

/// The variables of an expression.
pub(super) trait Variables {
    /// A variable's text, empty where it is not set; `Err` says why it cannot be told.
    fn get(&mut self, name: &str) -> Result<String, String>;

    fn set(&mut self, name: &str, value: i64);
}

/// Parentheses, signs and variables inside one another, beyond which nothing is read.
const DEPTH: usize = 128;

/// Evaluates an expression whose `$` have been expanded.
pub(super) fn evaluate(text: &str, dialect: Dialect, variables: &mut dyn Variables) -> Outcome {
    match evaluate_within(text, dialect, variables, 0) {
        Ok(number) => Outcome::Number(number),
        Err(outcome) => outcome,
    }
}

fn evaluate_within(
    text: &str,
    dialect: Dialect,
    variables: &mut dyn Variables,
    depth: usize,
) -> Result<i64, Outcome> {
    let mut expression =
        Expression { rest: text, dialect, variables, depth, idle: 0, assigns: false, branches: false };
    if text.trim().is_empty() && dialect != Dialect::Dash {
        return if dialect == Dialect::Unknown {
            Err(unknown("not every shell takes `$(())`"))
        } else {
            Ok(0)
        };
    }
    let number = expression.list()?;
    if expression.rest.trim_start().is_empty() {
        if dialect == Dialect::Ash && expression.assigns && expression.branches {
            // ash evaluates what is not chosen, too.
            return Err(unknown("assignments in arithmetic with a choice are not modelled for busybox"));
        }
        Ok(number)
    } else {
        Err(refused("the arithmetic goes on where it should end"))
    }
}

fn unknown(reason: &str) -> Outcome {
    Outcome::Unknown(reason.to_owned())
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(message.to_owned())
}

struct Expression<'a> {
    rest: &'a str,
    dialect: Dialect,
    variables: &'a mut dyn Variables,
    depth: usize,
    /// In parts that are read, and not evaluated: behind `0 &&`.
    idle: usize,
    assigns: bool,
    branches: bool,
}

/// What an operand is, as far as `=`, `++` and `--` need to know.
enum Operand {
    Number(i64),
    Variable(String),
}

/// Binary operators, longest first where one begins another; the number is their precedence.
const OPERATORS: [(&str, u8); 19] = [
    ("**", 11),
    ("||", 1),
    ("&&", 2),
    ("<<", 8),
    (">>", 8),
    ("==", 6),
    ("!=", 6),
    ("<=", 7),
    (">=", 7),
    ("|", 3),
    ("^", 4),
    ("&", 5),
    ("<", 7),
    (">", 7),
    ("+", 9),
    ("-", 9),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];

/// Operators that `=` may follow: `x += 1`.
const ASSIGNING: [&str; 10] = ["<<", ">>", "|", "^", "&", "+", "-", "*", "/", "%"];

impl Expression<'_> {
    fn eat(&mut self, text: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// What bash and ash have and dash refuses.
    fn extension(&self, what: &str) -> Result<(), Outcome> {
        match self.dialect {
            Dialect::Bash | Dialect::Ash => Ok(()),
            Dialect::Dash => Err(Outcome::Refused(format!("dash has no {what} in arithmetic"))),
            Dialect::Unknown => Err(Outcome::Unknown(format!(
                "not every shell has {what} in arithmetic, and which one /bin/sh is is not known"
            ))),
        }
    }

    /// `a, b`: the last counts.
    fn list(&mut self) -> Result<i64, Outcome> {
        let mut value = self.ternary()?;
        while self.eat(",") {
            self.extension("`,`")?;
            value = self.ternary()?;
        }
        Ok(value)
    }

    /// Reads without evaluating, where `idle`.
    fn branch(
        &mut self,
        idle: bool,
        read: impl FnOnce(&mut Self) -> Result<i64, Outcome>,
    ) -> Result<i64, Outcome> {
        self.branches = true;
        self.idle += usize::from(idle);
        let value = read(self);
        self.idle -= usize::from(idle);
        value
    }

    fn ternary(&mut self) -> Result<i64, Outcome> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(unknown("this arithmetic is nested too deeply to be read"));
        }
        let condition = self.binary(1)?;
        let value = if self.eat("?") {
            let yes = self.branch(condition == 0, Self::ternary)?;
            if !self.eat(":") {
                return Err(refused("`:` is missing in the arithmetic"));
            }
            let no = self.branch(condition != 0, Self::ternary)?;
            if condition == 0 { no } else { yes }
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    fn binary(&mut self, least: u8) -> Result<i64, Outcome> {
        let mut left = self.unary()?;
        loop {
            let trimmed = self.rest.trim_start();
            let Some((operator, precedence)) =
                OPERATORS.into_iter().find(|(operator, _)| trimmed.starts_with(operator))
            else {
                return Ok(left);
            };
            if precedence < least {
                return Ok(left);
            }
            self.rest = trimmed.get(operator.len()..).unwrap_or_default();
            left = match operator {
                "&&" => {
                    let right = self.branch(left == 0, |inner| inner.binary(precedence + 1))?;
                    i64::from(left != 0 && right != 0)
                }
                "||" => {
                    let right = self.branch(left != 0, |inner| inner.binary(precedence + 1))?;
                    i64::from(left != 0 || right != 0)
                }
                "**" => {
                    self.extension("`**`")?;
                    // Right to left.
                    let right = self.binary(precedence)?;
                    self.power(left, right)?
                }
                operator => {
                    let right = self.binary(precedence + 1)?;
                    self.calculate(left, operator, right)?
                }
            };
        }
    }

    fn power(&self, base: i64, exponent: i64) -> Result<i64, Outcome> {
        match u32::try_from(exponent) {
            Ok(exponent) => Ok(base.wrapping_pow(exponent)),
            Err(_) if self.idle > 0 => Ok(0),
            Err(_) => Err(refused("an exponent is negative")),
        }
    }

    fn calculate(&self, left: i64, operator: &str, right: i64) -> Result<i64, Outcome> {
        if matches!(operator, "/" | "%") && right == 0 {
            return if self.idle > 0 { Ok(0) } else { Err(refused("division by zero")) };
        }
        Ok(calculate(left, operator, right))
    }

    fn unary(&mut self) -> Result<i64, Outcome> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(unknown("this arithmetic is nested too deeply to be read"));
        }
        let trimmed = self.rest.trim_start();
        let doubled = ["++", "--"].into_iter().find(|sign| trimmed.starts_with(sign));
        let value = if let Some(sign) = doubled.filter(|_| self.dialect != Dialect::Dash) {
            self.extension("`++` and `--`")?;
            self.eat(sign);
            match self.operand()? {
                Operand::Variable(name) => {
                    let value = self.value_of(&name)?.wrapping_add(if sign == "++" { 1 } else { -1 });
                    self.set(&name, value);
                    value
                }
                // `--5` is 5, and `++5` too.
                Operand::Number(number) => number,
            }
        } else if self.eat("-") {
            self.unary()?.wrapping_neg()
        } else if self.eat("+") {
            self.unary()?
        } else if self.eat("!") {
            i64::from(self.unary()? == 0)
        } else if self.eat("~") {
            !self.unary()?
        } else {
            match self.operand()? {
                Operand::Number(number) => number,
                Operand::Variable(name) => self.variable(&name)?,
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    /// A variable, with what assigns to it behind.
    fn variable(&mut self, name: &str) -> Result<i64, Outcome> {
        let trimmed = self.rest.trim_start();
        if let Some(behind) = trimmed.strip_prefix('=').filter(|behind| !behind.starts_with('=')) {
            self.rest = behind;
            let value = self.ternary()?;
            self.set(name, value);
            return Ok(value);
        }
        for operator in ASSIGNING {
            let behind = trimmed.strip_prefix(operator).and_then(|behind| behind.strip_prefix('='));
            if let Some(behind) = behind {
                self.rest = behind;
                let left = self.value_of(name)?;
                let right = self.ternary()?;
                let value = self.calculate(left, operator, right)?;
                self.set(name, value);
                return Ok(value);
            }
        }
        for (sign, step) in [("++", 1), ("--", -1)] {
            if self.dialect != Dialect::Dash && trimmed.starts_with(sign) {
                self.extension("`++` and `--`")?;
                self.eat(sign);
                let value = self.value_of(name)?;
                self.set(name, value.wrapping_add(step));
                return Ok(value);
            }
        }
        self.value_of(name)
    }

    fn set(&mut self, name: &str, value: i64) {
        self.assigns = true;
        if self.idle == 0 {
            self.variables.set(name, value);
        }
    }

    fn operand(&mut self) -> Result<Operand, Outcome> {
        if self.eat("(") {
            let value = self.list()?;
            return if self.eat(")") {
                Ok(Operand::Number(value))
            } else {
                Err(refused("`)` is missing in the arithmetic"))
            };
        }
        let trimmed = self.rest.trim_start();
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '#' | '@');
        let end = trimmed.find(|c: char| !is_word(c)).unwrap_or(trimmed.len());
        let (word, behind) = trimmed.split_at(end);
        if word.is_empty() {
            return Err(refused("the arithmetic lacks a value"));
        }
        self.rest = behind;
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.number(word).map(Operand::Number);
        }
        if word.contains(['#', '@']) {
            return Err(refused("the arithmetic holds a sign that means nothing in it"));
        }
        Ok(Operand::Variable(word.to_owned()))
    }

    /// What a variable holds: for bash and ash an expression again, for dash a number.
    fn value_of(&mut self, name: &str) -> Result<i64, Outcome> {
        if self.idle > 0 {
            return Ok(0);
        }
        let text = self.variables.get(name).map_err(Outcome::Unknown)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(0);
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            let value = self.number(digits)?;
            return Ok(if text.starts_with('-') { value.wrapping_neg() } else { value });
        }
        match self.dialect {
            Dialect::Dash => Err(Outcome::Refused(format!("`{name}` holds no number"))),
            Dialect::Bash | Dialect::Ash => {
                evaluate_within(text, self.dialect, &mut *self.variables, self.depth + 1)
            }
            Dialect::Unknown => Err(Outcome::Unknown(format!("`{name}` holds no number"))),
        }
    }

    /// A decimal, octal or hexadecimal number as in C, or `base#digits`.
    fn number(&self, text: &str) -> Result<i64, Outcome> {
        let parsed = if let Some((base, digits)) = text.split_once('#') {
            self.extension("`base#number`")?;
            match base.parse::<u32>() {
                Ok(base @ 2..=36) => i64::from_str_radix(digits, base),
                _ => return Err(unknown("numbers in this base are not modelled")),
            }
        } else if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            i64::from_str_radix(digits, 16)
        } else if text.len() > 1 && text.starts_with('0') {
            i64::from_str_radix(text, 8)
        } else {
            text.parse()
        };
        match parsed {
            Ok(value) => Ok(value),
            Err(_) if text.len() > 15 => Err(unknown("a number is too large to be calculated with")),
            Err(_) => Err(Outcome::Refused(format!("`{text}` is not a number"))),
        }
    }
}

fn calculate(left: i64, operator: &str, right: i64) -> i64 {
    let shift = u32::try_from(right & 63).unwrap_or(0);
    match operator {
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        "/" => left.checked_div(right).unwrap_or(i64::MIN),
        "%" => left.checked_rem(right).unwrap_or(0),
        "<<" => left.wrapping_shl(shift),
        ">>" => left.wrapping_shr(shift),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "&" => left & right,
        "^" => left ^ right,
        _ => left | right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sample(Vec<(String, i64)>);

    impl Variables for Sample {
        fn get(&mut self, name: &str) -> Result<String, String> {
            match name {
                "secret" => Err("not known".to_owned()),
                "sum" => Ok("1+2".to_owned()),
                "loop" => Ok("loop+1".to_owned()),
                name => {
                    let set = self.0.iter().rev().find(|(own, _)| own == name);
                    Ok(set.map_or_else(String::new, |(_, value)| value.to_string()))
                }
            }
        }

        fn set(&mut self, name: &str, value: i64) {
            self.0.push((name.to_owned(), value));
        }
    }

    #[track_caller]
    fn check(dialect: Dialect, text: &str, expected: &str) {
        let outcome = match evaluate(text, dialect, &mut Sample(vec![("x".to_owned(), 7)])) {
            Outcome::Number(number) => number.to_string(),
            Outcome::Refused(message) => format!("refused: {message}"),
            Outcome::Unknown(reason) => format!("? {reason}"),
        };
        assert_eq!(outcome, expected, "{text}");
    }

    #[test]
    fn integers_as_in_c() {
        for dialect in Dialect::KNOWN {
            check(dialect, "1+2*3", "7");
            check(dialect, "(1 + 2) * -x % x", "0");
            check(dialect, "010 + 0x10", "24");
            check(dialect, "x >= 7 && !unset ? 1 : 2", "1");
            check(dialect, "10 - 3 - 2", "5");
            check(dialect, "1 << 3 | 1", "9");
            check(dialect, "0 && 1/0", "0");
            check(dialect, "x += 2", "9");
            check(dialect, "1/0", "refused: division by zero");
            check(dialect, "1+", "refused: the arithmetic lacks a value");
            check(dialect, "08", "refused: `08` is not a number");
            check(dialect, "secret+1", "? not known");
        }
        check(Dialect::Bash, "x++ + x, 2**3**2", "512");
        check(Dialect::Dash, "x++", "refused: the arithmetic lacks a value");
        check(Dialect::Bash, "sum*3", "9");
        check(Dialect::Dash, "sum*3", "refused: `sum` holds no number");
        check(Dialect::Bash, "16#ff", "255");
    }

    #[test]
    fn deep_nesting_is_told_not_followed() {
        for text in ["(".repeat(10_000), "!".repeat(10_000), "loop".to_owned()] {
            check(Dialect::Bash, &text, "? this arithmetic is nested too deeply to be read");
        }
    }
}
