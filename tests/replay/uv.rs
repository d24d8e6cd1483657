//! uv beside pip: what real uv does is what the simulator says.

use crate::replay::{Case, machine};

const FILES: &str = "\
-- index --
alpha 1.0
alpha 1.5
alpha 2.0
beta 1.0: alpha<2
beta 2.0: alpha
gamma 1.0: beta; alpha>=1.5
gamma 2.0rc1
delta 0.9
delta 1.0 yanked
-- index https://more.example/simple --
alpha 1.7
omega 1.0: alpha
-- requirements.txt --
beta==1.0
gamma
-- constraints.txt --
alpha<1.5
-- Dockerfile --
FROM base
WORKDIR /app
COPY *.txt ./
";

/// Each a build of its own.
#[track_caller]
fn check(steps: &[&str]) {
    let Some(machine) = machine() else { return };
    let differences: Vec<String> = steps
        .iter()
        .filter_map(|steps| {
            Case::fixture(&format!("{FILES}{steps}\n"), "26.3", machine).replay(machine).err()
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn without_an_environment_it_changes_nothing() {
    check(&[
        "RUN uv pip install alpha",
        "RUN uv pip sync requirements.txt",
        "RUN uv pip uninstall alpha",
        "RUN uv pip install --python 3.11 alpha",
        "RUN uv pip install --python python3 alpha",
        "ENV VIRTUAL_ENV=/opt/venv\nRUN uv pip install alpha",
        "RUN uv pip install",
    ]);
}

#[test]
fn where_it_installs() {
    check(&[
        "RUN uv pip install --system alpha",
        "ENV UV_SYSTEM_PYTHON=1\nRUN uv pip install -r requirements.txt",
        "ENV UV_PYTHON=/usr/local/bin/python3\nRUN uv pip install beta",
        "RUN uv pip install --python /usr/local/bin/python alpha",
        "RUN uv venv && uv pip install --system alpha",
        "RUN pip install --user alpha==1.0 && uv pip install --system alpha",
    ]);
}

#[test]
fn virtual_environments() {
    check(&[
        "RUN uv venv && uv pip install beta && uv pip freeze > l.txt && uv venv /o && uv pip install -p /o -r l.txt",
        "RUN uv venv /opt/venv\nENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\nRUN uv pip install -r requirements.txt\nRUN uv pip install alpha==2.0\nRUN uv pip check",
        "RUN uv venv /opt/venv && . /opt/venv/bin/activate && uv pip install beta",
        "RUN uv venv -q && . .venv/bin/activate && uv pip install -q alpha && deactivate; pip install beta",
        "RUN uv venv /opt/venv && uv pip install --python /opt/venv/bin/python beta",
        "RUN uv venv --python 3.11 /v && uv pip install -p /v alpha",
        "RUN mkdir sub && uv venv && cd sub && uv pip install alpha && uv pip uninstall alpha",
        "RUN uv venv --seed && .venv/bin/pip install alpha",
        "RUN uv venv && .venv/bin/pip install alpha",
        "RUN python -m venv --without-pip /opt/venv && VIRTUAL_ENV=/opt/venv uv pip install beta",
        "RUN pip install alpha==1.0 && uv venv --system-site-packages && uv pip install beta",
    ]);
}

#[test]
fn an_environment_that_is_there_is_not_made_anew() {
    check(&[
        "RUN uv venv a && uv venv a",
        "RUN mkdir -p .venv/x && uv venv",
        "RUN mkdir e && uv venv e && uv pip install -p e alpha",
        "RUN uv venv --allow-existing && uv pip install alpha && uv venv --allow-existing && uv pip install beta",
        "RUN uv venv && uv pip install alpha && uv venv --clear && uv pip install beta==1.0 'alpha==1.0'",
    ]);
}

#[test]
fn what_is_installed() {
    check(&[
        "RUN uv pip install --system alpha==1.0\nRUN uv pip install --system beta\nRUN uv pip install --system -U beta\nRUN uv pip install --system --reinstall gamma",
        "RUN uv pip install --system alpha==1.0 && uv pip install --system -r requirements.txt --upgrade",
        "RUN uv pip install --system --no-deps gamma",
        "RUN uv pip install --system alpha==1.0 beta gamma\nRUN uv pip sync --system requirements.txt",
        "RUN pip install alpha==2.0 && uv pip install --system beta==1.0 && pip check",
        "RUN uv pip install --system beta==1.0 && uv pip install --system alpha==2.0 && uv pip check --system",
        "RUN uv pip install --system alpha==1.0 && uv pip uninstall --system alpha && uv pip uninstall --system nothing",
        "RUN uv pip install --system --dry-run beta",
        "RUN uv pip install --system --exact beta",
    ]);
}

#[test]
fn folders_are_environments() {
    check(&[
        "RUN uv pip install --target /t beta && uv pip install --target /t alpha==1.0",
        "RUN uv pip install --prefix /p beta && uv pip install --prefix /p alpha==1.5",
        "RUN uv pip install --system alpha==1.0 && uv pip install --prefix /p beta",
    ]);
}

#[test]
fn what_it_reads() {
    check(&[
        "RUN uv pip install --system -r requirements.txt -c constraints.txt",
        "ENV UV_CONSTRAINT=constraints.txt\nRUN uv pip install --system beta",
        "RUN echo 'alpha[x]<2' > c.txt && uv pip install --system -c c.txt beta",
        "RUN cat requirements.txt | uv pip install --system -r -",
        "RUN cat requirements.txt | uv pip install --system -r /dev/stdin",
        "RUN uv pip install --system -r missing.txt",
        "RUN uv pip install --system 'foo bar'",
        "RUN uv pip install --system /w/alpha-1.0-py3-none-any.whl",
        "RUN uv pip install --system -e .",
    ]);
}

#[test]
fn what_there_is() {
    check(&[
        "RUN uv pip install --system 'alpha<1'",
        "RUN uv pip install --system 'beta==1.0' 'alpha>=2'",
        "RUN uv pip install --system alpha==9 || uv pip install --system alpha",
        "RUN uv pip install --system --prerelease=allow gamma",
        "RUN uv pip install --system 'gamma>=2.0rc1'",
        "RUN uv pip install --system 'gamma>1'",
        "RUN uv pip install --system delta",
        "RUN uv pip install --system delta==1.0",
    ]);
}

#[test]
fn folders_of_wheels() {
    check(&[
        "RUN pip download -d /w beta && uv pip install --system --no-index --find-links /w beta",
        "RUN pip download -d /w beta && rm /w/alpha* && uv pip install --system --no-index --find-links /w beta",
        "RUN pip download -d /w beta && pip download -d /w alpha==1.0 && uv pip install --system --no-index --find-links /w /w/*",
        "RUN pip download -d /w alpha==1.0 && uv pip install --system /w/*.whl beta",
        "RUN uv pip install --system --find-links /w alpha",
        "ENV UV_FIND_LINKS=/w UV_NO_INDEX=1\nRUN pip download -d /w beta\nRUN uv pip install --system beta",
        "RUN pip download -d /w alpha==1.5 && uv pip install --system alpha==2.0 && uv pip install --system /w/alpha-1.5-py3-none-any.whl && uv pip freeze --system > l.txt && uv pip install --system -r l.txt",
    ]);
}

#[test]
fn the_first_index_that_has_a_project() {
    check(&[
        "RUN uv pip install --system --index-url https://more.example/simple omega",
        "RUN uv pip install --system --extra-index-url https://more.example/simple omega",
        "RUN uv pip install --system --extra-index-url https://more.example/simple --index-strategy unsafe-best-match alpha",
        "RUN uv pip install --system --index more=https://more.example/simple alpha",
        "RUN uv pip install --system --default-index https://more.example/simple alpha beta",
        "ENV UV_INDEX_URL=https://more.example/simple\nRUN uv pip install --system omega",
        "ENV UV_EXTRA_INDEX_URL=https://more.example/simple\nRUN uv pip install --system omega",
        "ENV UV_INDEX=https://more.example/simple\nRUN uv pip install --system alpha",
        "RUN echo '--extra-index-url https://more.example/simple' > r.txt && echo omega >> r.txt && uv pip install --system -r r.txt",
    ]);
}
