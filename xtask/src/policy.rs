//! The content security policy of the built page.
//!
//! Trunk starts the page with an inline module script, which `script-src 'self'` forbids. A nonce in
//! a static file is known to everyone, so the script is allowed by its hash, once it is written.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::project::{read_text, write};

/// The source that the hashes are written after.
const ANCHOR: &str = "'wasm-unsafe-eval'";

/// Rewrites the `index.html` of a built site.
pub(crate) fn site(folder: &Path) -> Result<()> {
    let path = folder.join("index.html");
    let page = allow_inline_scripts(&read_text(&path)?)?;
    write(&path, page)
}

/// The page with the hash of each of its inline scripts in its policy.
fn allow_inline_scripts(page: &str) -> Result<String> {
    let scripts = inline_scripts(page);
    // `trunk serve` fills in its reload script as it serves it, so that no hash fits. Built pages
    // never have one.
    let sources = if scripts.iter().any(|script| script.contains("{{__TRUNK_")) {
        "'unsafe-inline'".to_owned()
    } else {
        let hash = |script: &&str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script)));
        scripts.iter().map(hash).collect::<Vec<_>>().join(" ")
    };
    let (before, after) = page
        .split_once(ANCHOR)
        .with_context(|| format!("index.html has no content security policy with {ANCHOR}"))?;
    if after.trim_start().starts_with("'sha256-") {
        bail!("the policy of index.html names a hash of its own: only the build knows them");
    }
    Ok(format!("{before}{ANCHOR} {sources}{after}"))
}

/// The text of each `<script>` without a `src`.
fn inline_scripts(page: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("<script") {
        rest = &rest[start..];
        let Some((tag, after)) = rest.split_once('>') else { break };
        let Some((text, after)) = after.split_once("</script>") else { break };
        if !tag.contains(" src=") {
            scripts.push(text);
        }
        rest = after;
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "<meta content=\"script-src 'self' 'wasm-unsafe-eval'; style-src 'self'\">";

    #[test]
    fn allows_inline_scripts_and_no_others() {
        let page = format!("{POLICY}<script src=\"a.js\"></script><script type=\"module\">go()</script>");
        let hash = BASE64_STANDARD.encode(Sha256::digest("go()"));
        let built = allow_inline_scripts(&page).unwrap();
        assert!(built.contains(&format!("'wasm-unsafe-eval' 'sha256-{hash}';")), "{built}");
        assert_eq!(built.matches("sha256-").count(), 1);
    }

    #[test]
    fn refuses_a_page_without_a_policy() {
        assert!(allow_inline_scripts("<script>go()</script>").is_err());
    }

    #[test]
    fn refuses_a_page_that_was_already_rewritten() {
        let page = format!("{POLICY}<script>go()</script>");
        assert!(allow_inline_scripts(&allow_inline_scripts(&page).unwrap()).is_err());
    }
}
