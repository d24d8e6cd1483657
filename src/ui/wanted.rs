//! Files that the Dockerfile copies and that are not there yet.

use crate::{
    syntax::dockerfile::{self, InstructionKind},
    text::Sources,
};

/// Endings of files that say something about packages.
const ENDINGS: [&str; 5] = [".txt", ".in", ".toml", ".cfg", ".lock"];

/// Paths that `COPY` and `ADD` name from the build context, of files worth adding.
#[must_use]
pub(super) fn wanted(sources: &Sources, dockerfile: &str) -> Vec<String> {
    let mut wanted: Vec<String> = Vec::new();
    for instruction in dockerfile::parse(dockerfile).tree.instructions {
        let sources_of = match &instruction.kind {
            InstructionKind::Copy { sources, .. } | InstructionKind::Add { sources, .. } => sources,
            _ => continue,
        };
        if instruction.flags.iter().any(|flag| flag.name == "from") {
            continue;
        }
        for word in sources_of {
            let path = word.text.as_str().trim_start_matches("./");
            let plain =
                !path.contains(['*', '?', '[', '$']) && ENDINGS.iter().any(|ending| path.ends_with(ending));
            if plain && sources.find(path).is_none() && !wanted.iter().any(|known| known == path) {
                wanted.push(path.to_owned());
            }
        }
    }
    if sources.find("constraints.txt").is_none() && !wanted.iter().any(|known| known == "constraints.txt") {
        wanted.push("constraints.txt".to_owned());
    }
    wanted
}
