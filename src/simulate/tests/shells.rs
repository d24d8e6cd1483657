//! The shell of a step is its image's, or the one that `SHELL` or a link names.

use super::run;

/// The exit codes of the steps, `?` for one that is not known, and the first step that is not
/// reached left out with all behind it.
#[track_caller]
fn check(dockerfile: &str, expected: &[&str]) {
    let (_, simulation) = run(&format!("//- Dockerfile\n{dockerfile}"));
    let steps = simulation.stages.iter().flat_map(|stage| &stage.steps).take_while(|step| step.reached);
    let codes: Vec<String> =
        steps.map(|step| step.exit_code.map_or_else(|| "?".to_owned(), |code| code.to_string())).collect();
    assert_eq!(codes, expected, "{dockerfile}");
}

#[test]
fn each_image_has_its_own_sh() {
    let substitution = "RUN cat <(echo a)\nRUN true";
    check(&format!("FROM python:3.12-slim\n{substitution}"), &["2"]);
    check(&format!("FROM python:3.12-alpine\n{substitution}"), &["0", "0"]);
    check(&format!("FROM busybox\n{substitution}"), &["0", "0"]);
    check(&format!("FROM team.example/base:1\n{substitution}"), &["?", "0"]);
    check("FROM python:3.12-slim\nSHELL [\"/bin/bash\", \"-c\"]\nRUN cat <(echo a)", &["0", "0"]);
    check("FROM python:3.12-slim\nRUN ln -sf /bin/bash /bin/sh\nRUN cat <(echo a)", &["0", "0"]);
    check("FROM python:3.12-alpine\nRUN v=abcdef; [ \"${v:1:2}\" = bc ]", &["0"]);
    check("FROM python:3.12-slim\nRUN v=abcdef; [ \"${v:1:2}\" = bc ]", &["2"]);
    check("FROM python:3.12-alpine\nRUN for i in {a..c}; do [ $i = '{a..c}' ] || exit 3; done", &["0"]);
}

#[test]
fn words_come_to_what_the_shell_makes_of_them() {
    const BASH: &str = "FROM python:3.12-slim\nSHELL [\"/bin/bash\", \"-c\"]\n";
    check(&format!("{BASH}RUN set -- a b; IFS=-; [ \"$*\" = a-b ]"), &["0", "0"]);
    check(&format!("{BASH}RUN for i in {{a..c}}; do echo six > r$i; done; cat rb"), &["0", "0"]);
    check(&format!("{BASH}RUN v=abab; [ \"${{v/b/&&}}\" = x ]"), &["0", "?"]);
    check("FROM debian:12\nRUN [ $((5>3))$((1<<3))$((010))$((2>1?7:8)) = 1887 ]", &["0"]);
    check("FROM debian:12\nRUN false && pip install six\nRUN true", &["1"]);
}

#[test]
fn a_loop_that_may_be_left_goes_on_only_perhaps() {
    check(
        "FROM python:3.12-slim\nRUN for d in 5 stop; do python -c \"print(1)\" && break; [ \"$d\" = stop ] && exit 1; done\nRUN true",
        &["?", "0"],
    );
    check("FROM python:3.12-slim\nRUN for d in 5 stop; do [ \"$d\" = stop ] && exit 1; done", &["1"]);
    check("FROM python:3.12-slim\nRUN if python -c \"print(1)\"; then exit 0; fi; exit 1", &["?"]);
    check("FROM python:3.12-slim\nRUN while :; do break; done; break; exit 4", &["4"]);
}
