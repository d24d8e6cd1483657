//! Paths and URLs as pip's Python takes them apart: `posixpath`, `urllib.parse` and
//! `pip._internal.models.link`.

// core's: std's module of that name opens connections too.
use core::net::Ipv6Addr;
use std::fmt::Write as _;

use crate::{
    pep440::{Version, parse_version},
    pep508::ProjectName,
};

/// `os.path.normpath(os.path.join(folder, path))` on an absolute folder.
#[must_use]
pub(super) fn absolute(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let before = if path.starts_with('/') { "" } else { folder };
    for part in before.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// `os.path.dirname`.
pub(super) fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => path.get(..at).unwrap_or_default(),
        None => "",
    }
}

/// A URL's scheme in lower case, as `urllib.parse.urlsplit` finds it; `None` where there is none.
pub(super) fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.trim_start_matches(|c: char| c <= ' ').split_once(':')?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(allowed))
        .then(|| scheme.to_ascii_lowercase())
}

/// Version control schemes: `pip._internal.vcs`'s `all_schemes`.
const VCS_SCHEMES: [&str; 22] = [
    "bzr+http",
    "bzr+https",
    "bzr+ssh",
    "bzr+sftp",
    "bzr+ftp",
    "bzr+lp",
    "bzr+file",
    "git+http",
    "git+https",
    "git+ssh",
    "git+git",
    "git+file",
    "hg+file",
    "hg+http",
    "hg+https",
    "hg+ssh",
    "hg+static-http",
    "svn+ssh",
    "svn+http",
    "svn+https",
    "svn+svn",
    "svn+file",
];

/// Names of the version control systems: a URL may leave out `git+` in front of `git:`.
pub(super) const VCS_NAMES: [&str; 4] = ["bzr", "git", "hg", "svn"];

/// Whether pip takes the text for a URL: `pip._internal.vcs.is_url`.
pub(super) fn is_url(text: &str) -> bool {
    scheme(text).is_some_and(|scheme| {
        matches!(scheme.as_str(), "http" | "https" | "file" | "ftp") || is_vcs_scheme(&scheme)
    })
}

pub(super) fn is_vcs_scheme(scheme: &str) -> bool {
    VCS_SCHEMES.contains(&scheme)
}

/// Whether a requirements file's name is fetched and not opened: `SCHEME_RE` of `req_file`.
pub(super) fn is_fetched(name: &str) -> bool {
    ["http:", "https:", "file:"]
        .iter()
        .any(|scheme| name.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// A URL's path, percent signs decoded.
pub(super) fn url_path(url: &str) -> String {
    // `urlsplit` takes tabs and line breaks out.
    let url = url.replace(['\t', '\r', '\n'], "");
    let url = url.as_str();
    let rest = match scheme(url) {
        Some(scheme) => {
            url.trim_start_matches(|c: char| c <= ' ').get(scheme.len() + 1..).unwrap_or_default()
        }
        None => url,
    };
    let rest = match rest.strip_prefix("//") {
        Some(rest) => rest.find(['/', '?', '#']).and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => rest,
    };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    unquote(rest.get(..end).unwrap_or(rest))
}

/// Whether a host has brackets that do not enclose an IPv6 address, and it alone: `urlsplit` then
/// fails.
pub(super) fn has_broken_host(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !host.contains(['[', ']']) {
        return false;
    }
    let host = host.rsplit('@').next().unwrap_or_default();
    let Some((address, port)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) else {
        return true;
    };
    let is_address = match address.strip_prefix('v') {
        // "IPvFuture": a hexadecimal number, a point and anything.
        Some(future) => future.split_once('.').is_some_and(|(number, rest)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit()) && !rest.is_empty()
        }),
        // Python's `ipaddress` takes a zone behind `%`.
        None => {
            let (address, zone) = address.split_once('%').unwrap_or((address, "zone"));
            address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() && !zone.contains('%')
        }
    };
    !is_address || !(port.is_empty() || port.starts_with(':'))
}

/// The last part of a path, its slashes at the end not counted.
pub(super) fn file_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The value of `#egg=` or `&egg=`.
pub(super) fn egg_fragment(url: &str) -> Option<&str> {
    let at = [url.find("#egg="), url.find("&egg=")].into_iter().flatten().min()?;
    url.get(at + "#egg=".len()..)?.split('&').next()
}

/// Whether the name ends like an archive: `pip._internal.utils.filetypes.ARCHIVE_EXTENSIONS`.
pub(super) fn is_archive(name: &str) -> bool {
    const ENDINGS: [&str; 10] =
        [".zip", ".whl", ".tbz", ".tgz", ".tar", ".txz", ".tlz", ".tar.bz2", ".tar.gz", ".tar.xz"];
    const MORE_ENDINGS: [&str; 2] = [".tar.lz", ".tar.lzma"];
    let name = file_name(name).to_ascii_lowercase();
    ENDINGS.iter().chain(&MORE_ENDINGS).any(|ending| {
        // As `splitext` has it, a name is not all ending: `.zip` is a hidden file.
        name.strip_suffix(ending).is_some_and(|base| !base.trim_start_matches('.').is_empty())
    })
}

/// `file:` URL of an absolute path: `pip._internal.utils.urls.path_to_url`.
pub(super) fn path_to_url(path: &str) -> String {
    let mut url = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// The path of a `file:` URL; `None` where it names another host.
pub(super) fn file_url_path(url: &str) -> Option<String> {
    let rest = url.get("file:".len()..)?;
    if let Some(rest) = rest.strip_prefix("//") {
        let host = rest.find(['/', '?', '#']).and_then(|at| rest.get(..at)).unwrap_or(rest);
        if !host.is_empty() && host != "localhost" {
            return None;
        }
    }
    Some(url_path(url))
}

/// A reference relative to a URL: `urllib.parse.urljoin`, for references that are paths or URLs.
pub(super) fn join_url(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    let Some((base_scheme, rest)) = base.split_once(':') else { return reference.to_owned() };
    if scheme(reference).is_some() {
        return reference.to_owned();
    }
    if reference.starts_with("//") {
        return format!("{base_scheme}:{reference}");
    }
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            (format!("//{host}"), path)
        }
        None => (String::new(), rest),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = absolute(folder_of(path), reference);
    format!("{base_scheme}:{host}{path}")
}

fn unquote(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits
            .filter(|digits| byte == b'%' && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The project and the version of a wheel's file name: `packaging.utils.parse_wheel_filename`.
/// `None` where the name is not one of a wheel.
pub(super) fn wheel_name(file: &str) -> Option<(ProjectName, Version)> {
    let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
    let (name, version, build, tags) = match parts.as_slice() {
        [name, version, python, abi, platform] => (name, version, None, [python, abi, platform]),
        [name, version, build, python, abi, platform] => {
            (name, version, Some(build), [python, abi, platform])
        }
        _ => return None,
    };
    // "Raises InvalidWheelFilename when an interpreter component is not an identifier."
    let is_identifier = |part: &str| {
        !part.starts_with(|c: char| c.is_numeric()) && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let numbered = build.is_none_or(|build| build.starts_with(|c: char| c.is_ascii_digit()));
    let tagged = tags.iter().all(|tag| tag.split('.').all(|part| !part.is_empty()));
    if !numbered || !tagged || !tags[0].split('.').all(is_identifier) || name.contains("__") {
        return None;
    }
    Some((ProjectName::new(name)?, parse_version(version)?))
}
