//! `cargo xtask serve`, and the static server that the journeys use.

use std::{
    fs::File,
    io::ErrorKind,
    path::{Component, Path, PathBuf},
    sync::Arc,
    thread,
};

use anyhow::{Context, Result, anyhow, bail};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::{build, process::say, project::dist};

/// The ports that are tried, in this order, where none is asked for.
const PORTS: std::ops::Range<u16> = 8080..8100;

/// Builds the page and serves it until it is stopped.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let port = match arguments {
        [] => None,
        [flag, port] if flag == "--port" => {
            Some(port.parse().with_context(|| format!("not a port: {port}"))?)
        }
        _ => bail!("usage: cargo xtask serve [--port N]"),
    };
    build::site()?;
    let site = Site::start(&dist(), "/", port, Hosting::Development)?;
    say(format!("Wheelstage is at {} (Ctrl-C stops it)", site.address()));
    site.wait();
    Ok(())
}

/// A folder that is being served on this machine, to this machine.
pub(crate) struct Site {
    server: Arc<Server>,
    prefix: String,
    answering: thread::JoinHandle<()>,
}

/// The headers of a site's files that depend on who serves them.
#[derive(Clone, Copy)]
pub(crate) enum Hosting {
    /// For development: always asked for again, so that what was is never shown.
    Development,
    /// As a host on the net does it: the folder's files are compressed with brotli, and those with
    /// a hash in their name are kept.
    Public,
}

impl Site {
    /// Serves `folder` under the path `prefix`, which starts and ends with a slash; at `port`, or
    /// at the first that is free.
    pub(crate) fn start(folder: &Path, prefix: &str, port: Option<u16>, hosting: Hosting) -> Result<Self> {
        let server = Arc::new(match port {
            Some(port) => listen(port)?,
            None => PORTS.map(listen).find_map(Result::ok).map_or_else(|| listen(0), Ok)?,
        });
        let answering = {
            let (server, folder, prefix) = (Arc::clone(&server), folder.to_path_buf(), prefix.to_owned());
            thread::spawn(move || {
                for request in server.incoming_requests() {
                    let (folder, prefix) = (folder.clone(), prefix.clone());
                    // A thread each: a browser leaves a large file half read until it has others, and
                    // with a fixed number of threads those could wait for it for ever. One that has
                    // gone away is no failure of ours.
                    thread::spawn(move || drop(answer(request, &folder, &prefix, hosting)));
                }
            })
        };
        Ok(Self { server, prefix: prefix.to_owned(), answering })
    }

    /// Where the site's first page is.
    pub(crate) fn address(&self) -> String {
        format!("http://{}{}", self.server.server_addr(), self.prefix)
    }

    fn wait(self) {
        drop(self.answering.join());
    }
}

fn listen(port: u16) -> Result<Server> {
    Server::http(("127.0.0.1", port)).map_err(|error| anyhow!("cannot listen at port {port}: {error}"))
}

fn answer(request: Request, folder: &Path, prefix: &str, hosting: Hosting) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::empty(405));
    }
    let Some(path) = file_of(request.url(), folder, prefix) else {
        return request.respond(Response::empty(404));
    };
    match File::open(&path).and_then(|file| file.metadata().map(|metadata| (file, metadata.is_file()))) {
        Ok((file, true)) => {
            let mut response = Response::from_file(file)
                .with_header(header("Content-Type", kind(&path)))
                .with_header(header("X-Content-Type-Options", "nosniff"));
            let kept = match hosting {
                Hosting::Development => false,
                Hosting::Public => {
                    response.add_header(header("Content-Encoding", "br"));
                    is_hashed(&path)
                }
            };
            let caching = if kept { "public, max-age=31536000, immutable" } else { "no-cache" };
            response.add_header(header("Cache-Control", caching));
            request.respond(response)
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => request.respond(Response::empty(403)),
        _ => request.respond(Response::empty(404)),
    }
}

/// The file that an address names; none where it leads out of the folder.
fn file_of(url: &str, folder: &Path, prefix: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix(prefix)?;
    let path =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let inside = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| folder.join(path))
}

/// A file's media type. Wasm only compiles while it streams where its own is named.
fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether the build has put a hash into a file's name.
fn is_hashed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split(['-', '.', '_'])
        .any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn header(name: &'static str, value: &'static str) -> Header {
    Header::from_bytes(name, value).expect("a header of plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        let expected = expected.map(|path| Path::new("dist").join(path));
        assert_eq!(file_of(url, Path::new("dist"), "/sub/"), expected, "{url}");
    }

    #[test]
    fn hashed_names_are_told_from_others() {
        assert!(is_hashed(Path::new("dist/wheelstage-4de53a9d8f675988_bg.wasm")));
        assert!(is_hashed(Path::new("dist/d1872a49d335a02b-initializer.mjs")));
        assert!(!is_hashed(Path::new("dist/worker.js")));
        assert!(!is_hashed(Path::new("dist/catalogue/bundles/report.json")));
    }

    #[test]
    fn addresses_name_files_of_the_folder() {
        check("/sub/", Some("index.html"));
        check("/sub/?a=b", Some("index.html"));
        check("/sub/examples/report/", Some("examples/report/index.html"));
        check("/sub/app.wasm", Some("app.wasm"));
        check("/app.wasm", None);
        check("/sub/../Cargo.toml", None);
        check("/sub//etc/passwd", None);
    }
}
