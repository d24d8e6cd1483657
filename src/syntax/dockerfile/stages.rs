//! Stages, how they name one another, and which variables are seen where.
//!
//! Facts from BuildKit's `dockerfile2llb/convert.go`.

use std::ops::Range;

use super::{Dockerfile, InstructionKind};
use crate::order::SortedMap;

/// A stage as a stretch of [`Dockerfile::instructions`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageSpan {
    /// Index of its `FROM`.
    pub from: usize,
    /// Indexes of what follows, up to the next `FROM`.
    pub instructions: Range<usize>,
    /// After `AS`, in lower case: BuildKit compares names without case.
    pub name: Option<String>,
}

/// What `COPY --from=` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopySource {
    /// A stage, by index.
    Stage(usize),
    /// No stage has that name: it is an image or a named context.
    Image,
    /// A number that no stage has. BuildKit refuses it.
    NoSuchStage,
}

/// The build arguments of proxies: `RUN` sees them when they are given, without an `ARG`.
pub const PROXY_ARGUMENTS: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The stages, in order. What stands before the first `FROM` belongs to none.
#[must_use]
pub fn stages(dockerfile: &Dockerfile) -> Vec<StageSpan> {
    let mut stages: Vec<StageSpan> = Vec::new();
    for (index, instruction) in dockerfile.instructions.iter().enumerate() {
        if instruction.keyword.eq_ignore_ascii_case("FROM") {
            let name = match &instruction.kind {
                InstructionKind::From { name: Some(name), .. } => Some(name.text.as_str().to_lowercase()),
                _ => None,
            };
            stages.push(StageSpan { from: index, instructions: index + 1..index + 1, name });
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.end = index + 1;
        }
    }
    stages
}

/// The stage that `FROM image` of stage number `current` continues; `None` where it is an
/// image. Only earlier stages count, the latest of a name, and never a number.
#[must_use]
pub fn base_stage(stages: &[StageSpan], current: usize, image: &str) -> Option<usize> {
    by_name(stages.get(..current).unwrap_or(stages), image)
}

/// What `COPY --from=` means: a number is a stage's number, from 0; else a name. Of one name
/// the last stage counts, even where it comes after the copy.
#[must_use]
pub fn copy_source(stages: &[StageSpan], from: &str) -> CopySource {
    match (from.parse::<i64>(), by_name(stages, from)) {
        (Ok(number), _) => usize::try_from(number)
            .ok()
            .filter(|&number| number < stages.len())
            .map_or(CopySource::NoSuchStage, CopySource::Stage),
        (Err(_), Some(stage)) => CopySource::Stage(stage),
        (Err(_), None) => CopySource::Image,
    }
}

/// The stage that `RUN --mount=from=` names; `None` where it is an image. Numbers do not count.
#[must_use]
pub fn mount_source(stages: &[StageSpan], from: &str) -> Option<usize> {
    by_name(stages, from)
}

/// The stage that `--target` names: a name, else a number. An empty one is the last stage.
#[must_use]
pub fn target_stage(stages: &[StageSpan], target: &str) -> Option<usize> {
    if target.is_empty() {
        return stages.len().checked_sub(1);
    }
    let number = || target.parse::<usize>().ok().filter(|&number| number < stages.len());
    by_name(stages, target).or_else(number)
}

fn by_name(stages: &[StageSpan], name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    stages.iter().rposition(|stage| stage.name.as_deref() == Some(name.as_str()))
}

/// The variables that are seen before the first `FROM` and in every `FROM`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GlobalScope {
    /// `--build-arg`.
    given: SortedMap<String, String>,
    /// Platforms, and `ARG`s before the first `FROM`.
    values: SortedMap<String, String>,
}

/// The variables that are seen in one stage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageScope {
    /// `ARG` and `ENV`, the later one winning.
    values: SortedMap<String, String>,
    /// `ENV` alone: what the image keeps, and what a program run in it sees.
    environment: SortedMap<String, String>,
}

impl GlobalScope {
    /// With the arguments given to the build, and the platforms (`linux/arm64/v8`) it runs on
    /// and builds for.
    #[must_use]
    pub fn new(
        given: SortedMap<String, String>,
        build_platform: &str,
        target_platform: &str,
        target_stage: &str,
    ) -> Self {
        let mut values = SortedMap::new();
        for (prefix, platform) in [("BUILD", build_platform), ("TARGET", target_platform)] {
            let mut parts = platform.splitn(3, '/');
            let mut part = || parts.next().unwrap_or_default().to_owned();
            values.insert(format!("{prefix}PLATFORM"), platform.to_owned());
            values.insert(format!("{prefix}OS"), part());
            values.insert(format!("{prefix}ARCH"), part());
            values.insert(format!("{prefix}VARIANT"), part());
        }
        let stage = if target_stage.is_empty() { "default" } else { target_stage };
        values.insert("TARGETSTAGE".to_owned(), stage.to_owned());
        // A build argument of such a name overrides it.
        for (name, value) in values.iter_mut() {
            if let Some(given) = given.get(name) {
                value.clone_from(given);
            }
        }
        Self { given, values }
    }

    /// `ARG name` or `ARG name=default` before the first `FROM`; the default is expanded already.
    pub fn argument(&mut self, name: &str, default: Option<String>) {
        if let Some(value) = self.given.get(name).cloned().or(default) {
            self.values.insert(name.to_owned(), value);
        }
    }

    /// A variable's value in `FROM`, or in a default before it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }
}

impl StageScope {
    /// The scope of a stage that continues this one: it inherits `ARG`s as well, but an `ENV`
    /// wins over them again.
    #[must_use]
    pub fn child(&self) -> Self {
        let mut values = self.values.clone();
        values.extend(self.environment.clone());
        Self { values, environment: self.environment.clone() }
    }

    /// `ARG name` or `ARG name=default`; the default is expanded already.
    ///
    /// A given value comes first, then the default. Without either the global value counts.
    pub fn argument(&mut self, global: &GlobalScope, name: &str, default: Option<String>) {
        let value = global.given.get(name).cloned().or(default).or_else(|| global.get(name));
        if let Some(value) = value {
            self.values.insert(name.to_owned(), value);
        }
    }

    /// `ENV name=value`, expanded already; also a variable of the base image.
    pub fn environment(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// A variable's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    /// All variables that `RUN` hands to its command, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile::parse;

    fn spans(text: &str) -> Vec<StageSpan> {
        stages(&parse(text).tree)
    }

    #[test]
    fn names_are_compared_without_case_and_the_last_wins() {
        let stages = spans("FROM a AS One\nFROM b AS one\nRUN x\nFROM one\n");
        assert_eq!(stages[1].instructions, 2..3);
        assert_eq!(base_stage(&stages, 2, "ONE"), Some(1));
        assert_eq!(base_stage(&stages, 1, "one"), Some(0));
        assert_eq!(base_stage(&stages, 2, "0"), None);
    }

    #[test]
    fn numbers_name_stages_in_copy_but_not_in_mounts() {
        let stages = spans("FROM a AS one\nFROM b\n");
        assert_eq!(copy_source(&stages, "0"), CopySource::Stage(0));
        assert_eq!(copy_source(&stages, "2"), CopySource::NoSuchStage);
        assert_eq!(copy_source(&stages, "-1"), CopySource::NoSuchStage);
        assert_eq!(copy_source(&stages, "busybox"), CopySource::Image);
        assert_eq!(mount_source(&stages, "0"), None);
        assert_eq!(mount_source(&stages, "One"), Some(0));
        assert_eq!(target_stage(&stages, "1"), Some(1));
        assert_eq!(target_stage(&stages, ""), Some(1));
        assert_eq!(target_stage(&stages, "nowhere"), None);
    }

    #[test]
    fn a_global_argument_is_seen_in_a_stage_only_when_declared_again() {
        let given = SortedMap::from([("GIVEN".to_owned(), "cli".to_owned())]);
        let mut global = GlobalScope::new(given, "linux/amd64", "linux/arm64/v8", "");
        global.argument("VERSION", Some("3.12".into()));
        global.argument("GIVEN", Some("default".into()));
        assert_eq!(global.get("GIVEN").as_deref(), Some("cli"));
        assert_eq!(global.get("TARGETVARIANT").as_deref(), Some("v8"));
        let mut stage = StageScope::default();
        assert_eq!(stage.get("VERSION"), None);
        stage.argument(&global, "VERSION", None);
        stage.argument(&global, "TARGETARCH", None);
        assert_eq!(stage.get("VERSION").as_deref(), Some("3.12"));
        assert_eq!(stage.get("TARGETARCH").as_deref(), Some("arm64"));
        stage.argument(&global, "VERSION", Some("3.13".into()));
        assert_eq!(stage.get("VERSION").as_deref(), Some("3.13"));
        stage.environment("VERSION", "env");
        stage.argument(&global, "VERSION", Some("arg".into()));
        assert_eq!(stage.child().get("VERSION").as_deref(), Some("env"));
    }
}
