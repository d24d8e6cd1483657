//! Rules of PIP_RULES as Dockerfiles: what pip does is what the simulator says.

use crate::{check, check_with};

/// The report's packages in small: `chatter` caps numpy, `kuseg` does not, `accel` is innocent.
const INDEX: &str = "\
-- index --
numpy 1.24.4
numpy 1.25.2
numpy 2.2.6
accel 1.10.1: numpy<3.0.0,>=1.17
chatter 0.1.4: numpy<1.26.0,>=1.24.0; kuseg==0.0.25; torch==2.6.0
kuseg 0.0.25: numpy>=1.16.0
torch 2.6.0
tools 1.0: numpy>=2
";

/// A builder with two runs, and a second stage that installs.
fn two_runs(install: &str) -> String {
    format!(
        "{INDEX}-- requirements.txt --
accel==1.10.1
chatter==0.1.4
-- Dockerfile --
FROM base AS builder
WORKDIR /build
COPY requirements.txt .
RUN pip wheel -r requirements.txt -w /wheels
RUN pip wheel kuseg==0.0.25 -w /wheels

FROM base
WORKDIR /app
COPY requirements.txt .
COPY --from=builder /wheels /wheels
{install}
"
    )
}

#[test]
fn rule_01_a_glob_demands_every_file() {
    check(&two_runs("RUN pip install --no-index --find-links=/wheels /wheels/*"));
}

#[test]
fn rule_01_no_deps_and_constraints_do_not_help() {
    check(&two_runs("RUN pip install --no-deps --no-index --find-links=/wheels /wheels/*"));
    check_with(
        &two_runs(
            "RUN echo 'numpy<1.26' > c.txt && pip install -c c.txt --no-index --find-links=/wheels /wheels/*",
        ),
        "26.3",
    );
}

#[test]
fn rule_03_by_name_a_folder_is_only_a_pool() {
    check(&two_runs("RUN pip install --no-index --find-links=/wheels -r requirements.txt"));
}

#[test]
fn rule_04_one_command_is_one_resolution() {
    check_with(&two_runs("RUN pip install -r requirements.txt 'numpy<2' 'numpy>=1.24.1'"), "26.3");
    check_with(&two_runs("RUN pip install numpy==1.25.2 numpy==2.2.6"), "26.3");
    check_with(&two_runs("RUN pip install numpy==2.2.6 /wheels/numpy-1.25.2-py3-none-any.whl"), "26.3");
}

#[test]
fn rule_05_no_index_without_a_folder_sees_nothing() {
    check_with(&two_runs("RUN pip install --no-index numpy"), "26.3");
    check_with(
        &two_runs("ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels\nRUN pip install -r requirements.txt"),
        "26.3",
    );
}

#[test]
fn rule_07_an_empty_folder_leaves_the_glob_literal() {
    check_with(
        &two_runs("RUN rm -rf /wheels/* && rm -f /wheels/numpy-*.whl && pip install /wheels/*"),
        "26.3",
    );
}

#[test]
fn rule_08_what_is_installed_and_fits_is_kept() {
    check(&two_runs("RUN pip install numpy==1.25.2\nRUN pip install accel numpy"));
}

#[test]
fn rule_09_upgrades() {
    for options in
        ["--upgrade", "--upgrade --upgrade-strategy eager", "--force-reinstall", "--ignore-installed"]
    {
        check_with(
            &two_runs(&format!("RUN pip install numpy==1.25.2\nRUN pip install {options} accel")),
            "26.3",
        );
    }
    check_with(&two_runs("RUN pip install numpy==1.25.2\nRUN pip install -U numpy"), "26.3");
}

#[test]
fn rule_10_a_file_beats_what_is_installed() {
    check(&two_runs("RUN pip install numpy==1.25.2\nRUN pip install /wheels/numpy-2.2.6-py3-none-any.whl"));
    check_with(
        &two_runs("RUN pip install numpy==1.25.2\nRUN pip install /wheels/numpy-1.25.2-py3-none-any.whl"),
        "26.3",
    );
}

#[test]
fn rule_11_what_does_not_fit_is_replaced_or_fails() {
    check(&two_runs(
        "RUN pip install numpy==2.2.6\nRUN pip install --no-index --find-links=/wheels -r requirements.txt",
    ));
    check(&two_runs(
        "RUN pip install numpy==2.2.6\nRUN rm -f /wheels/numpy-*.whl && pip install --no-index --find-links=/wheels /wheels/*",
    ));
}

#[test]
fn rule_12_a_later_install_breaks_an_earlier_one_with_exit_code_0() {
    check(&two_runs("RUN pip install -r requirements.txt\nRUN pip install numpy==2.2.6\nRUN pip check"));
}

#[test]
fn rule_13_environments_stand_alone() {
    check_with(
        &two_runs(
            "RUN pip install numpy==1.25.2 && python -m venv --without-pip /opt/venv\nRUN pip install accel",
        ),
        "26.3",
    );
}

#[test]
fn rule_14_runs_accumulate_versions() {
    check(&two_runs("RUN ls /wheels"));
    check_with(
        &two_runs(
            "RUN pip install numpy==1.25.2 && pip download -d /dl kuseg && pip download -d /dl chatter",
        ),
        "26.3",
    );
}

#[test]
fn rule_15_cures_in_the_builder() {
    for second in [
        "RUN pip wheel --no-deps kuseg==0.0.25 -w /wheels",
        "RUN pip wheel --no-index --find-links=/wheels kuseg==0.0.25 -w /wheels",
        "RUN echo 'numpy<1.26' > c.txt && pip wheel -c c.txt kuseg==0.0.25 -w /wheels",
    ] {
        let text = two_runs("RUN pip install --no-index --find-links=/wheels /wheels/*");
        check_with(&text.replace("RUN pip wheel kuseg==0.0.25 -w /wheels", second), "26.3");
    }
}

#[test]
fn rule_18_filters() {
    check_with(
        &format!(
            "{INDEX}-- requirements.txt --
numpy==1.24.4
NumPy>=1
accel
torch==2.6.0
-- Dockerfile --
FROM base
COPY requirements.txt .
RUN grep -v \"^torch\" requirements.txt | grep -v \"^numpy\" > some.txt && cat some.txt && pip wheel -r some.txt -w /wheels
RUN grep -v . requirements.txt > none.txt
"
        ),
        "26.3",
    );
}

#[test]
fn section_d_fix_variants() {
    let builds = [
        "RUN pip install 'numpy>=1.24.0,<1.26.0'\nRUN rm -f /wheels/numpy-*.whl && INSTALL /wheels/*",
        "RUN rm -f /wheels/numpy-*.whl && INSTALL /wheels/*",
        "RUN pip install 'numpy>=1.24.0,<1.26.0'\nRUN INSTALL /wheels/*",
        "RUN rm /wheels/numpy-1* && INSTALL --no-deps /wheels/*\nRUN pip check",
        "RUN rm /wheels/numpy-* && INSTALL --no-deps /wheels/*\nRUN pip check",
    ];
    for build in builds {
        let build = build.replace("INSTALL", "pip install --no-index --find-links=/wheels");
        check_with(&two_runs(&build), "26.3");
    }
}

#[test]
fn rule_10_a_cuda_build_is_swapped_for_a_plain_one() {
    let cuda = "-- index https://wheels.example/cu124 --\ntorch 2.6.0+cu124\n";
    let install = |rest: &str| {
        two_runs(&format!(
            "RUN pip install torch==2.6.0+cu124 --index-url https://wheels.example/cu124\nRUN rm /wheels/numpy-2* && {rest}"
        )) + cuda
    };
    check_with(&install("pip install --no-index --find-links=/wheels /wheels/*"), "26.3");
    check_with(&install("pip install --no-index --find-links=/wheels -r requirements.txt"), "26.3");
    check_with(
        &install("rm /wheels/torch-* && pip install --no-index --find-links=/wheels /wheels/*"),
        "26.3",
    );
}

const VERSIONS: &str = "\
-- index --
onlypre 1.0rc1
mixpre 1.0
mixpre 2.0rc1
wantspre 1.0: mixpre>=2.0rc1
yanked 1.0
yanked 1.1 yanked
future 1.0
future 2.0 python>=3.99
extra 1.0: mixpre; extra == \"more\"
marked 1.0: onlypre; python_version < \"3\"
";

/// Each command runs in a stage of its own, so that none sees what another left.
fn each_alone(head: &str, commands: &[&str]) -> String {
    let stages: String = commands.iter().map(|command| format!("FROM base\nRUN {command}\n")).collect();
    format!("{head}-- Dockerfile --\n{stages}")
}

#[test]
fn rules_20_to_25_candidates() {
    let commands = [
        "pip install onlypre",
        "pip install mixpre",
        "pip install --pre mixpre",
        "pip install wantspre",
        "pip install yanked",
        "pip install yanked==1.1",
        "pip install 'yanked>1.0'",
        "pip install future",
        "pip install future==2.0",
        "pip install 'extra[more]'",
        "pip install 'extra[missing]'",
        "pip install marked",
        "pip install 'mixpre; python_version < \"3\"'",
        "echo 'mixpre==1.0' > c.txt && pip install -c c.txt onlypre",
        "echo 'mixpre[x]' > c.txt && pip install -c c.txt onlypre",
        "pip install mixpre>=2",
    ];
    check_with(&each_alone(VERSIONS, &commands), "26.3");
}

#[test]
fn refusals_have_pips_exit_codes() {
    let commands = [
        "pip install -r missing.txt",
        "pip install",
        "pip instal mixpre",
        "pip install --upgrad mixpre",
        "pip install --no-such mixpre",
        "pip install ./nothing",
        "pip install missing-1.0-py3-none-any.whl",
        "pip install 'mixpre==='",
    ];
    check_with(&each_alone(VERSIONS, &commands), "26.3");
}

#[test]
fn destinations_and_removal() {
    let commands = [
        "pip install mixpre && pip uninstall -y mixpre onlypre",
        "pip install --target /t mixpre && pip install --target /t onlypre",
        "pip install --prefix /p mixpre",
        "pip install --dry-run mixpre",
        "pip install mixpre==1.0 && pip install --no-deps --target /t wantspre",
        "pip download -d /d wantspre",
    ];
    check_with(&each_alone(VERSIONS, &commands), "26.3");
}
