use super::Argument;

/// How a program was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The first word: `pip`, `/venv/bin/pip`, `python3.11`.
    pub path: Argument,
    /// `pip` of `python -m pip`.
    pub module: Option<Argument>,
}

impl Program {
    /// The file name of the path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        file_name(self.path.as_str())
    }

    /// The Python a versioned name asks for: `3.11` of `pip3.11` and `python3.11`, `3` of `pip3`.
    #[must_use]
    pub fn python_version(&self) -> Option<&str> {
        let name = self.file_name();
        let version = ["python", "pypy", "pip"].iter().find_map(|stem| name.strip_prefix(stem))?;
        (!version.is_empty()).then_some(version)
    }
}

/// What stands behind the last slash.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether `name` is `stem`, or `stem` with a version: `pip`, `pip3`, `pip3.11`.
#[must_use]
pub fn is_versioned(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|version| {
        version.is_empty()
            || version
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// The program and the words behind it, `python -m` taken apart. `None` for an empty line, and
/// for a Python that runs a script or a string.
#[must_use]
pub fn split(argv: &[Argument]) -> Option<(String, Program, &[Argument])> {
    let (path, mut rest) = argv.split_first()?;
    let name = file_name(path.as_str());
    if !(is_versioned(name, "python") || is_versioned(name, "pypy")) {
        let program = Program { path: path.clone(), module: None };
        return Some((name.to_owned(), program, rest));
    }
    while let Some((option, behind)) = rest.split_first() {
        let text = option.as_str();
        let letters = text.strip_prefix('-').filter(|letters| !letters.starts_with('-'))?;
        // `-W arg`, `-X opt`: the value may be the next word. `-c` and a script end the options.
        let Some(at) = letters.find(['m', 'c', 'W', 'X']) else {
            rest = behind;
            continue;
        };
        let glued = !letters[at + 1..].is_empty();
        match letters.as_bytes().get(at)? {
            b'm' => {
                let (module, behind) = if glued {
                    (option.slice_from(at + 2), behind)
                } else {
                    let (module, behind) = behind.split_first()?;
                    (module.clone(), behind)
                };
                let name = module.as_str().to_owned();
                return Some((name, Program { path: path.clone(), module: Some(module) }, behind));
            }
            b'c' => return None,
            _ => rest = if glued { behind } else { behind.get(1..)? },
        }
    }
    None
}
