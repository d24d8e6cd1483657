//! Secrets that are known by how they look: private keys, tokens of well-known services,
//! credentials in addresses, and the hosts of private indexes.

use super::{MASK, SecretKind, Span, words};

/// How the tokens of a service go on behind their prefix.
#[derive(Clone, Copy)]
enum Tail {
    /// Letters and digits.
    Plain,
    /// Also `-` and `_`.
    Dashed,
    /// Also `.`, `/`, `+` and `=`.
    Any,
}

/// Prefix, and how many characters of which kind follow at least: fewer make a name that begins
/// alike, such as `hf_transfer`.
const PREFIXES: [(&str, usize, Tail); 60] = [
    // GitHub, GitLab, Atlassian.
    ("ghp_", 16, Tail::Plain),
    ("gho_", 16, Tail::Plain),
    ("ghu_", 16, Tail::Plain),
    ("ghs_", 16, Tail::Plain),
    ("ghr_", 16, Tail::Plain),
    ("github_pat_", 16, Tail::Dashed),
    ("glpat-", 16, Tail::Dashed),
    ("gldt-", 16, Tail::Dashed),
    ("glrt-", 16, Tail::Dashed),
    ("glptt-", 16, Tail::Dashed),
    ("glcbt-", 16, Tail::Dashed),
    ("glft-", 16, Tail::Dashed),
    ("glsoat-", 16, Tail::Dashed),
    ("ATATT3x", 16, Tail::Any),
    ("ATBB", 24, Tail::Plain),
    // Packages and images.
    ("pypi-AgE", 12, Tail::Dashed),
    ("npm_", 16, Tail::Plain),
    ("dckr_pat_", 12, Tail::Dashed),
    ("dckr_oat_", 12, Tail::Dashed),
    ("rubygems_", 24, Tail::Plain),
    ("cio", 32, Tail::Plain),
    // Clouds.
    ("AKIA", 16, Tail::Plain),
    ("ASIA", 16, Tail::Plain),
    ("AIza", 30, Tail::Dashed),
    ("ya29.", 20, Tail::Dashed),
    ("GOCSPX-", 20, Tail::Dashed),
    ("AccountKey=", 20, Tail::Any),
    ("SharedAccessKey=", 20, Tail::Any),
    ("dop_v1_", 32, Tail::Plain),
    ("doo_v1_", 32, Tail::Plain),
    ("dor_v1_", 32, Tail::Plain),
    ("dapi", 32, Tail::Plain),
    ("LTAI", 16, Tail::Plain),
    ("HRKU-", 16, Tail::Dashed),
    ("hvs.", 20, Tail::Dashed),
    ("hvb.", 20, Tail::Dashed),
    ("pul-", 40, Tail::Plain),
    ("FlyV1 fm", 16, Tail::Any),
    // Models.
    ("hf_", 16, Tail::Plain),
    ("sk-", 32, Tail::Plain),
    ("sk-proj-", 20, Tail::Dashed),
    ("sk-svcacct-", 20, Tail::Dashed),
    ("sk-ant-", 20, Tail::Dashed),
    ("gsk_", 32, Tail::Plain),
    ("r8_", 32, Tail::Plain),
    // Messages, payments, monitoring.
    ("xoxb-", 10, Tail::Dashed),
    ("xoxp-", 10, Tail::Dashed),
    ("xoxa-", 10, Tail::Dashed),
    ("xoxr-", 10, Tail::Dashed),
    ("xoxs-", 10, Tail::Dashed),
    ("xapp-", 10, Tail::Dashed),
    ("hooks.slack.com/services/", 20, Tail::Any),
    ("discord.com/api/webhooks/", 20, Tail::Any),
    ("SG.", 32, Tail::Any),
    ("sk_live_", 16, Tail::Plain),
    ("rk_live_", 16, Tail::Plain),
    ("whsec_", 16, Tail::Plain),
    ("glsa_", 20, Tail::Dashed),
    ("NRAK-", 16, Tail::Plain),
    ("AGE-SECRET-KEY-1", 20, Tail::Plain),
];

/// Indexes that anyone may name, mirrors of PyPI among them.
const PUBLIC_HOSTS: [&str; 22] = [
    "pypi.org",
    "pypi.python.org",
    "test.pypi.org",
    "files.pythonhosted.org",
    "download.pytorch.org",
    "pypi.nvidia.com",
    "pypi.ngc.nvidia.com",
    "wheels.vllm.ai",
    "data.pyg.org",
    "github.com",
    "storage.googleapis.com",
    "pypi.anaconda.org",
    "www.piwheels.org",
    "pypi.tuna.tsinghua.edu.cn",
    "mirrors.tuna.tsinghua.edu.cn",
    "mirrors.aliyun.com",
    "pypi.mirrors.ustc.edu.cn",
    "mirrors.ustc.edu.cn",
    "pypi.douban.com",
    "mirrors.cloud.tencent.com",
    "repo.huaweicloud.com",
    "localhost",
];

/// Options and variables whose value is the address of an index.
const INDEX_NAMES: [&str; 19] = [
    "--index-url",
    "--extra-index-url",
    "--default-index",
    "--index",
    "--find-links",
    "--trusted-host",
    "-i",
    "-f",
    "index-url",
    "extra-index-url",
    "find-links",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_FIND_LINKS",
];

const BEGIN: &str = "-----BEGIN ";
const KEY: &str = "PRIVATE KEY";
const DASHES: &str = "-----";

/// The bodies of private keys: what stands between their first and their last line, or up to the end
/// of the text where the last line is missing.
pub(super) fn private_keys(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(begin) = text.get(at..).and_then(|rest| rest.find(BEGIN)) {
        let label_start = at + begin + BEGIN.len();
        at = label_start;
        let rest = text.get(label_start..).unwrap_or("");
        // `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
        let Some(label) = rest.find(DASHES).and_then(|end| rest.get(..end)) else { continue };
        if label.contains('\n') || !label.contains(KEY) {
            continue;
        }
        let start = label_start + label.len() + DASHES.len();
        let body = text.get(start..).unwrap_or("");
        let length = body.find("-----END ").unwrap_or(body.len());
        let body = body.get(..length).unwrap_or("");
        at = start + length;
        // A key inside a string has its ends of line written out: `\n`.
        let inner = body.trim().trim_matches(['"', '\'']);
        let bare = inner.strip_prefix("\\n").unwrap_or(inner);
        let bare = bare.strip_suffix("\\n").unwrap_or(bare);
        if !bare.is_empty() && bare != MASK && !bare.starts_with('$') {
            let from = body.find(bare).unwrap_or(0);
            let span =
                Span { kind: SecretKind::PrivateKey, start: start + from, end: start + from + bare.len() };
            spans.push(span);
        }
    }
    spans
}

/// Everything of one line that is known by how it looks.
pub(super) fn of_line(line: &str, add: &mut dyn FnMut(SecretKind, usize, usize)) {
    for (start, end) in user_infos(line) {
        add(SecretKind::Credentials, start, end);
    }
    for (start, end) in prefixed(line).chain(web_tokens(line)) {
        add(SecretKind::Token, start, end);
    }
    let mut named_index = false;
    for (start, word) in words(line) {
        let (name, value_start) = match word.find('=') {
            Some(equals) => (word.get(..equals).unwrap_or(""), equals + 1),
            None => (word, 0),
        };
        let named = word.contains('=') && INDEX_NAMES.contains(&name);
        // uv names an index in its option: `--index internal=https://...`.
        if (named_index || named)
            && let Some(value) = word.get(value_start..)
            && let Some((host_start, host)) = host(value)
            && !PUBLIC_HOSTS.contains(&host.to_ascii_lowercase().as_str())
            && !host.starts_with('$')
        {
            let from = start + value_start + host_start;
            add(SecretKind::PrivateIndex, from, from + host.len());
        }
        named_index = INDEX_NAMES.contains(&word) || (word == "=" && named_index);
    }
}

/// Words that begin as the tokens of a well-known service do.
fn prefixed(line: &str) -> impl Iterator<Item = (usize, usize)> {
    PREFIXES.iter().flat_map(move |&(prefix, least, tail)| {
        line.match_indices(prefix).filter_map(move |(at, _)| {
            let before = line.get(..at)?.chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
                return None;
            }
            let rest = line.get(at + prefix.len()..)?;
            let belongs = |c: char| {
                c.is_ascii_alphanumeric()
                    || match tail {
                        Tail::Plain => false,
                        Tail::Dashed => matches!(c, '-' | '_'),
                        Tail::Any => matches!(c, '-' | '_' | '.' | '/' | '+' | '='),
                    }
            };
            let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
            let is_random = rest.get(..length)?.chars().any(|c| c.is_ascii_digit());
            (length >= least && is_random).then_some((at, at + prefix.len() + length))
        })
    })
}

/// JSON Web Tokens (RFC 7519): header, claims and signature in base64url, the first two of which
/// begin with `{"`.
fn web_tokens(line: &str) -> impl Iterator<Item = (usize, usize)> {
    line.match_indices("eyJ").filter_map(|(at, _)| {
        if line.get(..at)?.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let rest = line.get(at..)?;
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | '='))
            .unwrap_or(rest.len());
        let token = rest.get(..end)?;
        let mut parts = token.split('.');
        let is_token = parts.next()?.len() >= 16
            && parts.next()?.starts_with("eyJ")
            && parts.next().is_some_and(|signature| signature.len() >= 16);
        is_token.then_some((at, at + end))
    })
}

/// `user:password` of every `://user:password@`, unless it is only a variable.
fn user_infos(line: &str) -> impl Iterator<Item = (usize, usize)> {
    line.match_indices("://").filter_map(|(at, separator)| {
        let start = at + separator.len();
        let authority = line.get(start..)?;
        let end = authority.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c));
        let authority = authority.get(..end.unwrap_or(authority.len()))?;
        let user_info = authority.get(..authority.rfind('@')?)?;
        let password = user_info.split_once(':').map_or(user_info, |(_, password)| password);
        let is_variable = password.is_empty() || password.starts_with('$') || password == MASK;
        (!is_variable && user_info != "git").then_some((start, start + user_info.len()))
    })
}

/// The host of an address, and where it begins.
fn host(address: &str) -> Option<(usize, &str)> {
    let start = address.find("://")? + "://".len();
    let authority = address.get(start..)?;
    let authority = authority.get(..authority.find(['/', '?', '#']).unwrap_or(authority.len()))?;
    let user = authority.rfind('@').map_or(0, |at| at + 1);
    let host = authority.get(user..)?;
    let host = host.get(..host.find(':').unwrap_or(host.len()))?;
    (!host.is_empty()).then_some((start + user, host))
}
