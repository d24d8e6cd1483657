//! Paths and URLs as pip's Python takes them apart: `posixpath`, `urllib.parse` and
//! `pip._internal.models.link`.

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

/// Whether a requirements file's name is fetched and not opened: `SCHEME_RE` of `req_file`.
pub(super) fn is_fetched(name: &str) -> bool {
    ["http:", "https:", "file:"]
        .iter()
        .any(|scheme| name.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// A URL's path, percent signs decoded.
pub(super) fn url_path(url: &str) -> String {
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
