//! `requirements.txt` and `constraints.txt`, as pip 26.3 reads them.
//!
//! [`parse`] makes a tree of one file and never refuses. [`load`](fn@load) follows `-r` and `-c` from it, and
//! tells what pip makes of all of them.
//!
//! ```
//! use wheelstage::syntax::requirements::{LineKind, parse};
//!
//! let file = parse("numpy>=1.24 \\\n  --hash=sha256:ab  # pinned\n").tree;
//! let LineKind::Requirement(requirement) = &file.lines[0].kind else { panic!() };
//! assert_eq!(requirement.text.as_str().trim_end(), "numpy>=1.24");
//! ```

mod lines;
mod load;
mod location;
mod options;
mod requirement;
mod tree;
mod variables;

pub use load::{
    Files, Ignored, LoadError, LoadErrorKind, Loaded, LoadedLine, LoadedRequirement, Mode, Notice, Place,
    Setting, Settings, Surroundings, Why, load,
};
pub use requirement::{Link, LinkTarget, Wanted};
pub use tree::{
    Direct, Flag, Form, Line, LineKind, OptionUse, Parts, RequirementLine, RequirementsFile, Variable,
};

use crate::text::{Mapped, Parse, SyntaxError};

/// The tree of a file, no variable being known.
///
/// A line with a `${NAME}` in it is only settled by [`parse_with`]; what is wrong with its
/// requirement is not reported here.
#[must_use]
pub fn parse(text: &str) -> Parse<RequirementsFile> {
    parse_with(text, &|_| None)
}

/// The tree of a file, with the values of its `${NAME}` variables put in.
#[must_use]
pub fn parse_with(text: &str, value_of: &dyn Fn(&str) -> Option<String>) -> Parse<RequirementsFile> {
    let mut room = variables::MAX_GROWTH;
    let lines = lines::logical_lines(text).into_iter().map(|line| understand(line, value_of, &mut room));
    let tree = RequirementsFile { lines: lines.collect() };
    let unsettled =
        |line: &Line| matches!(line.kind, LineKind::Requirement(_)) && !line.unset_variables.is_empty();
    let errors = tree.lines.iter().filter(|line| !unsettled(line)).flat_map(|line| line.errors.clone());
    let errors = errors.collect();
    Parse { tree, errors }
}

fn understand(line: lines::LogicalLine, value_of: &dyn Fn(&str) -> Option<String>, room: &mut usize) -> Line {
    let expanded = variables::expand(&line.text, value_of, room);
    let options = options::read(&expanded.line);
    let mut errors: Vec<SyntaxError> = expanded.error.or(options.error).into_iter().collect();
    let kind = if !errors.is_empty() {
        LineKind::Invalid
    } else if expanded.line.as_str().is_empty() {
        LineKind::Blank
    } else if let Some((text, editable)) = requirement_text(options.before, &options.uses) {
        let (requirement, wrong) = requirement::read(text, editable);
        errors = wrong;
        LineKind::Requirement(Box::new(requirement))
    } else {
        LineKind::Options
    };
    Line {
        range: line.range,
        number: line.number,
        text: expanded.line,
        comment: line.comment,
        unset_variables: expanded.unset,
        kind,
        options: options.uses,
        dropped: options.dropped,
        errors,
    }
}

/// What stands before the options, else the value of the first `-e`; and whether it is editable.
fn requirement_text(before: Mapped, uses: &[OptionUse]) -> Option<(Mapped, bool)> {
    // "We don't support multiple -e on one line", and one behind a requirement makes that editable.
    let editable = uses.iter().find(|option| option.flag == Flag::Editable);
    let text = if before.as_str().is_empty() { editable?.value.clone() } else { before };
    Some((text, editable.is_some()))
}

#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod tests;
