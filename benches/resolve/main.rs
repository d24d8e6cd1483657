//! Resolving recorded requirements: ours as a process, inside one, and as wasm in a browser; uv
//! warm and offline; and pip asking a loopback index of the same metadata. `cargo xtask bench
//! resolve` runs it, and `browser.rs` before it.

mod answer;

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use answer::{RUNS, SCENARIOS, answer};
use serde_json::{Value, json};

fn main() {
    if let (Some("one"), Some(path)) = (env::args().nth(1).as_deref(), env::args().nth(2)) {
        let text = fs::read_to_string(path).unwrap();
        println!("{}", answer(&text));
        return;
    }
    let folder = env::var_os("WHEELSTAGE_TRUTH").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/truth/scenarios"),
        PathBuf::from,
    );
    println!(
        "{:40} {:>10} {:>10} {:>10} {:>10} {:>10}   ms, median of {RUNS}",
        "", "process", "inside", "wasm", "uv", "pip"
    );
    for name in SCENARIOS {
        let path = folder.join(format!("{name}.json"));
        let Ok(text) = fs::read_to_string(&path) else {
            println!("{name}: {} is not there", path.display());
            continue;
        };
        let scenario: Value = serde_json::from_str(&text).unwrap();
        let process = median(|| {
            let ours = Command::new(env::current_exe().unwrap()).arg("one").arg(&path).output().unwrap();
            assert!(ours.status.success());
        });
        let inside = median(|| {
            answer(&text);
        });
        let (uv, pip) = others(&scenario);
        let shown =
            |time: Option<Duration>| time.map_or("-".to_owned(), |time| format!("{:.2}", millis(time)));
        println!(
            "{name:40} {:>10.2} {:>10.2} {:>10} {:>10} {:>10}   {}",
            millis(process),
            millis(inside),
            shown(in_browser(name)),
            shown(uv),
            shown(pip),
            answer(&text),
        );
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

/// What the same took in a browser, in ms, as `cargo xtask bench resolve` measured it just before:
/// `NAME=MS` for each, blanks between them.
fn in_browser(name: &str) -> Option<Duration> {
    let times = env::var("WHEELSTAGE_WASM_TIMES").ok()?;
    let time = times.split_whitespace().find_map(|time| time.strip_prefix(name)?.strip_prefix('='))?;
    Some(Duration::from_secs_f64(time.parse::<f64>().ok()? / 1000.0))
}

fn lines(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// uv and pip on the same metadata. Both read wheels' metadata alone (PEP 658); the one sdist
/// stands there as a wheel, as they could not build it.
fn others(scenario: &Value) -> (Option<Duration>, Option<Duration>) {
    let (Some(uv), Some(python)) = (env::var_os("WHEELSTAGE_UV"), env::var_os("WHEELSTAGE_PYTHON")) else {
        return (None, None);
    };
    let port = serve(scenario);
    let index = format!("http://127.0.0.1:{port}/simple/");
    let folder = env::temp_dir().join(format!("wheelstage-bench-{}-{port}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("requirements.in");
    fs::write(&file, lines(&scenario["requirements"]).join("\n")).unwrap();
    let version = scenario["python"].as_str().unwrap();
    let compile = |offline: bool| {
        let mut command = Command::new(&uv);
        command.args([
            "pip",
            "compile",
            "--quiet",
            "--no-annotate",
            "--only-binary",
            ":all:",
            "--no-python-downloads",
        ]);
        command.args(["--python-platform", "x86_64-unknown-linux-gnu", "--python-version", version]);
        command
            .args(["--index-url", &index])
            .arg("--cache-dir")
            .arg(folder.join("uv"))
            .arg("--python")
            .arg(&python);
        if offline {
            command.arg("--offline");
        }
        command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        // A conflict ends with an exit code; the time counts all the same.
        command.status().unwrap();
    };
    compile(false);
    let uv = median(|| compile(true));
    let start = Instant::now();
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--only-binary",
        ":all:",
    ]);
    pip.args(["--disable-pip-version-check", "--no-cache-dir", "--python-version", version]);
    pip.args(["--index-url", &index]).arg("--target").arg(folder.join("pip")).arg("-r").arg(&file);
    pip.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let pip = start.elapsed();
    fs::remove_dir_all(&folder).unwrap();
    (Some(uv), Some(pip))
}

/// Serves a recorded index from this machine, and returns the port.
fn serve(scenario: &Value) -> u16 {
    let mut files: HashMap<String, (&'static str, Vec<u8>)> = HashMap::new();
    for (name, releases) in scenario["index"].as_object().into_iter().flatten() {
        let mut page = Vec::new();
        for (version, release) in releases.as_object().into_iter().flatten() {
            for file in release["files"].as_array().into_iter().flatten() {
                let mut file_name = file["filename"].as_str().unwrap().to_owned();
                if name == "pkuseg" {
                    file_name = format!("pkuseg-{version}-py3-none-any.whl");
                }
                let known = release["requires_dist"].is_array() && file_name.ends_with(".whl");
                page.push(json!({
                    "filename": file_name, "url": format!("/files/{file_name}"), "hashes": {},
                    "requires-python": release["requires_python"], "yanked": release["yanked"],
                    "core-metadata": known,
                }));
                if known {
                    let mut text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
                    for line in lines(&release["requires_dist"]) {
                        text += &format!("Requires-Dist: {line}\n");
                    }
                    files.insert(format!("/files/{file_name}.metadata"), ("text/plain", text.into_bytes()));
                }
            }
        }
        let page = json!({ "meta": { "api-version": "1.1" }, "name": name, "files": page, "versions": [] });
        let page = (JSON, page.to_string().into_bytes());
        files.insert(format!("/simple/{name}/"), page);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let files = Arc::new(files);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let files = Arc::clone(&files);
            thread::spawn(move || converse(&stream, &files));
        }
    });
    port
}

const JSON: &str = "application/vnd.pypi.simple.v1+json";

/// Answers one client until it hangs up.
fn converse(stream: &TcpStream, files: &HashMap<String, (&'static str, Vec<u8>)>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut path = None;
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line.trim().is_empty() => break,
                Ok(_) => {}
            }
            if path.is_none() {
                path = line.split(' ').nth(1).map(|path| path.replace("%2B", "+"));
            }
        }
        let (status, kind, body) = match path.and_then(|path| files.get(&path)) {
            Some((kind, body)) => ("200 OK", *kind, body.as_slice()),
            None => ("404 Not Found", "text/plain", &[][..]),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nCache-Control: max-age=600\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = stream;
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).is_err() {
            return;
        }
    }
}
