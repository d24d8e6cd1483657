//! Builds of which it once was said that they go well, or that they fail, and that do not: a line of
//! a table each, with what is true of them. What pip, dash, busybox and BuildKit do there was measured.

use std::{fs, path::Path};

use serde_json::Value;

use crate::run;

/// A build, and what is to be said of it.
struct Case {
    name: &'static str,
    /// Files of the context: `//- path` begins each.
    files: &'static str,
    arguments: &'static [&'static str],
    /// Verdicts that are true of it. Several where it depends on how much the catalogue lists.
    verdicts: &'static [&'static str],
    /// Words that its headline, findings or causes have.
    says: &'static str,
}

const NOT_KNOWN: &[&str] = &["unknown"];
const FAILS: &[&str] = &["fails"];
const GOES_WELL: &[&str] = &["compatible"];
/// By what the catalogue lists.
const NOTHING_WRONG: &[&str] = &["unknown", "compatible"];

const fn case(
    name: &'static str,
    files: &'static str,
    verdicts: &'static [&'static str],
    says: &'static str,
) -> Case {
    Case { name, files, arguments: &[], verdicts, says }
}

const fn with(case: Case, arguments: &'static [&'static str]) -> Case {
    Case { arguments, ..case }
}

/// `FROM` of a slim Python 3.12, and lines.
macro_rules! slim {
    ($lines:literal $(, $rest:literal)?) => {
        concat!("//- Dockerfile\nFROM python:3.12-slim\n", $lines, "\n" $(, $rest)?)
    };
}

macro_rules! bash {
    ($lines:literal) => {
        slim!("SHELL [\"/bin/bash\", \"-c\"]\n", $lines)
    };
}

macro_rules! of {
    ($image:literal, $lines:literal) => {
        concat!("//- Dockerfile\nFROM ", $image, "\n", $lines, "\n")
    };
}

const LOCK: &str = slim!(
    "COPY pylock.toml .\nRUN pip install -r pylock.toml",
    "//- pylock.toml\nlock-version = \"1.0\"\ncreated-by = \"pip\"\n\n[[packages]]\nname = \"six\"\nversion = \"1.17.0\"\n"
);

const RANGE: &str = slim!(
    "COPY r.txt .\nRUN pip install -r r.txt",
    "//- r.txt\nsix>=1.17 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n"
);

const WRONG_DIGEST: &str = slim!(
    "COPY r.txt .\nRUN pip install -r r.txt",
    "//- r.txt\nsix==1.17.0 --hash=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
);

const SOME_HASHES: &str = slim!(
    "COPY r.txt .\nRUN pip install -r r.txt",
    "//- r.txt\nflask==2.3.2 --hash=sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
);

const PYENV: &str = "//- Dockerfile
FROM ubuntu:22.04 AS b
RUN apt-get update && apt-get install -y python3 curl git
RUN curl https://pyenv.run | bash
RUN /root/.pyenv/bin/pyenv install 3.11.4
RUN /root/.pyenv/versions/3.11.4/bin/python -m venv /v
RUN /v/bin/pip install six
FROM ubuntu:22.04
COPY --from=b /v /v
";

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Said to go well, and does not, or is not known to.
    case("no wheel: pandas", of!("python:3.13-slim", "RUN pip install pandas==1.4.1"), &["unknown", "unavailable"], "has no wheel for Python 3.13"),
    case("no wheel: pyyaml", of!("python:3.10-slim", "RUN pip install pyyaml==5.4.1"), &["unknown", "unavailable"], "has no wheel for Python 3.10"),
    case("no wheel: pyyaml, later", slim!("RUN pip install pyyaml==5.4.1"), &["unknown", "unavailable"], "has no wheel for Python 3.12"),
    case("no wheel: pillow", of!("python:3.13-slim", "RUN pip install pillow==9.5.0"), &["unknown", "unavailable"], "has no wheel for Python 3.13"),
    case("no wheel: grpcio", slim!("RUN pip install grpcio==1.50.0"), &["unknown", "unavailable"], "has no wheel for Python 3.12"),
    case("no wheel: numpy", slim!("RUN pip install numpy==1.24.4"), &["unknown", "unavailable"], "has no wheel for Python 3.12"),
    with(case("no wheel: lines alone", "//- r.txt\nnumpy<1.26\nnumpy<3\n", &["unknown", "unavailable"], "numpy 1.25.2 has no wheel for Python 3.12"), &["-r", "r.txt", "--python", "3.12"]),
    case("no wheel: one behind another", slim!("RUN pip install 'pandas<2' 'numpy<1.26'"), &["unknown", "unavailable"], "has no wheel for Python 3.12"),
    case("hashes are wanted", slim!("RUN pip install --require-hashes flask==2.3.2"), FAILS, "has no --hash"),
    case("a dependency without a hash", SOME_HASHES, FAILS, "has no --hash"),
    case("a hash that is not compared", WRONG_DIGEST, GOES_WELL, "assuming that the hashes are those of the files"),
    case("no such folder", slim!("RUN mkdir /no/such/x\nRUN pip install flask"), FAILS, "exits with 1"),
    case("false", slim!("RUN false && pip install x"), FAILS, "exits with 1"),
    case("a test that fails", slim!("RUN [ -f /nothing ]\nRUN pip install flask"), FAILS, "exits with 1"),
    case("cd to nowhere", slim!("RUN cd /nowhere && pip install flask"), FAILS, "cd /nowhere"),
    case("what dash does not know", slim!("RUN cat <(echo a) && pip install numpy"), FAILS, "line 2"),
    case("no pip", of!("ubuntu:24.04", "RUN pip install six"), FAILS, "exits with 127"),
    case("no curl", slim!("RUN curl -O https://a.example/b && pip install six"), FAILS, "exits with 127"),
    case("no git", slim!("RUN git clone https://a.example/b\nRUN pip install six"), FAILS, "exits with 127"),
    case("nothing is left, of a file", slim!("COPY r.txt .\nRUN cat r.txt | grep -v flask > o.txt && pip install -r o.txt", "//- r.txt\nflask\n"), FAILS, "exits with 1"),
    case("nothing is left, of standard input", slim!("RUN echo flask > r.txt\nRUN grep -v flask < r.txt > o.txt && pip install -r o.txt"), FAILS, "exits with 1"),
    case("a home that useradd makes", slim!("RUN useradd -m bob\nRUN mkdir /home/bob/x\nRUN pip install flask"), GOES_WELL, ""),
    case("a home that useradd does not make", slim!("RUN useradd bob\nRUN mkdir /home/bob/x\nRUN pip install flask"), FAILS, "exits with 1"),
    case("a folder of the distribution", slim!("RUN mkdir /usr/local/share/x\nRUN pip install flask"), GOES_WELL, ""),
    case("what a script may write", "//- Dockerfile\nFROM python:3.12 AS a\nRUN curl -sSL https://install.python-poetry.org | python3 -\nFROM python:3.12-slim\nCOPY --from=a /opt/poetry /opt/poetry\n", NOT_KNOWN, "is fetched when the image is built"),
    case("what a tool of uv may write", "//- Dockerfile\nFROM ghcr.io/astral-sh/uv:python3.12-bookworm AS a\nRUN uvx poetry export -o /r.txt\nFROM python:3.12-slim\nCOPY --from=a /r.txt /r.txt\nRUN pip install -r /r.txt\n", NOT_KNOWN, "/r.txt may or may not be there"),
    case("busybox: a part of a word", of!("python:3.12-alpine", "RUN v=abcdef; [ \"${v:1:2}\" = bc ] && pip install flask"), GOES_WELL, "7 packages"),
    case("busybox: process substitution", of!("python:3.12-alpine", "RUN cat <(echo a) && pip install six"), GOES_WELL, "1 package"),
    case("a break that may be", slim!("RUN for d in 5 stop; do python -c \"print(1)\" && break; [ \"$d\" = stop ] && exit 1; done\nRUN pip install six"), NOTHING_WRONG, ""),
    case("a folder copied over packages", "//- Dockerfile\nFROM python:3.11-slim AS b\nWORKDIR /deps\nCOPY r.txt .\nRUN pip install --target=/deps -r r.txt\nFROM python:3.11-slim\nCOPY --from=b /deps /usr/local/lib/python3.11/site-packages/\nRUN pip install flask\n//- r.txt\nnobody-knows-this\n", NOT_KNOWN, "known: 0 of 2 steps"),
    case("a folder of another Python", "//- Dockerfile\nFROM python:3.14 AS b\nRUN pip install flask\nFROM python:3.14-slim\nCOPY --from=b /usr/local/lib/python3.12/site-packages /x\n", FAILS, "is not in what COPY copies from"),
    with(case("the file that is named", "//- docker/Dockerfile\nFROM python:3.12\nRUN pip install flask\n//- r.txt\npandas==2.1.4\nnumpy==2.0.2\n", &["disjoint"], "numpy<2"), &["-r", "r.txt"]),
    case("an extra that is lost", slim!("RUN pip wheel --no-deps -w /w \"uvicorn[standard]==0.30.0\"\nRUN pip install /w/*"), GOES_WELL, "without its extra standard"),
    case("an extra that uv loses", "//- Dockerfile\nFROM ghcr.io/astral-sh/uv:python3.12-bookworm\nRUN pip wheel --no-deps -w /w \"uvicorn[standard]==0.30.0\"\nRUN uv pip install --system /w/*\n", GOES_WELL, "without its extra standard"),
    case("an extra that is lost by name", slim!("RUN pip wheel -w /w \"uvicorn[standard]==0.30.0\"\nRUN pip install --no-index --find-links=/w uvicorn"), GOES_WELL, "without its extra standard"),
    case("an extra that is lost across stages", "//- Dockerfile\nFROM python:3.12 AS b\nRUN pip wheel --no-deps -w /w \"uvicorn[standard]==0.30.0\"\nFROM python:3.12\nCOPY --from=b /w /x\nRUN pip install /x/*.whl\n", GOES_WELL, "without its extra standard"),
    case("a folder of the context", slim!("COPY . .\nRUN ls data && pip install six", "//- data/x\n1\n"), GOES_WELL, "1 package"),
    case("a file that is not there", slim!("COPY nofile /x\nRUN pip install six"), FAILS, "nofile is not in the build context"),
    case("bash: the first letter of IFS", bash!("RUN set -- a b; IFS=-; [ \"$*\" = a-b ] && pip install six"), GOES_WELL, "1 package"),
    case("bash: a row of letters", bash!("RUN for i in {a..c}; do echo six > r$i.txt; done; pip install -r rb.txt"), GOES_WELL, "1 package"),
    // Said to fail, and does not, or is not known to.
    case("newer than the list: boto3", slim!("RUN pip install boto3==1.44.8"), NOTHING_WRONG, ""),
    case("newer than the list: pyyaml", slim!("RUN pip install pyyaml==6.0.4"), NOTHING_WRONG, ""),
    case("newer than the list: django-allauth", slim!("RUN pip install django-allauth==65.22.1"), NOTHING_WRONG, ""),
    case("newer than the list: of a dependency", slim!("RUN pip install databricks-sdk==0.162.0"), NOTHING_WRONG, ""),
    case("newer than the list: of two", slim!("RUN pip install langchain-core==1.8.2"), NOTHING_WRONG, ""),
    case("metadata of old, an old pip", of!("python:3.11", "RUN pip install 'pip<24.1' && pip install celery==5.1.2"), GOES_WELL, ""),
    with(case("metadata of old, a new pip", of!("python:3.11", "RUN pip install celery==5.1.2"), &["unavailable"], "pip<24.1"), &["--pip", "26.3"]),
    case("a Python of pyenv", PYENV, NOT_KNOWN, "pyenv is not modelled"),
    case("a pip of nobody knows which Python", "//- Dockerfile\nFROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3-pip\nCOPY --from=team.example/python:1 /opt/py /opt/py\nRUN /opt/py/bin/pip install six\n", NOT_KNOWN, "/opt/py"),
    case("a Python that uv brings", "//- Dockerfile\nFROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv\nRUN uv venv --python 3.11 /v && VIRTUAL_ENV=/v uv pip install six\n", GOES_WELL, "1 package"),
    with(case("a lock, for a pip that reads it", LOCK, NOTHING_WRONG, ""), &["--pip", "26.1"]),
    with(case("a lock, for a pip that does not", LOCK, FAILS, "pylock.toml line 1 stops pip"), &["--pip", "26.0.1"]),
    with(case("a hash of a range, taken", RANGE, NOT_KNOWN, "Which release of six the hash is of is not known"), &["--pip", "26.1"]),
    with(case("a hash of a range, refused", RANGE, FAILS, "from 26.1 on"), &["--pip", "26.0.1"]),
    case("arithmetic", slim!("RUN [ $((5>3))$((1<<3))$((010)) = 188 ] && pip install six"), GOES_WELL, "1 package"),
    // Not known, and known all the same.
    case("one of four is not known", slim!("COPY r.txt .\nRUN pip install -r r.txt", "//- r.txt\nflask\nnumpy\nidna\nnobody-knows-this\n"), NOT_KNOWN, "1 of 10 not known"),
    case("a program of a package", slim!("RUN pip install flask && flask --version"), GOES_WELL, "assuming that 1 command installs nothing"),
    case("a program that installs nothing", slim!("RUN pip install flask && pdflatex x"), GOES_WELL, "assuming that 1 command installs nothing"),
    case("what runs other things", slim!("RUN pip install tox && tox"), NOT_KNOWN, "tox"),
    case("a Makefile that is there", of!("python:3.12", "COPY Makefile .\nRUN make all\n//- Makefile\nall:\n\tpip install six"), GOES_WELL, "1 package"),
    // Words.
    case("an argument without a value", slim!("ARG E\nCOPY requirements.${E}.txt /r.txt\nRUN pip install -r /r.txt"), FAILS, "ARG E in line 2 has no default"),
];

/// What a report says, in one text.
fn said(report: &Value) -> String {
    let texts = |list: &Value, field: &str| -> Vec<String> {
        let items = list.as_array().into_iter().flatten();
        items.filter_map(|item| item[field].as_str().map(str::to_owned)).collect()
    };
    let mut all = vec![report["headline"].as_str().unwrap_or_default().to_owned()];
    all.extend(texts(&report["findings"], "message"));
    for finding in report["findings"].as_array().into_iter().flatten() {
        all.extend(finding["hints"].as_array().into_iter().flatten().map(ToString::to_string));
    }
    all.extend(texts(&report["coverage"]["causes"], "reason"));
    let projects = &report["coverage"]["projects"];
    let (known, unknown) =
        (projects["known"].as_u64().unwrap_or(0), projects["unknown"].as_u64().unwrap_or(0));
    all.push(format!("{unknown} of {} not known", known + unknown));
    all.join("\n")
}

fn differs(folder: &Path, case: &Case) -> Option<String> {
    for part in case.files.split("//- ").skip(1) {
        let (path, text) = part.split_once('\n').expect("a path");
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let run = run(folder, ["check", "--format", "json"].iter().chain(case.arguments));
    let Ok(report) = serde_json::from_str::<Value>(&run.output) else {
        return Some(format!("{}: {run:?}", case.name));
    };
    let verdict = report["verdict"].as_str().unwrap_or_default();
    let is_right = case.verdicts.contains(&verdict) && said(&report).contains(case.says);
    // What is wrong ends with 1, what is not known alone with 0.
    let code = i32::from(!matches!(verdict, "unknown" | "compatible"));
    (!is_right || run.code != Some(code)).then(|| {
        format!("{}: {verdict} ({:?}), not {:?}\n{}", case.name, run.code, case.verdicts, said(&report))
    })
}

#[test]
fn each_build_is_judged_by_what_is_true_of_it() {
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|case| differs(tempfile::tempdir().expect("a folder").path(), case))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), CASES.len(), wrong.join("\n\n"));
}
