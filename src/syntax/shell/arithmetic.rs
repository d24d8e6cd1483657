//! `$((...))`: integer arithmetic, POSIX Shell Command Language 2.6.4.

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Number(i64),
    /// The shell refuses it.
    Refused(&'static str),
    /// It cannot be told.
    Unknown(String),
}

/// The value of a variable in an expression.
pub(super) type Lookup<'a> = &'a mut dyn FnMut(&str) -> Result<String, String>;

/// Parentheses and signs inside one another, beyond which nothing is read.
const DEPTH: usize = 64;

/// Evaluates an expression; `lookup` gives a variable's value, empty where it is not set.
pub(super) fn evaluate(text: &str, lookup: Lookup) -> Outcome {
    let mut expression = Expression { rest: text, lookup, depth: 0 };
    match expression.ternary() {
        Ok(number) if expression.rest.trim_start().is_empty() => Outcome::Number(number),
        Ok(_) => Outcome::Unknown("this arithmetic is not modelled".to_owned()),
        Err(outcome) => outcome,
    }
}

struct Expression<'a> {
    rest: &'a str,
    lookup: Lookup<'a>,
    depth: usize,
}

/// Binary operators, longest first where one begins another; the number is their precedence.
const OPERATORS: [(&str, u8); 18] = [
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

    fn ternary(&mut self) -> Result<i64, Outcome> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Outcome::Unknown("this arithmetic is nested too deeply to be read".to_owned()));
        }
        let condition = self.binary(1)?;
        let value = if self.eat("?") {
            let yes = self.ternary()?;
            if !self.eat(":") {
                return Err(Outcome::Refused("`:` is missing in the arithmetic"));
            }
            let no = self.ternary()?;
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
            let behind = trimmed.get(operator.len()..).unwrap_or_default();
            // `**`, `+=` and the like.
            let assigns = behind.starts_with('=') && !matches!(operator, "==" | "!=" | "<=" | ">=");
            if assigns || (operator == "*" && behind.starts_with('*')) {
                return Err(Outcome::Unknown("assignments and powers in arithmetic are not modelled".into()));
            }
            if precedence < least {
                return Ok(left);
            }
            self.rest = behind;
            let right = self.binary(precedence + 1)?;
            left = calculate(left, operator, right)?;
        }
    }

    fn unary(&mut self) -> Result<i64, Outcome> {
        let mut signs = String::new();
        loop {
            let sign = ["-", "+", "!", "~"].into_iter().find(|sign| self.eat(sign));
            match sign {
                Some(sign) => signs.push_str(sign),
                None => break,
            }
        }
        let mut value = self.primary()?;
        for sign in signs.chars().rev() {
            value = match sign {
                '-' => value.wrapping_neg(),
                '!' => i64::from(value == 0),
                '~' => !value,
                _ => value,
            };
        }
        Ok(value)
    }

    fn primary(&mut self) -> Result<i64, Outcome> {
        if self.eat("(") {
            let value = self.ternary()?;
            return if self.eat(")") {
                Ok(value)
            } else {
                Err(Outcome::Refused("`)` is missing in the arithmetic"))
            };
        }
        let trimmed = self.rest.trim_start();
        let (braces, name) = match trimmed.strip_prefix('$') {
            Some(rest) => match rest.strip_prefix('{') {
                Some(rest) => (true, rest),
                None => (false, rest),
            },
            None => (false, trimmed),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (word, behind) = name.split_at(end);
        if word.is_empty() {
            if trimmed.is_empty() {
                return Err(Outcome::Refused("the arithmetic ends too early"));
            }
            return Err(Outcome::Unknown("this arithmetic is not modelled".to_owned()));
        }
        self.rest = if braces {
            behind.strip_prefix('}').ok_or_else(|| {
                Outcome::Unknown("`${...}` with an operation is not modelled in arithmetic".to_owned())
            })?
        } else {
            behind
        };
        let plain = self.rest.trim_start();
        if plain.starts_with('=') && !plain.starts_with("==") {
            return Err(Outcome::Unknown("assignments and powers in arithmetic are not modelled".into()));
        }
        let digits = word.starts_with(|c: char| c.is_ascii_digit());
        if digits && !trimmed.starts_with('$') {
            return number(word);
        }
        let value = (self.lookup)(word).map_err(Outcome::Unknown)?;
        if value.trim().is_empty() {
            return Ok(0);
        }
        number(value.trim())
    }
}

/// A decimal, octal or hexadecimal number, as in C.
fn number(text: &str) -> Result<i64, Outcome> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let parsed = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16),
        None if digits.len() > 1 && digits.starts_with('0') => i64::from_str_radix(digits, 8),
        None => digits.parse(),
    };
    match parsed {
        Ok(value) => Ok(if negative { value.wrapping_neg() } else { value }),
        Err(_) => Err(Outcome::Unknown(format!("`{text}` is no number"))),
    }
}

fn calculate(left: i64, operator: &str, right: i64) -> Result<i64, Outcome> {
    let shift = u32::try_from(right & 63).unwrap_or(0);
    Ok(match operator {
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        "/" | "%" if right == 0 => return Err(Outcome::Refused("division by zero")),
        "/" => left.wrapping_div(right),
        "%" => left.wrapping_rem(right),
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
        "|" => left | right,
        "&&" => i64::from(left != 0 && right != 0),
        _ => i64::from(left != 0 || right != 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Outcome) {
        let mut lookup = |name: &str| match name {
            "x" => Ok("7".to_owned()),
            "secret" => Err("not known".to_owned()),
            _ => Ok(String::new()),
        };
        assert_eq!(evaluate(text, &mut lookup), expected, "{text}");
    }

    #[test]
    fn integers_as_in_c() {
        check("1+2*3", Outcome::Number(7));
        check("(1 + 2) * -$x % ${x}", Outcome::Number(0));
        check("010 + 0x10", Outcome::Number(24));
        check("x >= 7 && !unset ? 1 : 2", Outcome::Number(1));
        check("10 - 3 - 2", Outcome::Number(5));
        check("1 << 3 | 1", Outcome::Number(9));
        check("1/0", Outcome::Refused("division by zero"));
        check("1+", Outcome::Refused("the arithmetic ends too early"));
        check("secret+1", Outcome::Unknown("not known".to_owned()));
        check("x=1", Outcome::Unknown("assignments and powers in arithmetic are not modelled".to_owned()));
    }

    #[test]
    fn deep_nesting_is_told_not_followed() {
        check(
            &"(".repeat(10_000),
            Outcome::Unknown("this arithmetic is nested too deeply to be read".to_owned()),
        );
    }
}
