//! Rules of PIP_RULES as Dockerfiles: what pip does is what the simulator says.

use std::{fs, path::Path};

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
pub(crate) fn two_runs(install: &str) -> String {
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

/// Each rule of PIP_RULES has a test that is named after it, here or where its effect is seen.
#[test]
fn every_rule_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(rules) = fs::read_to_string(root.join("../shared/PIP_RULES.md")) else {
        println!("passed over: ../shared/PIP_RULES.md is not there");
        return;
    };
    let tests =
        [include_str!("rules.rs"), include_str!("messages.rs"), include_str!("../rules/blame.rs")].concat();
    let numbers = rules.lines().filter_map(|line| line.split_once(". ")?.0.parse::<u32>().ok());
    let without: Vec<u32> =
        numbers.filter(|number| !tests.contains(&format!("\nfn rule_{number:02}_"))).collect();
    assert!(without.is_empty(), "rules without a test: {without:?}");
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
fn rule_02_one_version_in_two_files_is_a_conflict_too() {
    let text = "\
-- index https://plain.example/simple --
numpy 1.25.2
-- index https://fast.example/simple --
numpy 1.25.2 tags=py3-none-manylinux_2_17_x86_64
-- Dockerfile --
FROM base
RUN pip download -d /w -i https://plain.example/simple numpy && pip download -d /w -i https://fast.example/simple numpy
RUN pip install --no-deps /w/*
";
    check(text);
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
fn rule_06_places_have_no_priority() {
    let text = |install: &str| {
        format!(
            "\
-- index --
numpy 1.25.2
numpy 2.2.6 tags=py3-none-any,py3-none-manylinux_2_17_x86_64
-- index https://more.example/simple --
numpy 2.0.0
numpy 3.0.0
-- Dockerfile --
FROM base
RUN pip download -d /w numpy==1.25.2 && pip download -d /v numpy
RUN pip install {install}
"
        )
    };
    check_with(&text("--find-links /w numpy"), "26.3");
    check_with(&text("--extra-index-url https://more.example/simple numpy"), "26.3");
    check_with(&text("--no-index -f /w -f /v numpy"), "26.3");
    check_with(&text("-i https://more.example/simple -f /w 'numpy<2'"), "26.3");
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
fn a_frozen_file_is_asked_for_as_a_file() {
    let frozen = "RUN pip install /wheels/numpy-2.2.6-py3-none-any.whl && pip freeze > lock.txt";
    check(&two_runs(&format!("{frozen}\nRUN pip install -r lock.txt")));
    check(&two_runs(&format!("{frozen}\nRUN rm -f /wheels/numpy-*.whl\nRUN pip install -r lock.txt")));
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
    check_with(
        &two_runs(
            "RUN pip install numpy==1.25.2 && python -m venv --without-pip /opt/venv\nRUN pip --python /opt/venv install accel\nRUN pip --python /opt/venv/bin/python install kuseg",
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
    check_with(&two_runs("RUN pip wheel kuseg -w /wheels --find-links /wheels"), "26.3");
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
fn rule_16_a_constraint_at_the_install_comes_too_late_for_files() {
    let install = "RUN echo 'numpy<1.26' > c.txt && pip install -c c.txt --no-index --find-links=/wheels";
    check_with(&two_runs(&format!("{install} /wheels/*")), "26.3");
    check_with(&two_runs(&format!("{install} -r requirements.txt")), "26.3");
}

#[test]
fn rule_17_without_dependencies_only_what_is_named() {
    check_with(&two_runs("RUN pip wheel --no-deps -r requirements.txt -w /named"), "26.3");
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

/// Projects that come as source alone: `kuseg` imports numpy in its `setup.py`, `quick` compiles.
const SDISTS: &str = "\
-- index --
numpy 1.25.2
plain 1.0 sdist: numpy
kuseg 0.0.25 sdist imports=numpy: numpy
quick 1.0 sdist compiles
";

#[test]
fn rule_19_sdists_need_their_backend_and_what_they_import() {
    let commands = [
        "pip download --no-deps --no-binary :all: --no-build-isolation -d /s plain && pip install --no-index /s/*",
        "pip download --no-deps -d /s numpy && pip install --no-index -f /s numpy && pip wheel --no-deps plain -w /w",
        "pip wheel plain -w /w",
        "pip wheel kuseg -w /w",
        "pip install numpy && pip wheel kuseg -w /w",
        "pip install numpy && pip wheel --no-build-isolation kuseg -w /w",
        "pip uninstall -y wheel && pip install numpy && pip wheel kuseg -w /w",
    ];
    check(&each_alone(SDISTS, &commands));
}

#[test]
fn a_compiler_is_needed_where_something_compiles() {
    let commands = [
        "pip install quick",
        "pip wheel quick -w /w",
        "apt-get update && apt-get install -y build-essential && pip wheel quick -w /w",
        "apt-get install -y gcc && pip install quick",
    ];
    check_with(&each_alone(SDISTS, &commands), "23.0.1");
    check_with(&each_alone(SDISTS, &commands), "26.3");
}

/// Rows of PIP_RULES, section D, whose runtime stage differs; `INSTALL` is the offline install.
#[test]
fn section_d_wheels_in_the_runtime_stage() {
    let builds = [
        "RUN pip install 'numpy>=1.24.0,<1.26.0'\nRUN rm -f /wheels/numpy-*.whl && INSTALL /wheels/*",
        "RUN rm -f /wheels/numpy-*.whl && INSTALL /wheels/*",
        "RUN pip install numpy==2.2.6\nRUN rm -f /wheels/numpy-*.whl && INSTALL /wheels/*",
        "RUN pip install tools\nRUN rm -f /wheels/numpy-*.whl && INSTALL /wheels/*",
        "RUN pip install 'numpy>=1.24.0,<1.26.0'\nRUN INSTALL /wheels/*",
        "RUN INSTALL -r requirements.txt",
        "RUN echo 'numpy<1.26' > c.txt && INSTALL -c c.txt /wheels/*",
        "RUN INSTALL --no-deps /wheels/*",
        "RUN rm /wheels/numpy-1* && INSTALL --no-deps /wheels/*\nRUN pip check",
        "RUN rm /wheels/numpy-* && INSTALL --no-deps /wheels/*\nRUN pip check",
    ];
    for build in builds {
        let build = build.replace("INSTALL", "pip install --no-index --find-links=/wheels");
        check_with(&two_runs(&build), "26.3");
    }
}

#[test]
fn section_d_cures_in_the_builder() {
    let build = two_runs("RUN pip install --no-index --find-links=/wheels /wheels/*");
    let constrained =
        build.replace("RUN pip wheel -r", "RUN echo 'numpy<1.26' > c.txt\nRUN pip wheel -c c.txt -r");
    check_with(&constrained.replace("pip wheel kuseg", "pip wheel -c c.txt kuseg"), "26.3");
    check_with(&build.replace("RUN pip wheel kuseg==0.0.25 -w /wheels\n", ""), "26.3");
    let one_run = build.replace("RUN pip wheel kuseg==0.0.25 -w /wheels\n", "");
    check_with(&one_run.replace("pip wheel -r", "pip wheel kuseg==0.0.25 -r"), "26.3");
}

/// Torch with CUDA comes first; its numpy is too new, and a pin after it takes it back.
#[test]
fn section_d_the_pin_after_torch() {
    let index = "-- index https://wheels.example/cu124 --\ntorch 2.6.0+cu124\nvision 0.21.0: numpy; torch==2.6.0\nnumpy 2.1.2\n";
    for pin in ["", "RUN pip install 'numpy>=1.24.0,<1.26.0'\n"] {
        let install = format!(
            "RUN pip install torch==2.6.0 vision --index-url https://wheels.example/cu124\n{pin}RUN rm -f /wheels/numpy-*.whl /wheels/torch-*.whl && pip install --no-index --find-links=/wheels /wheels/*"
        );
        check_with(&(two_runs(&install) + index), "26.3");
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
extra 1.0: mixpre;extra == \"more\"
marked 1.0: onlypre;python_version < \"3\"
";

/// Each command runs in a stage of its own, so that none sees what another left.
pub(crate) fn each_alone(head: &str, commands: &[&str]) -> String {
    let stages: String = commands.iter().map(|command| format!("FROM base\nRUN {command}\n")).collect();
    format!("{head}-- Dockerfile --\n{stages}")
}

#[test]
fn rule_20_a_wheel_for_another_python() {
    let index = "-- index --\nold 1.0 tags=cp27-cp27m-linux_x86_64\nold 0.9\nolder 1.0 tags=cp27-cp27m-linux_x86_64\n-- old-1.0-cp27-cp27m-linux_x86_64.whl --\n\n";
    let commands = ["pip install old", "pip install old==1.0", "pip install older"];
    let by_name = each_alone(index, &commands);
    let as_file = "FROM base\nCOPY *.whl /w/\nRUN pip install /w/*\nFROM base\nCOPY *.whl /w/\nRUN pip install --no-index -f /w old\n";
    check_with(&(by_name.clone() + as_file), "26.3");
    check_with(&(by_name + as_file), "22.3.1");
}

#[test]
fn rule_21_requires_python() {
    check_with(
        &each_alone(VERSIONS, &["pip install future", "pip install future==2.0", "pip install 'future>1'"]),
        "26.3",
    );
}

#[test]
fn rule_22_local_versions() {
    let index = "\
-- index --
torch 2.6.0
vision 1.0: torch==2.6.0
-- index https://wheels.example/cu124 --
torch 2.6.0+cu124
";
    let extra = "--extra-index-url https://wheels.example/cu124";
    let commands = [
        format!("pip install {extra} torch==2.6.0"),
        format!("pip install {extra} vision"),
        format!("pip install {extra} 'torch===2.6.0'"),
        format!("pip install {extra} 'torch!=2.6.0'"),
        "pip install torch==2.6.0+cu124".to_owned(),
    ];
    check_with(&each_alone(index, &commands.each_ref().map(String::as_str)), "26.3");
}

#[test]
fn rule_23_yanked_releases() {
    let commands = [
        "pip install yanked",
        "pip install yanked==1.1",
        "pip install 'yanked>1.0'",
        "pip install 'yanked==1.1,>1'",
        "pip install yanked==1.1 && pip install 'yanked>1.0'",
    ];
    check_with(&each_alone(VERSIONS, &commands), "26.3");
}

#[test]
fn rule_24_pre_releases() {
    let commands = [
        "pip install onlypre",
        "pip install mixpre",
        "pip install --pre mixpre",
        "pip install wantspre",
        "pip install 'mixpre>=1.0rc1'",
        "pip install mixpre>=2",
    ];
    check(&each_alone(VERSIONS, &commands));
}

#[test]
fn rule_25_constraints_bound_and_ask_for_nothing() {
    let commands = [
        "echo 'mixpre==1.0' > c.txt && pip install -c c.txt onlypre",
        "echo 'mixpre[x]' > c.txt && pip install -c c.txt onlypre",
        "echo 'mixpre<2' > c.txt && pip install -c c.txt mixpre wantspre",
        "echo 'mixpre<2' > c.txt && pip install -c c.txt mixpre",
    ];
    check_with(&each_alone(VERSIONS, &commands), "26.3");
}

#[test]
fn extras_and_markers() {
    let commands = [
        "pip install 'extra[more]'",
        "pip install 'extra[missing]'",
        "pip install marked",
        "pip install 'mixpre; python_version < \"3\"'",
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
