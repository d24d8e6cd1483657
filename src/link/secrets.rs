use super::Playground;
use crate::{
    order,
    text::{TextRange, range},
};

/// What a secret looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// `https://user:password@host`.
    Credentials,
    /// The value of a variable whose name says so, or a word that begins as tokens do.
    Token,
    /// The address of an index that is not a public one.
    PrivateIndex,
}

/// Something in a playground's files that may not be meant for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it looks like.
    pub kind: SecretKind,
    /// Path of the file.
    pub file: String,
    /// Its bytes.
    pub range: TextRange,
    /// Line from 1.
    pub line: u32,
}

/// What stands in a masked text in place of a secret.
const MASK: &str = "MASKED";

/// Indexes anyone may name.
const PUBLIC_HOSTS: [&str; 8] = [
    "pypi.org",
    "test.pypi.org",
    "files.pythonhosted.org",
    "download.pytorch.org",
    "pypi.nvidia.com",
    "wheels.vllm.ai",
    "data.pyg.org",
    "github.com",
];

/// Options and variables whose value is the address of an index.
const INDEX_NAMES: [&str; 11] = [
    "--index-url",
    "--extra-index-url",
    "--default-index",
    "--index",
    "-i",
    "index-url",
    "extra-index-url",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
];

/// Words in the names of variables whose values are secrets: `HF_TOKEN`, but not `tokenizers`.
const SECRET_WORDS: [&str; 8] =
    ["TOKEN", "PASSWORD", "PASSWD", "SECRET", "APIKEY", "KEY", "CREDENTIAL", "CREDENTIALS"];

/// How tokens of well-known services begin.
const TOKEN_PREFIXES: [&str; 11] =
    ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "pypi-AgEI", "AKIA", "xoxb-", "xoxp-", "hf_", "npm_"];

/// The shortest tail that makes a prefixed word a token and not a name that begins alike.
const TOKEN_TAIL: usize = 12;

/// Everything in the files that looks like a secret, by file and place. Errs on the side of
/// asking: the person decides.
#[must_use]
pub fn secrets(playground: &Playground) -> Vec<Secret> {
    let mut found = Vec::new();
    for (path, text) in &playground.files {
        let mut line_start = 0;
        for (number, line) in text.split('\n').enumerate() {
            for (kind, start, end) in of_line(line) {
                found.push(Secret {
                    kind,
                    file: path.clone(),
                    range: range(line_start + start, line_start + end),
                    line: u32::try_from(number + 1).unwrap_or(u32::MAX),
                });
            }
            line_start += line.len() + 1;
        }
    }
    found
}

/// The playground with every secret replaced. Nothing else changes.
#[must_use]
pub fn masked(playground: &Playground) -> Playground {
    let found = secrets(playground);
    let mut result = playground.clone();
    for (path, text) in &mut result.files {
        // From the end, so that earlier ranges stay right.
        for secret in found.iter().filter(|secret| secret.file == *path).rev() {
            let bytes = usize::from(secret.range.start())..usize::from(secret.range.end());
            if text.get(bytes.clone()).is_some() {
                text.replace_range(bytes, MASK);
            }
        }
    }
    result
}

/// Secrets of one line, ascending and disjoint.
fn of_line(line: &str) -> Vec<(SecretKind, usize, usize)> {
    let mut found: Vec<(SecretKind, usize, usize)> = Vec::new();
    let mut add = |kind, start: usize, end: usize| {
        let masked = line.get(start..end) == Some(MASK);
        if start < end && !masked && found.iter().all(|&(_, from, to)| end <= from || to <= start) {
            found.push((kind, start, end));
        }
    };
    for (start, end) in user_infos(line) {
        add(SecretKind::Credentials, start, end);
    }
    let mut named_index = false;
    for (start, word) in words(line) {
        let (name, value_start) = match word.find('=') {
            Some(equals) => (&word[..equals], start + equals + 1),
            None => (word, start),
        };
        let value = line.get(value_start..start + word.len()).unwrap_or("");
        if word.contains('=') && is_secret_name(name) && !value.is_empty() && !value.starts_with('$') {
            add(SecretKind::Token, value_start, start + word.len());
        }
        for prefix in TOKEN_PREFIXES {
            if let Some(at) = word.find(prefix) {
                let tail = word[at + prefix.len()..]
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
                    .unwrap_or(word.len() - at - prefix.len());
                if tail >= TOKEN_TAIL {
                    add(SecretKind::Token, start + at, start + at + prefix.len() + tail);
                }
            }
        }
        if (named_index || (word.contains('=') && INDEX_NAMES.contains(&name)))
            && let Some((host_start, host)) = host(value)
            && !PUBLIC_HOSTS.contains(&host.to_ascii_lowercase().as_str())
            && !host.starts_with('$')
        {
            add(SecretKind::PrivateIndex, value_start + host_start, value_start + host_start + host.len());
        }
        named_index = INDEX_NAMES.contains(&word) || (word == "=" && named_index);
    }
    order::sort_by_key(&mut found, |&(_, start, _)| start);
    found
}

/// Words between blanks and quotes, with their places.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.split(|c: char| c.is_whitespace() || c == '"' || c == '\'').filter(|word| !word.is_empty()).map(
        |word| {
            // The word is a part of the line, so its place is the distance of their beginnings.
            (word.as_ptr().addr() - line.as_ptr().addr(), word)
        },
    )
}

/// `user:password` of every `://user:password@`, unless it is only a variable.
fn user_infos(line: &str) -> impl Iterator<Item = (usize, usize)> {
    line.match_indices("://").filter_map(|(at, separator)| {
        let start = at + separator.len();
        let authority = &line[start..];
        let end =
            authority.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c)).unwrap_or(authority.len());
        let user_info = &authority[..authority[..end].rfind('@')?];
        let password = user_info.split_once(':').map_or(user_info, |(_, password)| password);
        (!password.is_empty() && !password.starts_with('$') && user_info != "git")
            .then_some((start, start + user_info.len()))
    })
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.split('_').any(|word| SECRET_WORDS.contains(&word))
}

/// The host of an address, and where it begins.
fn host(address: &str) -> Option<(usize, &str)> {
    let start = address.find("://")? + "://".len();
    let authority = &address[start..];
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    let user = authority.rfind('@').map_or(0, |at| at + 1);
    let host = &authority[user..];
    let host = &host[..host.find(':').unwrap_or(host.len())];
    (!host.is_empty()).then_some((start + user, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, masked_text: &str) {
        let playground = Playground { files: vec![("f".into(), text.into())], ..Playground::default() };
        assert_eq!(masked(&playground).files[0].1, masked_text);
    }

    #[test]
    fn secrets_are_masked_and_nothing_else() {
        check(
            "pip install -i https://me:pw@pypi.org/simple x\r\n",
            "pip install -i https://MASKED@pypi.org/simple x\r\n",
        );
        check("ENV API_TOKEN=abc OTHER=1", "ENV API_TOKEN=MASKED OTHER=1");
        check("ARG GH=\"ghp_0123456789abcdef\"", "ARG GH=\"MASKED\"");
        check(
            "--extra-index-url https://wheels.corp.example/simple",
            "--extra-index-url https://MASKED/simple",
        );
        check("ENV PIP_INDEX_URL=https://wheels.corp.example", "ENV PIP_INDEX_URL=https://MASKED");
    }

    #[test]
    fn what_is_public_or_only_a_name_stays() {
        for text in [
            "--index-url https://download.pytorch.org/whl/cu124",
            "ARG API_TOKEN",
            "ENV TOKEN=$TOKEN",
            "pip install git+https://${USER}:${TOKEN}@github.com/a/b",
            "git+ssh://git@github.com/a/b",
            "hf_transfer",
            "tokenizers==0.15",
        ] {
            check(text, text);
        }
    }
}
