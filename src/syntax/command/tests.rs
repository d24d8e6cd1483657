use expect_test::{Expect, expect};

use super::*;
use crate::text::{FileId, Location, Mapped, Sources, range};

/// Words of a line at their places in it; quotes are not taken off.
fn words(line: &str, file: FileId) -> Vec<Argument> {
    let mut offset = 0;
    line.split(' ')
        .map(|word| {
            let at = offset;
            offset += word.len() + 1;
            let place = Some(Location { file, range: range(at, at + word.len()) });
            Argument { text: Mapped::verbatim(word, at), place }
        })
        .collect()
}

fn file() -> FileId {
    Sources::from_texts([("Dockerfile", "")]).find("Dockerfile").unwrap()
}

fn value(argument: &Argument) -> String {
    let text = argument.as_str();
    match argument.place {
        Some(place) => format!("{text}@{:?}", place.range),
        None => text.to_owned(),
    }
}

fn values(arguments: &[Argument]) -> String {
    format!("[{}]", arguments.iter().map(value).collect::<Vec<_>>().join(" "))
}

fn given(given: &Given) -> String {
    let flags = given.flags.keys().map(|name| format!(" --{name}"));
    let options = given.values.iter().map(|(name, list)| format!(" --{name}={}", values(list)));
    let unknown = given.unknown.iter().map(|option| format!(" UNKNOWN {}", value(option)));
    flags.chain(options).chain(unknown).collect()
}

fn pip(call: &PipCall) -> String {
    let (name, words): (&str, &[Argument]) = match &call.command {
        PipCommand::Install(install) => ("install", &install.requirements),
        PipCommand::Wheel(install) => ("wheel", &install.requirements),
        PipCommand::Download(install) => ("download", &install.requirements),
        PipCommand::Lock(install) => ("lock", &install.requirements),
        PipCommand::Uninstall(uninstall) => ("uninstall", &uninstall.packages),
        PipCommand::Config(config) => ("config", &config.words),
        PipCommand::Cache(words) => ("cache", words),
        PipCommand::Print { name, words } => (name, words),
        PipCommand::Check => ("check", &[]),
        PipCommand::Help => ("help", &[]),
        PipCommand::Invalid(error) => {
            let place = error.argument.as_ref().map(value).unwrap_or_default();
            return format!("pip exits with {}: {} at {place}", error.exit_code, error.message);
        }
    };
    let options = call.options.given.iter().map(|(dest, option)| match option {
        OptionValue::Flag(flag) => format!(" {dest}={}", flag.on),
        OptionValue::Count(count) => format!(" {dest}={count}"),
        OptionValue::One(argument) => format!(" {dest}={}", value(argument)),
        OptionValue::Many(list) => format!(" {dest}={}", values(list)),
        OptionValue::Names(first, second) => format!(" {dest}={first:?}/{second:?}"),
    });
    format!("pip {name} {}{}", values(words), options.collect::<String>())
}

/// What a command line is read as; the first word says which reader is asked.
fn show(argv: &[Argument], surroundings: Surroundings) -> Option<String> {
    if let Some(call) = PipCall::parse(argv, surroundings) {
        return Some(pip(&call));
    }
    let variable = surroundings.variable;
    let (name, program, arguments) = split(argv)?;
    Some(match name.as_str() {
        "uv" => uv_call(&UvCall::parse(arguments, variable)),
        "venv" if program.module.is_some() => venv(&VenvCall::parse(VenvTool::Venv, arguments, variable)),
        "virtualenv" => venv(&VenvCall::parse(VenvTool::Virtualenv, arguments, variable)),
        "tool" => {
            let call = Subcommand::parse(&TOOL, arguments, &["run"], variable);
            format!("tool {} {}{}", call.name, values(&call.words), given(&call.given))
        }
        _ => return None,
    })
}

const TOOL: Table = Table {
    flags: &["quiet|q", "yes|y", "no-root", "sync"],
    values: &["output|o", "only", "name|n"],
    variables: &[("TOOL_ONLY", "only", Some(','))],
};

fn venv(call: &VenvCall) -> String {
    format!("{:?} {} pip={}{}", call.tool, values(&call.directories), call.with_pip, given(&call.given))
}

fn uv_call(call: &UvCall) -> String {
    if let UvCommand::Venv(call) = &call.command {
        return venv(call);
    }
    let (name, words) = match &call.command {
        UvCommand::PipInstall(install) => ("pip install", install.requirements.clone()),
        UvCommand::PipSync(install) => ("pip sync", install.requirement_files.clone()),
        UvCommand::PipCompile(install) => ("pip compile", install.requirement_files.clone()),
        UvCommand::PipUninstall { packages, .. } => ("pip uninstall", packages.clone()),
        UvCommand::PipCheck(_) => ("pip check", Vec::new()),
        UvCommand::PipFreeze(_) => ("pip freeze", Vec::new()),
        UvCommand::Tool => ("tool", Vec::new()),
        UvCommand::Python => ("python", Vec::new()),
        UvCommand::Venv(call) => ("venv", call.directories.clone()),
        UvCommand::Build => ("build", Vec::new()),
        UvCommand::Project { name } | UvCommand::Write { name } => (name.as_str(), Vec::new()),
        UvCommand::Print { name } => (name.as_str(), Vec::new()),
    };
    format!("uv {name} {}{}", values(&words), given(&call.given))
}

/// Each line is a command line, or `NAME=value` for a variable, or a `pip.conf` line.
#[track_caller]
fn check(line: &str, expected: &Expect) {
    check_in(line, &[], "", (26, 3), expected);
}

#[track_caller]
fn check_in(line: &str, variables: &[(&str, &str)], config: &str, version: (u16, u16), expected: &Expect) {
    let variable = |name: &str| {
        variables.iter().find(|(other, _)| *other == name).map(|(_, value)| Argument::unplaced(value))
    };
    let config = [ConfigFile::parse(config, file())];
    let pip = PipVersion { major: version.0, minor: version.1 };
    let surroundings = Surroundings { pip, variable: &variable, config: &config };
    let shown = show(&words(line, file()), surroundings);
    expected.assert_eq(shown.as_deref().unwrap_or("nothing to do with packages"));
}

#[test]
fn pip_by_all_its_names() {
    check("pip install a", &expect!["pip install [a@12..13]"]);
    check("/venv/bin/pip3.11 wheel .", &expect!["pip wheel [.@24..25]"]);
    check("python -m pip install a", &expect!["pip install [a@22..23]"]);
    check("python3.11 -Im pip -q check", &expect!["pip check [] quiet=1"]);
    check("python3 -u -W ignore -mpip list", &expect!["pip list []"]);
    check("python3 manage.py install a", &expect!["nothing to do with packages"]);
    check("pipes install a", &expect!["nothing to do with packages"]);
    check("echo pip install", &expect!["nothing to do with packages"]);
}

#[test]
fn values_keep_their_places() {
    check(
        "pip install -rreqs.txt --find-links=/wheels -c c.txt a==1",
        &expect![
            "pip install [a==1@53..57] constraints=[c.txt@47..52] find_links=[/wheels@36..43] requirements=[reqs.txt@14..22]"
        ],
    );
    check(
        "pip install --only-binary=:all: --no-binary Foo_Bar,baz x",
        &expect![[r#"pip install [x@56..57] format_control={"baz", "foo-bar"}/{":all:"}"#]],
    );
    check("pip install -r", &expect!["pip exits with 2: -r option requires 1 argument at -r@12..14"]);
    check(
        "pip install --re x",
        &expect![
            "pip exits with 2: ambiguous option: --re (--refresh-package, --report, --require-hashes, --require-venv, --require-virtualenv, --requirement, --requirements-from-script, --resume-retries, --retries?) at --re@12..16"
        ],
    );
    check(
        "pip instal x",
        &expect![[
            r#"pip exits with 1: unknown command "instal" - maybe you meant "install" at instal@4..10"#
        ]],
    );
}

#[test]
fn options_depend_on_the_version() {
    check_in(
        "pip install --group dev",
        &[],
        "",
        (24, 0),
        &expect!["pip exits with 2: no such option: --group at --group@12..19"],
    );
    check_in(
        "pip install --build x a",
        &[],
        "",
        (21, 0),
        &expect!["pip install [a@22..23] build_dir=x@20..21"],
    );
    check_in(
        "pip install --build x a",
        &[],
        "",
        (26, 3),
        &expect!["pip install [a@22..23] build_constraints=[x@20..21]"],
    );
    check_in(
        "pip inspect",
        &[],
        "",
        (22, 1),
        &expect![[r#"pip exits with 1: unknown command "inspect" at inspect@4..11"#]],
    );
}

#[test]
fn configuration_comes_before_the_command_line() {
    let variables = [
        ("PIP_FIND_LINKS", "/a /b"),
        ("PIP_NO_BUILD_ISOLATION", "0"),
        ("PIP_NO_CACHE_DIR", "false"),
        ("PIP_INDEX_URL", ""),
        ("PIP_VERBOSE", "yes"),
        ("PIP_EXISTS_ACTION", "w"),
    ];
    check_in(
        "pip install -f /c a",
        &variables,
        "",
        (26, 3),
        &expect![
            "pip install [a@18..19] build_isolation=false cache_dir=false exists_action=[w] find_links=[/a /b /c@15..17] verbose=1"
        ],
    );
    check_in(
        "pip --isolated install a",
        &variables,
        "",
        (26, 3),
        &expect!["pip install [a@23..24] isolated_mode=true"],
    );
    let config = "[global]\nindex-url = https://one.example/simple\nextra_index_url =\n    https://two.example\n    \
                  https://three.example\n# no\n[install]\nindex-url: https://four.example\n[wheel]\npre = yes\n";
    check_in(
        "pip install a",
        &[],
        config,
        (26, 3),
        &expect![
            "pip install [a@12..13] extra_index_urls=[https://two.example@70..89 https://three.example@94..115] index_url=https://four.example@142..162"
        ],
    );
    check_in(
        "pip wheel a",
        &[("PIP_EXTRA_INDEX_URL", "https://five.example")],
        config,
        (26, 3),
        &expect![
            "pip wheel [a@10..11] extra_index_urls=[https://five.example] index_url=https://one.example/simple@21..47 pre=true"
        ],
    );
    check_in(
        "pip install a",
        &[("PIP_UPGRADE", "perhaps")],
        "",
        (26, 3),
        &expect![
            "pip exits with 2: perhaps is not a valid value for upgrade option, please specify a boolean value like yes/no, true/false or 1/0 instead. at perhaps"
        ],
    );
    check_in(
        "pip install a",
        &[("PIP_RETRIES", "many")],
        "",
        (26, 3),
        &expect![
            "pip exits with 3: An error occurred during configuration: option retries: invalid integer value: 'many'. Check your pip configuration files or environment variables for this value. at many"
        ],
    );
}

#[test]
fn uv() {
    check(
        "uv pip install --system --no-cache-dir -r a.txt -c=c.txt foo",
        &expect![
            "uv pip install [foo@57..60] --no-cache --system --constraints=[c.txt@51..56] --requirements=[a.txt@42..47]"
        ],
    );
    check(
        "uv --quiet pip --no-config sync requirements.txt",
        &expect!["uv pip sync [requirements.txt@32..48] --no-config --quiet"],
    );
    check(
        "uv sync --frozen --no-dev --no-install-project --extra=a,b --zzz",
        &expect![
            "uv sync [] --frozen --no-dev --no-install-project --extra=[a,b@55..58] UNKNOWN --zzz@59..64"
        ],
    );
    check("uv run --no-sync python -m app --frozen", &expect!["uv run [] --no-sync"]);
    check(
        "uv venv -p 3.11 --seed /opt/venv",
        &expect!["Uv [/opt/venv@23..32] pip=true --seed --python=[3.11@11..15]"],
    );
    check(
        "uv pip uninstall -r r.txt x",
        &expect!["uv pip uninstall [x@26..27] --requirements=[r.txt@20..25]"],
    );
    check_in(
        "uv pip install --no-system -i https://one.example a",
        &[
            ("UV_SYSTEM_PYTHON", "1"),
            ("UV_INDEX_URL", "https://two.example"),
            ("UV_EXTRA_INDEX_URL", "https://three.example https://four.example"),
        ],
        "",
        (26, 3),
        &expect![
            "uv pip install [a@50..51] --extra-index-url=[https://three.example https://four.example] --index-url=[https://one.example@30..49]"
        ],
    );
}

#[test]
fn environments_and_other_tools() {
    check(
        "python3 -m venv --system-site /opt/venv --without-pip",
        &expect!["Venv [/opt/venv@30..39] pip=false --system-site-packages --without-pip"],
    );
    check(
        "virtualenv -p python3.9 env",
        &expect!["Virtualenv [env@24..27] pip=true --python=[python3.9@14..23]"],
    );
}

#[test]
fn a_command_behind_a_program() {
    check(
        "tool -q install --only main --no-root x --output=r.txt",
        &expect!["tool install [x@38..39] --no-root --quiet --only=[main@23..27] --output=[r.txt@49..54]"],
    );
    check(
        "tool run -n app pip install -U x",
        &expect!["tool run [pip@16..19 install@20..27 -U@28..30 x@31..32] --name=[app@12..15]"],
    );
    check("tool install --zzz y", &expect!["tool install [y@19..20] UNKNOWN --zzz@13..18"]);
    check_in(
        "tool -y install",
        &[("TOOL_ONLY", "a,b")],
        "",
        (26, 3),
        &expect!["tool install [] --yes --only=[a b]"],
    );
    check("tool", &expect!["tool  []"]);
}

#[track_caller]
fn check_refusal(line: &str, expected: &Expect) {
    let surroundings = Surroundings { pip: PipVersion::default(), variable: &|_| None, config: &[] };
    let Some(call) = PipCall::parse(&words(line, file()), surroundings) else {
        panic!("{line} is not pip");
    };
    let refusal = call.refusal().map(|error| {
        let place = error.argument.as_ref().map(value).unwrap_or_default();
        format!("{} {place}", error.message)
    });
    expected.assert_eq(refusal.as_deref().unwrap_or("begins"));
}

#[test]
fn pip_refuses_what_contradicts_itself() {
    check_refusal(
        "pip install",
        &expect![[r#"You must give at least one requirement to install (see "pip help install") "#]],
    );
    check_refusal(
        "pip wheel -f /wheels",
        &expect![[
            r#"You must give at least one requirement to wheel (maybe you meant "pip wheel /wheels"?) "#
        ]],
    );
    check_refusal(
        "pip uninstall -y",
        &expect![[r#"You must give at least one requirement to uninstall (see "pip help uninstall") "#]],
    );
    check_refusal(
        "pip install --user --target t a",
        &expect!["Can not combine '--user' and '--target' --user@12..18"],
    );
    check_refusal(
        "pip install --platform linux_x86_64 a",
        &expect![
            "When restricting platform and interpreter constraints using --python-version, --platform, --abi, or --implementation, either --no-deps must be set, or --only-binary=:all: must be set and --no-binary must not be set (or must be set to :none:). linux_x86_64@23..35"
        ],
    );
    check_refusal(
        "pip install --platform linux_x86_64 --no-deps a",
        &expect![
            "Can not use any platform or abi specific options unless installing via '--target' or using '--dry-run' linux_x86_64@23..35"
        ],
    );
    check_refusal("pip download --platform linux_x86_64 --only-binary=:all: a", &expect!["begins"]);
    check_refusal(
        "pip install --pre --only-final a a",
        &expect!["--pre cannot be used with --all-releases or --only-final. --pre@12..17"],
    );
}
