//! Requirements files.

use std::borrow::Cow;

use wheelstage::{
    budget::Budget,
    syntax::requirements::{
        Files, Form, Line, LineKind, Mode, Parts, RequirementLine, Settings, Surroundings, load, parse,
        parse_with,
    },
    text::{Parse, TextRange, range},
};

use super::places;

/// Any text gives lines that cover it; parts lie in their lines; reading it as pip does ends.
pub fn check(text: &str) {
    let Parse { tree, errors } = parse(text);
    places::errors(text, &errors);
    places::nest(range(0, text.len()), tree.lines.iter().map(|line| line.range));
    assert_eq!(tree.print(text), text);
    for line in &tree.lines {
        places::slice(text, line.range);
        places::nest(line.range, line.comment);
        places::nest(line.range, line.options.iter().map(|option| option.range));
        places::nest(line.range, line.dropped.iter().copied());
        places::nest(line.range, line.unset_variables.iter().map(|variable| variable.range));
        places::nest(line.range, whole_of(line));
        assert_eq!(matches!(line.kind, LineKind::Blank), line.text.as_str().is_empty());
        if let LineKind::Requirement(requirement) = &line.kind {
            parts(text, line, requirement);
        }
    }
    with_values(text);
    as_pip_reads(text);
}

/// Where what pip reads of a line stands; nowhere for a blank one.
fn whole_of(line: &Line) -> Option<TextRange> {
    let text = line.text.as_str();
    (!text.is_empty()).then(|| line.text.source_range(range(0, text.len())))
}

#[track_caller]
fn parts(text: &str, line: &Line, requirement: &RequirementLine) {
    let Parts { subject, extras, specifiers, url, marker } = requirement.parts;
    places::nest(line.range, [subject, extras, specifiers, url, marker].into_iter().flatten());
    let Form::Named(named) = &requirement.form else { return };
    let Some(subject) = subject else { panic!("{:?} has a name without a place", named.name_text) };
    if requirement.text.is_verbatim(named.name_range) {
        assert_eq!(places::slice(text, subject), named.name_text);
    }
}

/// Values of variables may be anything; places stay in the text.
fn with_values(text: &str) {
    let value_of = |name: &str| Some(if name.len() > 1 { text.to_owned() } else { "${AB} -r b".to_owned() });
    let Parse { tree, errors } = parse_with(text, &value_of);
    places::errors(text, &errors);
    assert_eq!(tree.print(text), text);
    for line in &tree.lines {
        let places = line.options.iter().map(|option| option.range).chain(whole_of(line));
        places.for_each(|place| places::nest(line.range, [place]));
    }
}

/// The same text in two files, that may include each other.
struct TwoFiles<'a>(&'a str);

impl Files for TwoFiles<'_> {
    fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.is_file(path).then_some(Cow::Borrowed(self.0))
    }

    fn is_file(&self, path: &str) -> bool {
        matches!(path, "/a" | "/b")
    }

    fn is_folder(&self, path: &str) -> bool {
        path == "/"
    }
}

fn as_pip_reads(text: &str) {
    let surroundings = Surroundings {
        folder: "/",
        files: &TwoFiles(text),
        variables: &|_| None,
        budget: &Budget::default(),
    };
    let loaded = load("a", Mode::Requirements, &surroundings, Settings::default());
    for requirement in &loaded.requirements {
        places::slice(text, requirement.place.range);
        if let Err(error) = &requirement.wanted {
            places::errors(text, std::slice::from_ref(error));
        }
        assert!(matches!(loaded.lines[requirement.line].line.kind, LineKind::Requirement(_)));
    }
    let ignored = loaded.ignored.iter().map(|ignored| &ignored.place);
    let error = loaded.error.iter().filter_map(|error| error.place.as_ref());
    ignored.chain(error).for_each(|place| assert!(places::slice(text, place.range).len() <= text.len()));
}
