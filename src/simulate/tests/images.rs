//! What images hold before the first step: folders, users, Pythons.

use super::run;

/// How every step of every stage ends: `0`, `127`, `?` where that is not known, `-` for one that is
/// not reached.
#[track_caller]
fn check(dockerfile: &str, expected: &str) {
    let (_, simulation) = run(&format!("//- Dockerfile\n{dockerfile}"));
    let stages: Vec<String> = simulation
        .stages
        .iter()
        .map(|stage| {
            let steps = stage.steps.iter().map(|step| match (step.reached, step.exit_code) {
                (false, _) => "-".to_owned(),
                (true, None) => "?".to_owned(),
                (true, Some(code)) => code.to_string(),
            });
            steps.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(stages.join(" | "), expected, "{dockerfile}");
}

#[test]
fn the_folders_of_a_distribution_are_there() {
    check(
        "FROM python:3.12-slim\nRUN mkdir /usr/local/share/x /usr/local/etc/y /var/lib/z /opt/a /srv/b",
        "0",
    );
    check("FROM python:3.12-alpine\nRUN mkdir /usr/local/share/x /var/log/y /home/z", "0");
    check("FROM python:3.12-slim\nRUN mkdir /no/such/x", "1");
    check("FROM python:3.12-alpine\nRUN mkdir /usr/local/games/x", "1");
    check("FROM python:3.12-slim\nRUN mkdir /etc/some/deep/folder", "?");
    // Toolkits lie beside the distribution's own.
    check("FROM nvidia/cuda:12.4.1-base-ubuntu22.04\nRUN mkdir /opt/nvidia/x", "?");
    check("FROM golang:1.22-bookworm\nRUN ls /usr/local/go", "?");
}

#[test]
fn users_have_the_homes_that_their_commands_make() {
    // Debian: measured with shadow 4.13 and adduser 3.134.
    check("FROM python:3.12-slim\nRUN useradd -m bob\nRUN mkdir /home/bob/x", "0 0");
    check("FROM python:3.12-slim\nRUN useradd bob\nRUN mkdir /home/bob/x", "0 1");
    check("FROM python:3.12-slim\nRUN useradd -ms /bin/bash bob && mkdir ~bob/x /home/bob/y", "0");
    check("FROM python:3.12-slim\nRUN useradd -r -m -d /app/home -u 99 svc\nRUN mkdir /app/home/x", "0 0");
    check("FROM python:3.12-slim\nRUN useradd --create-home --home-dir=/w bob && mkdir /w/x", "0");
    check("FROM python:3.12-slim\nRUN useradd -m bob\nRUN useradd bob", "0 9");
    check(
        "FROM python:3.12-slim-bookworm\nRUN adduser --disabled-password --gecos '' bob\nRUN mkdir /home/bob/x",
        "0 0",
    );
    check("FROM python:3.12-slim-bookworm\nRUN adduser --system svc\nRUN mkdir /home/svc/x", "0 1");
    check("FROM python:3.12-slim-bullseye\nRUN adduser --system svc\nRUN mkdir /home/svc/x", "0 0");
    check(
        "FROM python:3.12-slim-bookworm\nRUN adduser --system --home /srv/svc svc\nRUN mkdir /srv/svc/x",
        "0 0",
    );
    check("FROM python:3.12-slim-bookworm\nRUN adduser --no-create-home bob\nRUN mkdir /home/bob/x", "0 1");
    // Alpine: busybox.
    check("FROM python:3.12-alpine\nRUN adduser -D bob\nRUN mkdir /home/bob/x", "0 0");
    check("FROM python:3.12-alpine\nRUN adduser -D -h /app bob\nRUN mkdir /app/x", "0 0");
    check("FROM python:3.12-alpine\nRUN adduser -S -H bob\nRUN mkdir /home/bob/x", "0 1");
    check("FROM python:3.12-alpine\nRUN adduser bob", "?");
    // A user's home decides HOME, whose number it is or not.
    check(
        "FROM python:3.12-slim\nRUN useradd -m -d /w bob\nUSER bob\nRUN mkdir ~/x && mkdir /w/x/y",
        "0 0 0",
    );
    check(
        "FROM python:3.12-slim\nRUN useradd -m bob\nUSER 1000\nRUN mkdir ~/x && mkdir /home/bob/x/y",
        "0 0 0",
    );
    check("FROM python:3.12-slim\nUSER 1234\nRUN [ $HOME = / ]", "0 0");
}

#[test]
fn what_makes_users_is_not_in_every_image() {
    check("FROM python:3.12-alpine\nRUN useradd -m bob", "127");
    check(
        "FROM python:3.12-alpine\nRUN apk add --no-cache shadow && useradd -m bob && mkdir /home/bob/x",
        "0",
    );
    check("FROM python:3.12-slim-trixie\nRUN adduser --disabled-password bob", "127");
    check("FROM debian:13\nRUN apt-get install -y adduser && adduser --system bob", "0");
    // What apt installs may need adduser.
    check("FROM debian:13\nRUN apt-get install -y openssh-server && adduser --system bob", "?");
    check("FROM debian:12\nRUN adduser --system bob", "0");
}

#[test]
fn a_library_of_another_python_is_not_there_to_be_copied() {
    let copy = |builder: &str, path: &str| {
        format!("FROM {builder} AS builder\nFROM python:3.14-slim\nCOPY --from=builder {path} {path}")
    };
    check(&copy("python:3.14-slim", "/usr/local/lib/python3.12/site-packages"), " | 1");
    check(&copy("python:3.14-slim", "/usr/local/lib/python3.14/site-packages"), " | 0");
    check(&copy("python:3.12-slim", "/usr/local/lib/python3.12/site-packages"), " | 0");
    check(&copy("debian:12", "/usr/local/lib/python3.12/site-packages"), " | 1");
    // Nothing is known of what this holds.
    check(&copy("team.example/base:1", "/usr/local/lib/python3.12/site-packages"), " | ?");
    check(&copy("python:slim", "/usr/local/lib/python3.12/site-packages"), " | 1");
    // A step may have made it.
    let made = "FROM python:3.14-slim AS builder\nRUN mkdir -p /usr/local/lib/python3.12/site-packages\nFROM python:3.14-slim\nCOPY --from=builder /usr/local/lib/python3.12/site-packages /x";
    check(made, "0 | 0");
    let unknown = "FROM python:3.14-slim AS builder\nRUN build-python\nFROM python:3.14-slim\nCOPY --from=builder /usr/local/lib/python3.12 /x";
    check(unknown, "? | ?");
}
