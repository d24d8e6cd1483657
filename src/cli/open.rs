//! `open`: a link's files, written into the working directory once the person has seen their list.

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{Failure, arguments::OpenArguments, say, writing};
use crate::{
    link::{Fragment, path_refusal},
    text::{SourceFile, Sources, shown},
};

/// Where the facts that a link states are written, for `--overlay`.
const FACTS: &str = "facts.txt";

/// The most paths that the question names; it says how many there are beyond.
const MOST_NAMED: usize = 200;

/// Lists a link's files, asks on a terminal, and writes all of them or none.
pub(super) fn open(arguments: &OpenArguments, output: &mut String) -> Result<ExitCode, Failure> {
    let files = files(&arguments.link)?;
    for (_, file) in files.iter() {
        check(&file.path, &files, arguments.force)?;
    }
    let paths: Vec<&str> = files.iter().map(|(_, file)| file.path.as_str()).collect();
    if !arguments.yes {
        if !io::stdin().is_terminal() {
            return Err(Failure(format!(
                "nothing was written: there is no terminal to ask on; with --yes, open writes {}",
                named(&paths, ", ")
            )));
        }
        if !agrees(&paths, &mut io::stdin().lock(), &mut io::stderr()) {
            return Err(Failure("nothing was written".to_owned()));
        }
    }
    let contents: Vec<(PathBuf, Vec<u8>)> =
        files.iter().map(|(_, file)| (PathBuf::from(&file.path), file.to_bytes())).collect();
    writing::write_all(&contents)?;
    for path in paths {
        output.push_str(path);
        output.push('\n');
    }
    Ok(ExitCode::SUCCESS)
}

/// The files that a link holds, the facts that it states among them.
fn files(link: &str) -> Result<Sources, Failure> {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    let parsed = Fragment::parse(fragment).map_err(|error| Failure(error.to_string()))?;
    let Some(playground) = parsed.and_then(|fragment| fragment.state) else {
        return Err(Failure("the link holds no playground".to_owned()));
    };
    let (sources, stated) = (playground.sources(), playground.stated());
    if !playground.there.is_empty() {
        say(&format!(
            "the link was made in a folder that holds more: {}",
            named(&playground.there.iter().map(|path| path.trim_end_matches('/')).collect::<Vec<_>>(), ", ")
        ));
    }
    if stated.is_empty() || sources.find(FACTS).is_some() {
        return Ok(sources);
    }
    Ok(sources.with_file(SourceFile::new(FACTS, stated)))
}

/// Refuses a file that could do harm here, or that is there already.
fn check(path: &str, files: &Sources, force: bool) -> Result<(), Failure> {
    let name = shown(path);
    if let Some(refusal) = path_refusal(path) {
        return Err(Failure(format!("{name}: {refusal}; nothing was written")));
    }
    let is_below = |other: &str| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    if files.iter().any(|(_, other)| is_below(&other.path)) {
        return Err(Failure(format!("{name} is a file and a folder in the link; nothing was written")));
    }
    let same = |other: &str| other != path && other.to_lowercase() == path.to_lowercase();
    if files.iter().any(|(_, other)| same(&other.path)) {
        return Err(Failure(format!("{name} is in the link twice, but for its case; nothing was written")));
    }
    let path = Path::new(path);
    // The file itself and every folder on the way: a symbolic link may lead out of this one.
    if path.ancestors().any(Path::is_symlink) {
        return Err(Failure(format!("{name} leads through a symbolic link; nothing was written")));
    }
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    for folder in folders {
        if fs::symlink_metadata(folder).is_ok_and(|there| !there.is_dir()) {
            return Err(Failure(format!(
                "{} is there and is no folder; nothing was written",
                folder.display()
            )));
        }
    }
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => Err(Failure(format!("{name} is a folder here; nothing was written"))),
        Ok(_) if !force => Err(Failure(format!("{name} is there already; --force replaces it"))),
        _ => Ok(()),
    }
}

/// Shows the list and takes an answer; anything but yes is no.
fn agrees(paths: &[&str], input: &mut dyn BufRead, terminal: &mut dyn Write) -> bool {
    let question = format!("This writes into the current folder:\n  {}\nWrite? [y/N] ", named(paths, "\n  "));
    let mut answer = String::new();
    let asked = terminal.write_all(question.as_bytes()).and_then(|()| terminal.flush());
    let answered = asked.and_then(|()| input.read_line(&mut answer));
    answered.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

fn named(paths: &[&str], separator: &str) -> String {
    let mut names: Vec<String> = paths.iter().take(MOST_NAMED).map(|path| shown(path).into_owned()).collect();
    if paths.len() > MOST_NAMED {
        names.push(format!("and {} more", paths.len() - MOST_NAMED));
    }
    names.join(separator)
}

#[cfg(test)]
mod tests {
    use super::agrees;

    #[test]
    fn only_yes_is_yes() {
        for (answer, expected) in
            [("y\n", true), (" YES\n", true), ("\n", false), ("", false), ("no\n", false)]
        {
            let mut terminal = Vec::new();
            assert_eq!(agrees(&["a", "b/c"], &mut answer.as_bytes(), &mut terminal), expected, "{answer:?}");
            let question = String::from_utf8(terminal).unwrap();
            assert!(question.contains("\n  a\n  b/c\n"), "{question}");
        }
    }
}
