//! Look-ups, against an index on this machine that behaves as the public one does, and as broken ones
//! do.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tiny_http::{Header, Response, Server};

use crate::{Run, folder, run_with};

/// What an index answers at a path.
#[derive(Clone)]
enum Page {
    Json(Value),
    Html(String),
    /// Bytes, of which parts may be asked for.
    File(Vec<u8>),
    /// Bytes, whole only.
    Whole(Vec<u8>),
    /// This status, and then what is there.
    After(u16, Box<Page>),
    Status(u16),
    Redirect(String),
}

/// An index. Stops when it is dropped.
struct Index {
    server: Arc<Server>,
    asked: Arc<Mutex<Vec<String>>>,
    worker: Option<thread::JoinHandle<()>>,
}

impl Index {
    fn new(pages: impl IntoIterator<Item = (&'static str, Page)>) -> Self {
        let mut pages: BTreeMap<String, Page> =
            pages.into_iter().map(|(path, page)| (path.to_owned(), page)).collect();
        let server = Arc::new(Server::http("127.0.0.1:0").expect("a free port"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let worker = thread::spawn({
            let (server, asked) = (Arc::clone(&server), Arc::clone(&asked));
            move || {
                for request in server.incoming_requests() {
                    let header = |name: &'static str| {
                        let mut headers = request.headers().iter();
                        headers.find(|header| header.field.equiv(name)).map(|header| header.value.to_string())
                    };
                    let tags = header("If-None-Match").map_or("", |_| " again");
                    let user = header("Authorization").map_or(String::new(), |value| format!(" {value}"));
                    asked.lock().unwrap().push(format!("{}{tags}{user}", request.url()));
                    let path = request.url().to_owned();
                    let page = pages.get(&path).cloned().unwrap_or(Page::Status(404));
                    if let Page::After(_, next) = &page {
                        pages.insert(path, Page::clone(next));
                    }
                    let range = header("Range");
                    let is_known = header("If-None-Match").is_some();
                    drop(request.respond(response(page, range.as_deref(), is_known)));
                }
            }
        });
        Self { server, asked, worker: Some(worker) }
    }

    fn address(&self) -> String {
        format!("http://{}/simple", self.server.server_addr())
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(worker) = self.worker.take() {
            drop(worker.join());
        }
    }
}

fn response(page: Page, range: Option<&str>, is_known: bool) -> Response<Cursor<Vec<u8>>> {
    let header = |name: &str, value: &str| Header::from_bytes(name, value).expect("a header");
    let typed = |text: String, media_type: &str| {
        Response::from_data(text)
            .with_header(header("Content-Type", media_type))
            .with_header(header("ETag", "\"1\""))
    };
    match page {
        Page::Json(_) | Page::Html(_) if is_known => Response::from_data("").with_status_code(304),
        Page::Json(page) => typed(page.to_string(), "application/vnd.pypi.simple.v1+json"),
        Page::Html(page) => typed(page, "text/html; charset=utf-8"),
        Page::Whole(bytes) => Response::from_data(bytes),
        Page::File(bytes) => match range.and_then(|range| range.strip_prefix("bytes=")) {
            None => Response::from_data(bytes),
            Some(range) => {
                let (from, to) = range.split_once('-').expect("a range");
                let size = bytes.len();
                let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
                    (Ok(from), Ok(to)) => (from, (to + 1).min(size)),
                    (Err(_), Ok(last)) => (size.saturating_sub(last), size),
                    _ => (0, size),
                };
                Response::from_data(&bytes[from..to])
                    .with_status_code(206)
                    .with_header(header("Content-Range", &format!("bytes {from}-{}/{size}", to - 1)))
            }
        },
        Page::After(status, _) | Page::Status(status) => {
            Response::from_data("").with_status_code(status).with_header(header("Retry-After", "0"))
        }
        Page::Redirect(to) => {
            Response::from_data("").with_status_code(302).with_header(header("Location", &to))
        }
    }
}

fn metadata(lines: &str) -> Vec<u8> {
    format!("Metadata-Version: 2.1\nName: x\n{lines}\n").into_bytes()
}

/// A wheel with this METADATA, and enough beside it that its end does not hold all.
fn wheel(name: &str, lines: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file(format!("{name}.dist-info/METADATA"), stored).unwrap();
    writer.write_all(&metadata(lines)).unwrap();
    writer.start_file("large.bin", stored).unwrap();
    writer.write_all(&vec![7; 100_000]).unwrap();
    writer.finish().unwrap().into_inner()
}

fn page(files: &[(&str, Value)]) -> Page {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, more)| {
            let mut file = json!({ "filename": name, "url": format!("../../files/{name}"), "hashes": {} });
            file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            file
        })
        .collect();
    Page::Json(json!({ "meta": { "api-version": "1.1" }, "name": "x", "files": files }))
}

const APP: &str = "zz_app-2.0-py3-none-any.whl";
const LIB_1: &str = "zz_lib-1.5-py3-none-any.whl";
const LIB_2: &str = "zz_lib-2.0-py3-none-any.whl";

/// An application and its library, which the shipped catalogue does not have.
fn usual() -> Vec<(&'static str, Page)> {
    vec![
        ("/simple/zz-app/", page(&[(APP, json!({ "core-metadata": true }))])),
        (
            "/simple/zz-lib/",
            page(&[(LIB_1, json!({ "core-metadata": true })), (LIB_2, json!({ "core-metadata": true }))]),
        ),
        ("/files/zz_app-2.0-py3-none-any.whl.metadata", Page::Whole(metadata("Requires-Dist: zz-lib<2"))),
        ("/files/zz_lib-1.5-py3-none-any.whl.metadata", Page::Whole(metadata(""))),
        ("/files/zz_lib-2.0-py3-none-any.whl.metadata", Page::Whole(metadata(""))),
    ]
}

/// Usual, with other pages in place of some.
fn with(pages: &[(&'static str, Page)]) -> Index {
    let mut all: BTreeMap<&'static str, Page> = usual().into_iter().collect();
    all.extend(pages.iter().cloned());
    Index::new(all)
}

/// A folder with requirements, and one for the cache.
struct Place {
    here: TempDir,
    cache: TempDir,
}

impl Place {
    fn new(requirements: &str) -> Self {
        Self {
            here: folder(&[("requirements.txt", requirements.as_bytes())]),
            cache: tempfile::tempdir().expect("a folder"),
        }
    }

    fn check(&self, index: &str, more: &[&str]) -> Run {
        let cache = self.cache.path().to_str().expect("a path of text");
        let variables = [
            ("WHEELSTAGE_OFFLINE", ""),
            ("WHEELSTAGE_CACHE", cache),
            ("PIP_CONFIG_FILE", "/dev/null"),
            ("PIP_INDEX_URL", index),
            ("NO_PROXY", "127.0.0.1"),
        ];
        let usual = ["check", "--python", "3.11", "--pip", "26.3", "--format", "json"];
        run_with(self.here.path(), usual.iter().chain(more), &variables)
    }
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.output).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// The verdict, and what is installed of the library.
fn outcome(run: &Run) -> (String, Value) {
    let report = report(run);
    let environments = &report["stages"][0]["environments"];
    let packages = environments
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|environment| environment["packages"].get("zz-lib").cloned());
    (report["verdict"].as_str().unwrap_or_default().to_owned(), packages.unwrap_or(Value::Null))
}

fn fits(run: &Run) {
    assert_eq!(outcome(run), ("compatible".to_owned(), json!(["1.5"])), "{run:?}");
}

#[test]
fn what_the_catalogue_lacks_is_asked_for() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    let run = place.check(&index.address(), &[]);
    fits(&run);
    let look_ups = &report(&run)["look_ups"];
    assert_eq!(look_ups["indexes"], json!([index.address()]));
    assert_eq!(look_ups["projects"], json!(["zz-app", "zz-lib"]));
    assert_eq!(look_ups["failures"], json!([]));
    assert!(run.errors.contains("looked up 2 projects"), "{}", run.errors);
    // All is in the cache now, and pages are fresh.
    index.asked();
    fits(&place.check(&index.address(), &[]));
    assert_eq!(index.asked(), Vec::<String>::new());
    fits(&place.check(&index.address(), &["--refresh"]));
    assert_eq!(index.asked(), ["/simple/zz-app/ again", "/simple/zz-lib/ again"]);
}

/// However many ask for a project at the same time: a page that came twice once put the page alone in
/// the place of what was learnt of its releases.
#[test]
fn a_page_is_asked_for_once() {
    const APPS: [[&str; 4]; 4] = [
        ["zz-a", "/simple/zz-a/", "zz_a-1-py3-none-any.whl", "/files/zz_a-1-py3-none-any.whl.metadata"],
        ["zz-b", "/simple/zz-b/", "zz_b-1-py3-none-any.whl", "/files/zz_b-1-py3-none-any.whl.metadata"],
        ["zz-c", "/simple/zz-c/", "zz_c-1-py3-none-any.whl", "/files/zz_c-1-py3-none-any.whl.metadata"],
        ["zz-d", "/simple/zz-d/", "zz_d-1-py3-none-any.whl", "/files/zz_d-1-py3-none-any.whl.metadata"],
    ];
    let pages: Vec<(&'static str, Page)> = (2..).zip(APPS).fold(Vec::new(), |mut pages, (bound, app)| {
        let [_, simple, wheel, core] = app;
        pages.push((simple, page(&[(wheel, json!({ "core-metadata": true }))])));
        pages.push((core, Page::Whole(metadata(&format!("Requires-Dist: zz-lib<{bound}")))));
        pages
    });
    let index = with(&pages);
    let requirements: String = APPS.iter().map(|[name, ..]| format!("{name}\n")).collect();
    fits(&Place::new(&requirements).check(&index.address(), &[]));
    let asked = index.asked();
    assert_eq!(asked.iter().filter(|path| *path == "/simple/zz-lib/").count(), 1, "{asked:?}");
}

#[test]
fn offline_nothing_is_asked() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    let run = place.check(&index.address(), &["--offline"]);
    assert_eq!(outcome(&run).0, "unknown");
    assert_eq!(report(&run)["look_ups"], Value::Null);
    assert_eq!(index.asked(), Vec::<String>::new());
}

#[test]
fn a_conflict_and_its_fix_rest_on_what_was_looked_up() {
    let (index, place) = (with(&[]), Place::new("zz-app\nzz-lib==2.0\n"));
    let run = place.check(&index.address(), &[]);
    let report = report(&run);
    assert_eq!((run.code, &report["verdict"]), (Some(1), &json!("disjoint")), "{run:?}");
    let diff = report["fixes"][0]["diff"].as_str().unwrap_or_default();
    assert!(diff.contains("+zz-lib==1.5"), "{diff}");
}

#[test]
fn an_index_may_speak_html_and_serve_no_metadata() {
    let lines = "Requires-Dist: zz-lib<2";
    let html = Page::Html(format!("<html><body><a href='/files/{APP}#sha256=0'>{APP}</a></body></html>"));
    let index = with(&[
        ("/simple/zz-app/", html),
        ("/files/zz_app-2.0-py3-none-any.whl", Page::File(wheel("zz_app-2.0", lines))),
        ("/files/zz_app-2.0-py3-none-any.whl.metadata", Page::Status(404)),
    ]);
    fits(&Place::new("zz-app\n").check(&index.address(), &[]));
    // Nor parts of a file.
    let index = with(&[
        ("/files/zz_app-2.0-py3-none-any.whl", Page::Whole(wheel("zz_app-2.0", lines))),
        ("/files/zz_app-2.0-py3-none-any.whl.metadata", Page::Status(404)),
    ]);
    fits(&Place::new("zz-app\n").check(&index.address(), &[]));
}

#[test]
fn a_busy_index_is_asked_again() {
    let again = |path: &str, status: u16| {
        let usual: BTreeMap<_, _> = usual().into_iter().collect();
        Page::After(status, Box::new(usual[path].clone()))
    };
    let metadata = "/files/zz_app-2.0-py3-none-any.whl.metadata";
    let index = with(&[("/simple/zz-app/", again("/simple/zz-app/", 429)), (metadata, again(metadata, 503))]);
    fits(&Place::new("zz-app\n").check(&index.address(), &[]));
}

#[test]
fn what_is_wrong_with_an_answer_is_said_and_leaves_it_unknown() {
    let check = |pages: &[(&'static str, Page)], says: &str| {
        let index = with(pages);
        let run = Place::new("zz-app\n").check(&index.address(), &[]);
        let failures = report(&run)["look_ups"]["failures"].to_string();
        assert_eq!(outcome(&run).0, "unknown", "{says}: {run:?}");
        assert!(failures.contains(says), "{says}: {failures}");
    };
    check(&[("/simple/zz-app/", Page::Status(403))], "answered 403");
    check(&[("/simple/zz-app/", Page::Json(json!({ "files": 1 })))], "no project page");
    check(
        &[("/simple/zz-app/", Page::Redirect("https://stranger.example/simple/zz-app/".to_owned()))],
        "must not",
    );
    let wrong = json!({ "core-metadata": { "sha256": "00" } });
    check(&[("/simple/zz-app/", page(&[(APP, wrong)]))], "not what the index announces");
    let elsewhere = json!({ "url": format!("https://stranger.example/{APP}") });
    check(&[("/simple/zz-app/", page(&[(APP, elsewhere)]))], "stranger.example");
}

#[test]
fn an_index_that_cannot_be_reached_is_said_once() {
    let run = Place::new("zz-app\nzz-lib\n").check("http://127.0.0.1:9/simple", &[]);
    assert_eq!(outcome(&run).0, "unknown", "{run:?}");
    let failures = &report(&run)["look_ups"]["failures"];
    assert_eq!(failures.as_array().map(Vec::len), Some(1), "{failures}");
    assert!(
        failures[0].as_str().unwrap_or_default().starts_with("127.0.0.1:9 could not be asked"),
        "{failures}"
    );
}

#[test]
fn a_project_that_the_index_does_not_have_is_unavailable() {
    let run = Place::new("zz-nothing\n").check(&with(&[]).address(), &[]);
    assert_eq!((run.code, outcome(&run).0.as_str()), (Some(1), "unavailable"), "{run:?}");
}

#[test]
fn what_was_uploaded_after_the_day_does_not_count() {
    let on = |time: &str| json!({ "core-metadata": true, "upload-time": time });
    let index = with(&[
        ("/simple/zz-app/", page(&[(APP, on("2025-03-01T10:00:00.000000Z"))])),
        (
            "/simple/zz-lib/",
            page(&[(LIB_1, on("2024-01-01T00:00:00Z")), (LIB_2, on("2025-10-13T23:59:59.999999Z"))]),
        ),
    ]);
    let place = Place::new("zz-lib\n");
    let picked = |day: &[&str]| outcome(&place.check(&index.address(), day));
    let of = |version: &str| ("compatible".to_owned(), json!([version]));
    assert_eq!(picked(&[]), of("2.0"));
    assert_eq!(picked(&["--as-of", "2025-10-13"]), of("2.0"));
    assert_eq!(picked(&["--as-of", "2025-10-12"]), of("1.5"));
    assert_eq!(picked(&["--as-of", "2023-12-31"]).0, "unavailable");
    let run = place.check(&index.address(), &["--as-of", "2025-10-12"]);
    assert_eq!(report(&run)["look_ups"]["as_of"], json!("2025-10-12"));
    assert!(run.errors.contains("as of 2025-10-12"), "{}", run.errors);
    // Nothing comes out of the catalogue, which knows no days.
    let flask = Place::new("flask\n").check(&index.address(), &["--as-of", "2025-10-12"]);
    assert_eq!(outcome(&flask).0, "unavailable", "{flask:?}");
}

#[test]
fn without_days_nothing_is_known_of_a_day() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    let run = place.check(&index.address(), &["--as-of", "2025-10-12"]);
    assert_eq!(outcome(&run).0, "unknown");
    assert!(run.errors.contains("does not say when its files were uploaded"), "{}", run.errors);
}

#[test]
fn a_day_that_is_none_is_refused() {
    let place = Place::new("zz-app\n");
    for (arguments, words) in [
        (&["--as-of", "2025-02-30"][..], "a day is written like 2025-10-13"),
        (&["--as-of", "2025-02-20", "--offline"], "cannot be used with"),
    ] {
        let run = place.check("http://127.0.0.1:1/simple", arguments);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.errors.contains(words), "{}", run.errors);
    }
}

#[test]
fn an_index_that_only_the_build_names_is_not_asked() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    let public = with(&[("/simple/zz-app/", Page::Status(404))]);
    let requirements = format!("--index-url {}\nzz-app\n", index.address());
    std::fs::write(place.here.path().join("requirements.txt"), requirements).expect("a file");
    let run = place.check(&public.address(), &[]);
    assert_eq!(outcome(&run).0, "unknown", "{run:?}");
    assert!(run.errors.contains("only the build names it"), "{}", run.errors);
    // Not even where the person allows it: it is on this machine, and speaks no https.
    let run = place.check(&public.address(), &["--allow-index", "127.0.0.1"]);
    assert_eq!(outcome(&run).0, "unknown", "{run:?}");
    assert!(run.errors.contains("only https"), "{}", run.errors);
    assert_eq!(index.asked(), Vec::<String>::new());
}

#[test]
fn credentials_reach_the_index_and_nothing_else() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    let address = index.address().replace("http://", "http://me:se%40cret@");
    let run = place.check(&address, &[]);
    fits(&run);
    assert!(
        index.asked().iter().all(|asked| asked.ends_with(" Basic bWU6c2VAY3JldA==")),
        "{:?}",
        index.asked()
    );
    assert!(!format!("{run:?}").contains("cret"), "{run:?}");
    let kept = std::fs::read_dir(place.cache.path().join("index")).expect("the cache");
    for entry in kept {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("an entry");
        assert!(!String::from_utf8_lossy(&bytes).contains("cret"), "{}", path.display());
    }
}

#[test]
fn a_damaged_entry_of_the_cache_is_fetched_again() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    fits(&place.check(&index.address(), &[]));
    for entry in std::fs::read_dir(place.cache.path().join("index")).expect("the cache") {
        std::fs::write(entry.expect("an entry").path(), "damaged").expect("written");
    }
    index.asked();
    fits(&place.check(&index.address(), &[]));
    assert!(!index.asked().is_empty());
}

#[test]
fn two_runs_at_once_do_not_spoil_the_cache() {
    let (index, place) = (with(&[]), Place::new("zz-app\n"));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| fits(&place.check(&index.address(), &["--refresh"])));
        }
    });
    index.asked();
    fits(&place.check(&index.address(), &[]));
    assert_eq!(index.asked(), Vec::<String>::new());
}
