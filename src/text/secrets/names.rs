//! Which names say that their value is a secret, and which values are none.

use super::MASK;

/// Words that make a name one of a secret: `HF_TOKEN`, but not `tokenizers`.
const WORDS: [&str; 8] =
    ["TOKEN", "PASS", "PASSWD", "KEY", "CREDENTIAL", "CREDENTIALS", "AUTHORIZATION", "AUTH"];

/// How a word of such a name may end: `dbpassword`, `secretkey`.
const ENDINGS: [&str; 10] = [
    "PASSWORD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "ACCESSKEY",
    "SECRETKEY",
    "ACCOUNTKEY",
    "PRIVATEKEY",
    "STORAGEKEY",
];

/// Words that say that a name is of something else: `TOKEN_URL`, `PASSWORD_FILE`, `GPG_KEY`.
const NOT_SECRET: [&str; 30] = [
    "PUBLIC",
    "GPG",
    "PGP",
    "RECV",
    "CACHE",
    "PRIMARY",
    "FOREIGN",
    "FILE",
    "PATH",
    "DIR",
    "URL",
    "URI",
    "ENDPOINT",
    "NAME",
    "HOST",
    "LENGTH",
    "SIZE",
    "TTL",
    "LIMIT",
    "COUNT",
    "MAX",
    "MIN",
    "ENABLED",
    "TYPE",
    "METHOD",
    "ALGORITHM",
    "FORMAT",
    "VERSION",
    "EXPIRY",
    "STDIN",
];

/// Values that say that there is none.
const NO_VALUES: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "none", "required"];

/// Folders at the root of an image: a value that begins with one is a path.
const FOLDERS: [&str; 13] = [
    "/run/", "/etc/", "/root/", "/home/", "/usr/", "/opt/", "/app/", "/tmp/", "/var/", "/code/", "/src/",
    "/mnt/", "/data/",
];

/// Endings of files that hold a key or a token, and are not one.
const FILES: [&str; 8] = [".pem", ".key", ".crt", ".txt", ".json", ".asc", ".gpg", ".pub"];

/// See [`super::is_secret_name`].
pub(super) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let says =
        |word: &String| WORDS.contains(&word.as_str()) || ENDINGS.iter().any(|ending| word.ends_with(ending));
    let is_pwd = words.len() > 1 && words.last().is_some_and(|word| word == "PWD");
    (is_pwd || words.iter().any(says)) && !words.iter().any(|word| NOT_SECRET.contains(&word.as_str()))
}

/// The words of a name in capitals: `clientSecret` and `client-secret` are `CLIENT`, `SECRET`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (was_small && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        was_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_uppercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A value that begins with this is put in later: `$TOKEN`, `{{ token }}`, `<token>`, `@TOKEN@`.
pub(super) fn is_reference(value: &str) -> bool {
    let is_variable = value.starts_with('$') && !value.starts_with("${");
    is_variable || ["{{", "<", "%(", "`", "@"].iter().any(|start| value.starts_with(start))
}

/// The part of a value that may be a secret, by its place in the value: all of it, the default in
/// `${TOKEN:-default}`, or `None` where it names a variable, a file or nothing.
pub(super) fn secret_part(value: &str) -> Option<(usize, usize)> {
    if let Some(inner) = value.strip_prefix("${") {
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let operator = inner.find([':', '-', '='])?;
        let default = inner.get(operator..)?.trim_start_matches([':', '-', '=']);
        let start = "${".len() + inner.len() - default.len();
        let (from, to) = secret_part(default)?;
        return Some((start + from, start + to));
    }
    let first = value.chars().next()?;
    let is_one_character = value.chars().all(|c| c == first);
    let lower = value.to_ascii_lowercase();
    let is_path = value.starts_with("./")
        || value.starts_with('~')
        || FOLDERS.iter().any(|folder| value.starts_with(folder))
        || FILES.iter().any(|ending| lower.ends_with(ending));
    let is_none = is_reference(value)
        || is_one_character
        || is_path
        || value == MASK
        || NO_VALUES.contains(&lower.as_str())
        || lower.starts_with("id=");
    (!is_none).then_some((0, value.len()))
}
