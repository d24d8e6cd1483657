//! `link` and `open`.

use std::{fs, path::Path, process::ExitCode};

use super::{
    Failure,
    arguments::{LinkArguments, OpenArguments},
    catalogue, context,
};
use crate::{
    link::{Fragment, Playground, secrets},
    text::SourceFile,
};

/// Where the facts that a link states are written, for `--overlay`.
const FACTS: &str = "facts.txt";

/// Prints the link of a build. What looks like a secret in it is said on stderr.
pub(super) fn make(arguments: &LinkArguments, output: &mut String) -> Result<ExitCode, Failure> {
    let input = &arguments.input;
    let context = context::read(input)?;
    let index = catalogue::index(input)?;
    let playground = Playground {
        target: context.settings,
        overlay: index.overlay.source.text.clone(),
        c: index.catalogue.date.clone(),
        ..Playground::from_sources(&context.sources)
    };
    for secret in secrets(&playground) {
        eprintln!(
            "wheelstage: {} line {} looks like {}, and is in the link",
            secret.file, secret.line, secret.kind
        );
    }
    let fragment = Fragment { state: Some(playground), ..Fragment::default() };
    output.push_str(&format!("{}#{fragment}\n", arguments.address));
    Ok(ExitCode::SUCCESS)
}

/// Writes a link's files into the working directory.
pub(super) fn open(arguments: &OpenArguments, output: &mut String) -> Result<ExitCode, Failure> {
    let fragment = arguments.link.split_once('#').map_or(arguments.link.as_str(), |(_, fragment)| fragment);
    let parsed = Fragment::parse(fragment).map_err(|error| Failure(error.to_string()))?;
    let Some(playground) = parsed.and_then(|fragment| fragment.state) else {
        return Err(Failure("the link holds no playground".to_owned()));
    };
    let (sources, stated) = (playground.sources(), playground.stated());
    let sources = match stated.is_empty() || sources.find(FACTS).is_some() {
        true => sources,
        false => sources.with_file(SourceFile::new(FACTS, stated)),
    };
    let files: Vec<_> = sources.iter().map(|(_, file)| file).collect();
    for file in &files {
        if !is_inside(&file.path) {
            return Err(Failure(format!("{}: a link writes into this folder only", file.path)));
        }
        // The file itself and every folder on the way: a symbolic link may lead out of this one.
        let mut ancestors = Path::new(&file.path).ancestors();
        if ancestors.any(|path| path.is_symlink()) {
            return Err(Failure(format!("{} leads through a symbolic link; nothing was written", file.path)));
        }
        if !arguments.force && Path::new(&file.path).exists() {
            return Err(Failure(format!("{} is there already; --force replaces it", file.path)));
        }
    }
    for file in files {
        let path = Path::new(&file.path);
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, file.to_bytes()));
        written.map_err(|error| Failure(format!("{}: {error}", file.path)))?;
        output.push_str(&format!("{}\n", file.path));
    }
    Ok(ExitCode::SUCCESS)
}

/// A path that stays below the folder it is written into, on every system.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use super::is_inside;

    #[test]
    fn a_link_cannot_write_elsewhere() {
        for path in ["Dockerfile", "requirements/base.txt"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["", "/etc/passwd", "../x", "a/../../x", "C:x", "a\\b", "./a"] {
            assert!(!is_inside(path), "{path}");
        }
    }
}
