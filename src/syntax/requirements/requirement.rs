//! What the requirement of a line is: a project by name, a URL, a file or a folder.
//!
//! Follows pip 26.3's `parse_req_from_line` and `parse_editable`.

use super::{
    load::{Mode, Surroundings},
    location::{
        VCS_NAMES, absolute, egg_fragment, file_name, file_url_path, has_broken_host, is_archive, is_url,
        is_vcs_scheme, path_to_url, scheme, url_path, wheel_name,
    },
    tree::{Direct, Form, Parts, RequirementLine},
};
use crate::{
    order::SortedSet,
    pep440::{Specifiers, Version, is_python_blank},
    pep508::{Marker, ProjectName, Requirement},
    text::{Mapped, Parse, SyntaxError, TextRange, range},
};

/// What a requirement asks pip for, files and folders looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The project; `None` where only the metadata of a URL or a folder would tell.
    pub project: Option<ProjectName>,
    /// The project's name as written, or as a wheel's file has it in normal form.
    pub project_text: Option<String>,
    /// The extras, sorted: as written, or in small letters where the requirement ends in them.
    pub extras: SortedSet<String>,
    /// The versions; `==` its version for a wheel.
    pub specifiers: Specifiers,
    /// When it counts.
    pub marker: Option<Marker>,
    /// Where it comes from, where that is said.
    pub link: Option<Link>,
}

/// A URL, a file or a folder that stands for a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The URL; a `file:` one for a path.
    pub url: String,
    /// What it leads to.
    pub target: LinkTarget,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// A page or file on the network.
    Remote,
    /// A repository.
    Vcs,
    /// A local file by its absolute path, there or not: pip only fails when it opens it.
    File(String),
    /// A local folder by its absolute path.
    Folder(String),
}

/// Takes the text of a requirement apart, without a look at any file.
pub(super) fn read(text: Mapped, editable: bool) -> (RequirementLine, Vec<SyntaxError>) {
    let mut reader = Reader { text: text.as_str(), errors: Vec::new() };
    let form = if editable { reader.editable() } else { reader.plain() };
    let errors = reader.errors.into_iter();
    let mut errors: Vec<SyntaxError> =
        errors.map(|error| SyntaxError { range: text.source_range(error.range), ..error }).collect();
    // The marker is read before what it stands behind.
    SyntaxError::sort(&mut errors);
    let parts = parts_of(&form, &text);
    (RequirementLine { text, editable, form, parts }, errors)
}

/// What the requirement asks for, given the files that are there.
///
/// # Errors
/// Where pip refuses the requirement. The range is in the file.
pub(super) fn settle(
    line: &RequirementLine,
    errors: &[SyntaxError],
    mode: Mode,
    surroundings: &Surroundings<'_>,
) -> Result<Wanted, SyntaxError> {
    let whole = line.text.source_range(range(0, line.text.as_str().len()));
    let wrong = |message: String| SyntaxError::new(whole, message);
    if line.editable && mode == Mode::Constraints {
        return Err(wrong("pip takes no editable requirement as a constraint".into()));
    }
    if let Some(error) = errors.first() {
        return Err(error.clone());
    }
    match &line.form {
        Form::Named(requirement) => settle_named(line, requirement, surroundings, &wrong),
        Form::Url(direct) => settle_url(line, direct, surroundings, &wrong),
        Form::Archive(direct) => settle_archive(direct, surroundings, &wrong),
        Form::Folder(direct) => settle_folder(line, direct, surroundings, &wrong),
        Form::Invalid => Err(wrong("this is no requirement".into())),
    }
}

/// Where the name of a URL's project and its extras go.
const NAME_BEFORE_URL: &str = "the name and its extras go before the URL: NAME[EXTRA] @ URL";

type Wrong<'a> = &'a dyn Fn(String) -> SyntaxError;

fn settle_named(
    line: &RequirementLine,
    requirement: &Requirement,
    surroundings: &Surroundings<'_>,
    wrong: Wrong<'_>,
) -> Result<Wanted, SyntaxError> {
    let mut extras: SortedSet<String> = requirement.extras.iter().map(|extra| extra.text.clone()).collect();
    if !line.editable {
        let (path, behind) = path_and_extras(slice(line.text.as_str(), requirement.range));
        let file = absolute(surroundings.folder, path);
        let behind = extras_of(behind).ok_or_else(|| wrong(NOT_EXTRAS.into()))?;
        // A file may be called `a@1.zip`; only when it is there does pip prefer it to `a @ 1.zip`.
        if is_archive(&file) && surroundings.files.is_file(&file) {
            let (extras, marker) = (behind, requirement.marker.clone());
            let direct = Direct { target: path.to_owned(), extras, marker, ..Direct::default() };
            return settle_archive(&direct, surroundings, wrong);
        }
        // Of what ends in brackets pip takes those for the extras, a URL's too: `a[b] @ URL[c]`.
        if !behind.is_empty() {
            extras = behind;
        }
    }
    let link =
        requirement.url.as_ref().map(|url| link_to(&url.text, surroundings)).transpose().map_err(wrong)?;
    if line.editable
        && !link.as_ref().is_some_and(|link| link.target == LinkTarget::Vcs || link.url.starts_with("file:"))
    {
        return Err(not_editable(line, wrong));
    }
    if let Some(url) = &requirement.url {
        egg_of(&url.text).map_err(|message| wrong(message).with_hint(NAME_BEFORE_URL))?;
    }
    Ok(Wanted {
        project: Some(requirement.name.clone()),
        project_text: Some(requirement.name_text.clone()),
        extras,
        specifiers: requirement.specifiers.clone(),
        marker: requirement.marker.clone(),
        link,
    })
}

fn settle_url(
    line: &RequirementLine,
    direct: &Direct,
    surroundings: &Surroundings<'_>,
    wrong: Wrong<'_>,
) -> Result<Wanted, SyntaxError> {
    let mut url = direct.target.clone();
    if !line.editable && scheme(&url).as_deref() == Some("file") && url.contains("../") {
        url = path_to_url(&absolute(surroundings.folder, &url_path(&url)));
    }
    let link = link_to(&url, surroundings).map_err(wrong)?;
    let egg = egg_of(&url).map_err(|message| wrong(message).with_hint(NAME_BEFORE_URL))?;
    if line.editable {
        if link.target != LinkTarget::Vcs && !url.starts_with("file:") {
            return Err(not_editable(line, wrong));
        }
        if egg.is_none() && link.target == LinkTarget::Vcs {
            return Err(wrong(format!("pip cannot tell the project of `{url}`"))
                .with_hint("write NAME @ URL in quotes, or put #egg=NAME behind it"));
        }
    }
    let file = url_path(&url);
    let file = file_name(&file);
    let wheel = if file.ends_with(".whl") && !line.editable {
        Some(wheel_name(file).ok_or_else(|| wrong(format!("`{file}` is not the name of a wheel")))?)
    } else {
        None
    };
    Ok(wanted(wheel, egg, direct, link))
}

fn settle_archive(
    direct: &Direct,
    surroundings: &Surroundings<'_>,
    wrong: Wrong<'_>,
) -> Result<Wanted, SyntaxError> {
    let path = absolute(surroundings.folder, &direct.target);
    let file = file_name(&path);
    let wheel = if file.ends_with(".whl") {
        Some(wheel_name(file).ok_or_else(|| wrong(format!("`{file}` is not the name of a wheel")))?)
    } else {
        None
    };
    let link = Link { url: path_to_url(&path), target: LinkTarget::File(path) };
    Ok(wanted(wheel, None, direct, link))
}

fn settle_folder(
    line: &RequirementLine,
    direct: &Direct,
    surroundings: &Surroundings<'_>,
    wrong: Wrong<'_>,
) -> Result<Wanted, SyntaxError> {
    let files = surroundings.files;
    let path = absolute(surroundings.folder, &direct.target);
    if !files.is_folder(&path) {
        if line.editable {
            return Err(not_editable(line, wrong));
        }
        let (message, hint) = if files.is_file(&path) {
            (format!("`{}` is a file, but not an archive", direct.target), "a list of requirements needs -r")
        } else {
            (format!("there is no folder `{}`", direct.target), "expected a requirement or an existing path")
        };
        return Err(wrong(message).with_hint(hint));
    }
    let installable = ["pyproject.toml", "setup.py"].iter().any(|file| files.is_file(&absolute(&path, file)));
    if !line.editable && !installable {
        return Err(wrong(format!("the folder `{}` holds no project", direct.target))
            .with_hint("expected a pyproject.toml or setup.py in it"));
    }
    let link = Link { url: path_to_url(&path), target: LinkTarget::Folder(path) };
    Ok(wanted(None, None, direct, link))
}

fn wanted(
    wheel: Option<(ProjectName, Version)>,
    egg: Option<ProjectName>,
    direct: &Direct,
    link: Link,
) -> Wanted {
    let egg_text = egg_fragment(&link.url).map(str::to_owned);
    let (project, project_text, specifiers) = match wheel {
        Some((name, version)) => {
            let text = name.as_str().to_owned();
            (Some(name), Some(text), Specifiers::parse(&format!("=={version}")).tree)
        }
        None => (egg.clone(), egg.and(egg_text), Specifiers::any()),
    };
    let extras = direct.extras.clone();
    Wanted { project, project_text, extras, specifiers, marker: direct.marker.clone(), link: Some(link) }
}

fn not_editable(line: &RequirementLine, wrong: Wrong<'_>) -> SyntaxError {
    wrong(format!("`{}` cannot be installed as editable", line.text.as_str()))
        .with_hint("expected the path of a project's folder, or a version control URL such as git+https://")
}

fn link_to(url: &str, surroundings: &Surroundings<'_>) -> Result<Link, String> {
    let scheme = scheme(url).unwrap_or_default();
    if has_broken_host(url) {
        return Err("the brackets in the host of this URL do not enclose an IPv6 address".to_owned());
    }
    let target = if scheme == "file" {
        if !url.starts_with("file:") {
            return Err("pip reads `file:` in small letters only".to_owned());
        }
        let path = file_url_path(url).ok_or_else(|| format!("`{url}` names another computer"))?;
        let path = absolute(surroundings.folder, &path);
        if surroundings.files.is_folder(&path) { LinkTarget::Folder(path) } else { LinkTarget::File(path) }
    } else if is_vcs_scheme(&scheme) {
        LinkTarget::Vcs
    } else {
        LinkTarget::Remote
    };
    Ok(Link { url: url.to_owned(), target })
}

/// The project of `#egg=`, which must be a plain name.
fn egg_of(url: &str) -> Result<Option<ProjectName>, String> {
    let Some(egg) = egg_fragment(url) else { return Ok(None) };
    match ProjectName::new(egg).filter(|_| !egg.ends_with('_')) {
        Some(name) => Ok(Some(name)),
        None => Err(format!("`#egg={egg}` is not the name of a project")),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Ranges are bytes of `text`.
    errors: Vec<SyntaxError>,
}

impl<'a> Reader<'a> {
    /// `parse_req_from_line`.
    fn plain(&mut self) -> Form {
        // A URL may hold a semicolon; only one with a blank behind it begins a marker there.
        let url = is_url(self.text);
        let separator = if url { "; " } else { ";" };
        let (subject, marker) = match self.text.find(separator) {
            Some(at) => (range(0, at), self.marker(at + separator.len())),
            None => (range(0, self.text.len()), None),
        };
        let subject = self.trimmed(subject);
        let text = self.slice(subject);
        if url {
            return Form::Url(Direct {
                target: text.to_owned(),
                range: subject,
                marker,
                ..Direct::default()
            });
        }
        let (path, extras) = path_and_extras(text);
        let is_path = |text: &str| text.contains('/') || text.starts_with('.');
        let by_name = text.split_once('@').is_some_and(|(before, _)| !is_path(before));
        if is_archive(path) && !by_name {
            return Form::Archive(self.direct(subject, path, extras, marker));
        }
        let Parse { tree, errors } = Requirement::parse_at(text, subject.start().into());
        if !errors.is_empty() && is_path(text) {
            return Form::Folder(self.direct(subject, path, extras, marker));
        }
        if errors.is_empty() && !extras.is_empty() && extras_of(extras).is_none() {
            // A URL that ends in brackets; pip looks for extras there first.
            self.errors.push(SyntaxError::new(subject, NOT_EXTRAS));
        }
        self.errors.extend(errors);
        tree.map_or(Form::Invalid, |requirement| Form::Named(Requirement { marker, ..requirement }))
    }

    /// `parse_editable`.
    fn editable(&mut self) -> Form {
        let whole = range(0, self.text.len());
        let Parse { tree, errors } = Requirement::parse_at(self.text, 0);
        if let Some(requirement) = tree.filter(|tree| errors.is_empty() && tree.url.is_some()) {
            return Form::Named(requirement);
        }
        let (path, extras) = path_and_extras(self.text);
        let scheme = scheme(self.text).unwrap_or_default();
        if VCS_NAMES.contains(&scheme.as_str()) {
            let target = format!("{scheme}+{}", self.text);
            return Form::Url(Direct { target, range: whole, ..Direct::default() });
        }
        if scheme == "file" {
            return Form::Url(self.direct(whole, path, extras, None));
        }
        if is_url(self.text) {
            return Form::Url(Direct { target: self.text.to_owned(), range: whole, ..Direct::default() });
        }
        Form::Folder(self.direct(whole, path, extras, None))
    }

    /// A path or URL with the extras in brackets behind it.
    fn direct(&mut self, within: TextRange, path: &str, extras: &str, marker: Option<Marker>) -> Direct {
        let start = usize::from(within.start());
        let end = usize::from(within.end());
        let mut direct = Direct {
            target: path.to_owned(),
            range: range(start, start + path.len()),
            extras: SortedSet::new(),
            extras_range: None,
            marker,
        };
        if extras.is_empty() {
            return direct;
        }
        let extras_start = end - extras.len();
        direct.extras_range = Some(range(extras_start, end));
        match extras_of(extras) {
            Some(names) => direct.extras = names,
            None => self.errors.push(
                SyntaxError::new(range(extras_start, end), NOT_EXTRAS)
                    .with_hint("expected names with commas between them: [a,b]"),
            ),
        }
        direct
    }

    fn marker(&mut self, start: usize) -> Option<Marker> {
        let within = self.trimmed(range(start, self.text.len()));
        let text = self.slice(within);
        if text.is_empty() {
            return None;
        }
        let Parse { tree, errors } = Marker::parse_at(text, within.start().into());
        self.errors.extend(errors);
        Some(tree)
    }

    fn trimmed(&self, within: TextRange) -> TextRange {
        let text = self.slice(within);
        let start = usize::from(within.start()) + text.len() - text.trim_start_matches(is_python_blank).len();
        range(start, start + text.trim_matches(is_python_blank).len())
    }

    fn slice(&self, within: TextRange) -> &'a str {
        slice(self.text, within)
    }
}

fn slice(text: &str, within: TextRange) -> &str {
    text.get(usize::from(within.start())..usize::from(within.end())).unwrap_or_default()
}

const NOT_EXTRAS: &str = "these are not names of extras";

/// The names in brackets behind a path. pip reads them, in small letters, as the extras
/// of a project called `placeholder`.
fn extras_of(brackets: &str) -> Option<SortedSet<String>> {
    let Parse { tree, errors } = Requirement::parse(&format!("placeholder{}", brackets.to_lowercase()));
    errors.is_empty().then(|| tree.into_iter().flat_map(|tree| tree.extras).map(|extra| extra.text).collect())
}

/// `strip_extras`: what stands in the last brackets, if they end the text, and what goes before.
fn path_and_extras(text: &str) -> (&str, &str) {
    let open = text.strip_suffix(']').and_then(|rest| rest.rfind(['[', ']'])).filter(|at| {
        *at > 0 && text.get(*at..).is_some_and(|extras| extras.starts_with('[') && extras != "[]")
    });
    match open.and_then(|at| text.split_at_checked(at)) {
        Some((path, extras)) => (path.trim_end_matches(is_python_blank), extras),
        None => (text, ""),
    }
}

impl Parts {
    /// The parts of a requirement read from `text`.
    #[must_use]
    pub fn of(requirement: &Requirement, text: &Mapped) -> Self {
        let place = |within: TextRange| text.source_range(within);
        Self {
            subject: Some(place(requirement.name_range)),
            extras: requirement.extras_range.map(place),
            specifiers: requirement.specifiers_range.map(place),
            url: requirement.url.as_ref().map(|url| place(url.range)),
            marker: requirement.marker.as_ref().map(|marker| place(marker.range)),
        }
    }
}

fn parts_of(form: &Form, text: &Mapped) -> Parts {
    let place = |within: TextRange| text.source_range(within);
    match form {
        Form::Named(requirement) => Parts::of(requirement, text),
        Form::Url(direct) | Form::Archive(direct) | Form::Folder(direct) => Parts {
            subject: Some(place(direct.range)),
            extras: direct.extras_range.map(place),
            marker: direct.marker.as_ref().map(|marker| place(marker.range)),
            ..Parts::default()
        },
        Form::Invalid => Parts::default(),
    }
}
