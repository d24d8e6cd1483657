//! `link`: what the build can see, as the address of a playground.

use std::process::ExitCode;

use super::{Failure, arguments::LinkArguments, catalogue, context, say};
use crate::{
    link::{Fragment, MAX_CHARACTERS, MAX_INFLATED, PathRefusal, Playground, masked, path_refusal, secrets},
    text::shown,
};

/// Prints the link of a build, and on stderr what it packs. What looks like a secret stops it unless
/// the person says what to do with it.
pub(super) fn make(arguments: &LinkArguments, output: &mut String) -> Result<ExitCode, Failure> {
    let input = &arguments.input;
    let context = context::read(input)?;
    let index = catalogue::index(input)?;
    for note in &context.notes {
        say(note);
    }
    let mut playground = Playground {
        target: context.settings,
        overlay: index.overlay.source.text.clone(),
        c: index.catalogue.date.clone(),
        ..Playground::from_sources(&context.sources)
    };
    keep_portable(&mut playground);

    let packed: Vec<&str> = playground.files.iter().map(|(path, _)| path.as_str()).collect();
    say(&format!("the link holds {}", packed.join(", ")));
    let found = secrets(&playground);
    let told = if arguments.mask { "masked" } else { "in the link" };
    for secret in &found {
        let (file, line) = (shown(&secret.file), secret.line);
        say(&format!("{file} line {line} looks like {}, {told}", secret.kind));
    }
    if !found.is_empty() && !arguments.mask && !arguments.with_secrets {
        say("no link was made: --mask replaces them in the link, --with-secrets keeps them");
        return Ok(ExitCode::from(1));
    }
    if arguments.mask {
        playground = masked(&playground);
    }
    let fragment = Fragment { state: Some(playground), ..Fragment::default() };
    let text = fragment.to_string();
    match Fragment::parse(&text) {
        Ok(_) => {}
        Err(_) if text.len() > MAX_CHARACTERS => {
            return Err(Failure(format!(
                "the link would have {} characters, and {MAX_CHARACTERS} can be opened; leave files out by .dockerignore",
                text.len()
            )));
        }
        Err(_) => {
            return Err(Failure(format!(
                "the files have more than {} KiB, which no link holds; leave some out by .dockerignore",
                MAX_INFLATED / 1024
            )));
        }
    }
    output.push_str(&format!("{}#{text}\n", arguments.address));
    Ok(ExitCode::SUCCESS)
}

/// Takes out the files that `open` would refuse; that they are there is kept. A file that was named and
/// lies elsewhere comes along under its own name.
fn keep_portable(playground: &mut Playground) {
    let target = &mut playground.target;
    let named = target.dockerfile.iter_mut().chain(&mut target.requirements).chain(&mut target.constraints);
    for path in named.filter(|path| path_refusal(path) == Some(PathRefusal::Outside)) {
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        let is_free = playground.files.iter().all(|(other, _)| *other != name);
        let file = playground.files.iter_mut().find(|(other, _)| other == path);
        if let (true, None, Some((other, _))) = (is_free, path_refusal(&name), file) {
            if let Some(encoding) = playground.encodings.remove(path.as_str()) {
                playground.encodings.insert(name.clone(), encoding);
            }
            other.clone_from(&name);
            *path = name;
        }
    }
    let (files, refused): (Vec<_>, Vec<_>) =
        playground.files.drain(..).partition(|(path, _)| path_refusal(path).is_none());
    playground.files = files;
    for (path, _) in refused {
        say(&format!("{} is not packed; the link says only that it is there", shown(&path)));
        playground.encodings.remove(&path);
        playground.there.push(path);
    }
}
