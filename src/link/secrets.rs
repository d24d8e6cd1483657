//! What of a playground may not be meant for others, and the playground without it.
//!
//! What counts as a secret is said once, in [`crate::text::secrets`].

use super::Playground;
pub use crate::text::secrets::SecretKind;
use crate::text::{TextRange, range, secrets as text_secrets};

/// Something in a playground that may not be meant for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it looks like, in words by its `Display`.
    pub kind: SecretKind,
    /// Path of the file, or what else holds it: `build argument TOKEN`, `stated facts`.
    pub file: String,
    /// Its bytes in that text.
    pub range: TextRange,
    /// The line it begins on, from 1.
    pub line: u32,
}

/// Where a fact stands that the person states.
const FACTS: &str = "stated facts";

/// Everything in the files, the build arguments and the stated facts that looks like a secret, by
/// file and place. Errs on the side of asking: the person decides.
#[must_use]
pub fn secrets(playground: &Playground) -> Vec<Secret> {
    let mut found = Vec::new();
    let texts = playground.files.iter().map(|(path, text)| (path.as_str(), text));
    for (path, text) in texts.chain([(FACTS, &playground.overlay)]) {
        found.extend(text_secrets::find(path, text).into_iter().map(|secret| Secret {
            kind: secret.kind,
            file: path.to_owned(),
            range: secret.range,
            line: secret.line,
        }));
    }
    for (name, value) in playground.target.args.iter().filter(|(name, value)| is_secret_arg(name, value)) {
        found.push(Secret {
            kind: SecretKind::Password,
            file: format!("build argument {name}"),
            range: range(0, value.len()),
            line: 1,
        });
    }
    found
}

/// The playground with every secret replaced by [`MASK`](text_secrets::MASK). Nothing else changes.
///
/// Whoever hands a playground on passes it through here unless the person has said that the secrets are
/// to go along: `let shared = if with_secrets { playground } else { masked(&playground) }`.
/// [`secrets`] says what that leaves out, so that it can be shown beside.
#[must_use]
pub fn masked(playground: &Playground) -> Playground {
    let mut result = playground.clone();
    for (path, text) in &mut result.files {
        *text = text_secrets::masked(path, text);
    }
    result.overlay = text_secrets::masked(FACTS, &result.overlay);
    for (name, value) in &playground.target.args {
        if is_secret_arg(name, value) {
            result.target.args.insert(name.clone(), text_secrets::MASK.to_owned());
        }
    }
    result
}

/// A build argument is an assignment, and is searched as one.
fn is_secret_arg(name: &str, value: &str) -> bool {
    !text_secrets::find("", &format!("{name}='{value}'")).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What there is beside files is masked as well.
    #[test]
    fn build_arguments_and_facts_are_searched() {
        let mut playground = Playground {
            files: vec![("Dockerfile".into(), "ARG API_TOKEN=abc\n".into())],
            overlay: "# from https://me:pw@wheels.example\n".into(),
            ..Playground::default()
        };
        playground.target.args.insert("DB_PASSWORD".into(), "abc".into());
        playground.target.args.insert("VERSION".into(), "1".into());
        let files: Vec<String> = secrets(&playground).into_iter().map(|secret| secret.file).collect();
        assert_eq!(files, ["Dockerfile", "stated facts", "build argument DB_PASSWORD"]);
        let masked = masked(&playground);
        assert_eq!(secrets(&masked), []);
        assert_eq!(masked.files[0].1, "ARG API_TOKEN=MASKED\n");
        assert_eq!(masked.overlay, "# from https://MASKED@wheels.example\n");
        assert_eq!(masked.target.args.get("DB_PASSWORD").map(String::as_str), Some("MASKED"));
        assert_eq!(masked.target.args.get("VERSION").map(String::as_str), Some("1"));
    }
}
