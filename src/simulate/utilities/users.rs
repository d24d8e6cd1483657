//! What makes users: their names and homes decide `~`, `HOME` and where `pip install --user` goes.

use crate::{
    model::Distribution,
    simulate::{
        Lookup, State,
        base::{ADDUSER, USERADD},
        shell::{Outcome, Shell},
    },
    syntax::command::Argument,
    text::Location,
};

/// Options as `getopt_long` reads them: letters and long names, each with its value where it takes one.
#[derive(Default)]
struct Options<'a> {
    given: Vec<(&'a str, Option<&'a str>)>,
    operands: Vec<&'a str>,
}

impl<'a> Options<'a> {
    /// `letters` and `names` take a value.
    fn read(arguments: &'a [Argument], letters: &str, names: &[&str]) -> Self {
        let mut read = Self::default();
        let mut words = arguments.iter().skip(1).map(Argument::as_str);
        while let Some(word) = words.next() {
            if word == "--" {
                read.operands.extend(words.by_ref());
            } else if let Some(name) = word.strip_prefix("--") {
                match name.split_once('=') {
                    Some((name, value)) => read.given.push((name, Some(value))),
                    None => {
                        let value = if names.contains(&name) { words.next() } else { None };
                        read.given.push((name, value));
                    }
                }
            } else if let Some(mut rest) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                while let Some(letter) = rest.chars().next() {
                    let (name, behind) = rest.split_at(letter.len_utf8());
                    rest = behind;
                    if letters.contains(letter) {
                        let value = if rest.is_empty() { words.next() } else { Some(rest) };
                        read.given.push((name, value));
                        break;
                    }
                    read.given.push((name, None));
                }
            } else {
                read.operands.push(word);
            }
        }
        read
    }

    fn has(&self, names: &[&str]) -> bool {
        self.given.iter().any(|(name, _)| names.contains(name))
    }

    fn value(&self, names: &[&str]) -> Option<&'a str> {
        self.given.iter().rev().find(|(name, _)| names.contains(name)).and_then(|(_, value)| *value)
    }
}

/// Whether a user's home is made.
enum Home {
    Made,
    NotMade,
    /// The distribution's settings say.
    Perhaps,
}

/// The program that brings a command is not in the image, for certain.
fn is_lacking(state: &State, program: &str) -> bool {
    state.unknown_programs.is_none() && matches!(state.files.lookup(program), Lookup::Absent)
}

/// `useradd` of shadow. Debian's makes no home without `-m` (its `/etc/login.defs` sets no
/// `CREATE_HOME`); Fedora's does.
pub(super) fn useradd(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    const NAMES: [&str; 16] = [
        "base-dir",
        "comment",
        "home-dir",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "skel",
        "key",
        "password",
        "root",
        "prefix",
        "shell",
        "uid",
        "selinux-user",
        "selinux-range",
    ];
    let state = &shell.world.state;
    if is_lacking(state, USERADD) {
        return Outcome::failed(127);
    }
    let options = Options::read(arguments, "bcdefgGkKpPRsuZ", &NAMES);
    if options.has(&["D", "defaults", "h", "help"]) {
        return Outcome::status(0);
    }
    let [name] = options.operands.as_slice() else { return Outcome::failed(2) };
    if state.homes.get(*name).is_some() {
        return Outcome::failed(9);
    }
    let path = match (options.value(&["d", "home-dir"]), options.value(&["b", "base-dir"])) {
        (Some(home), _) => home.to_owned(),
        (None, base) => format!("{}/{name}", base.unwrap_or("/home").trim_end_matches('/')),
    };
    let home = match state.distribution {
        _ if options.has(&["m", "create-home"]) => Home::Made,
        _ if options.has(&["M", "no-create-home"]) => Home::NotMade,
        Distribution::Unknown if !options.has(&["r", "system"]) => Home::Perhaps,
        _ => Home::NotMade,
    };
    let system = options.has(&["r", "system"]);
    add(shell, name, options.value(&["u", "uid"]), system, &path, &home);
    Outcome::status(0)
}

/// `adduser` of Debian, or of busybox on Alpine.
pub(super) fn adduser(shell: &mut Shell<'_, '_>, arguments: &[Argument], place: Option<Location>) -> Outcome {
    match shell.world.state.distribution {
        Distribution::Alpine(_) | Distribution::Busybox => busybox_adduser(shell, arguments),
        Distribution::Debian(_) | Distribution::Ubuntu(..) => debian_adduser(shell, arguments),
        // A link to `useradd` on Fedora.
        Distribution::Unknown if shell.world.state.unknown_base.is_none() => useradd(shell, arguments, place),
        Distribution::Unknown => Outcome::unknown("which adduser the image has is not known"),
    }
}

/// Debian's makes a home unless told not to; of a system user only where `--home` names it, since
/// adduser 3.122 (Debian 12, Ubuntu 22.10). It asks for a password, and takes no answer for one.
fn debian_adduser(shell: &mut Shell<'_, '_>, arguments: &[Argument]) -> Outcome {
    const NAMES: [&str; 11] = [
        "home", "shell", "uid", "gid", "ingroup", "gecos", "comment", "firstuid", "lastuid", "firstgid",
        "conf",
    ];
    let state = &shell.world.state;
    if is_lacking(state, ADDUSER) {
        return Outcome::failed(127);
    }
    let options = Options::read(arguments, "", &NAMES);
    let [name] = options.operands.as_slice() else {
        // `adduser USER GROUP`.
        return Outcome::status(0);
    };
    if options.has(&["group"]) && !options.has(&["system"]) {
        return Outcome::status(0);
    }
    let system = options.has(&["system"]);
    if state.homes.get(*name).is_some() {
        // A system user that is there already is what was asked for.
        return Outcome::status(i32::from(!system));
    }
    let nowhere = match state.distribution {
        Distribution::Debian(version) => version >= 12,
        Distribution::Ubuntu(year, month) => (year, month) >= (22, 10),
        _ => false,
    };
    let (path, made) = match options.value(&["home"]) {
        Some(home) => (home.to_owned(), true),
        None if system && nowhere => ("/nonexistent".to_owned(), false),
        None => (format!("/home/{name}"), true),
    };
    let home = if made && !options.has(&["no-create-home"]) { Home::Made } else { Home::NotMade };
    // Debian 13 has the program only where a package asked for it.
    let is_there = !matches!(state.distribution, Distribution::Debian(13..))
        || matches!(state.files.lookup(ADDUSER), Lookup::Present(_));
    add(shell, name, options.value(&["uid"]), system, &path, &home);
    Outcome { status: is_there.then_some(0), ..Outcome::status(0) }
}

/// busybox's makes a home unless `-H` is given. Without `-D` or `-S` it asks for a password.
fn busybox_adduser(shell: &mut Shell<'_, '_>, arguments: &[Argument]) -> Outcome {
    const NAMES: [&str; 6] = ["home", "gecos", "shell", "ingroup", "uid", "skel"];
    let options = Options::read(arguments, "hgsGuk", &NAMES);
    let [name] = options.operands.as_slice() else {
        // `adduser USER GROUP`.
        return Outcome::status(0);
    };
    if shell.world.state.homes.get(*name).is_some() {
        return Outcome::failed(1);
    }
    let path = options.value(&["h", "home"]).map_or_else(|| format!("/home/{name}"), str::to_owned);
    let home = if options.has(&["H", "no-create-home"]) { Home::NotMade } else { Home::Made };
    let system = options.has(&["S", "system"]);
    let asks = !system && !options.has(&["D", "disabled-password"]);
    add(shell, name, options.value(&["u", "uid"]), system, &path, &home);
    Outcome { status: (!asks).then_some(0), ..Outcome::status(0) }
}

/// `usermod -d HOME [-m] USER`.
pub(super) fn usermod(shell: &mut Shell<'_, '_>, arguments: &[Argument], _: Option<Location>) -> Outcome {
    const NAMES: [&str; 10] = [
        "append-groups",
        "comment",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "login",
        "shell",
        "uid",
    ];
    let options = Options::read(arguments, "cdefgGlpRsuZ", &NAMES);
    if let (Some(home), [name]) = (options.value(&["d", "home"]), options.operands.as_slice()) {
        let state = &mut shell.world.state;
        if options.has(&["m", "move-home"]) {
            let before = state.home_of(name);
            let origin = shell.world.origin;
            let files = state.files.clone();
            state.files.copy_from(&files, &before, home, &|_| true, &Clone::clone);
            state.files.make_folder(home, origin);
            state.files.remove(&before);
        }
        state.homes.insert((*name).to_owned(), home.to_owned());
    }
    Outcome::status(0)
}

fn add(shell: &mut Shell<'_, '_>, name: &str, number: Option<&str>, system: bool, path: &str, home: &Home) {
    /// The first number of a person (`UID_MIN` of `/etc/login.defs`).
    const FIRST: u32 = 1000;
    let origin = shell.world.origin;
    let state = &mut shell.world.state;
    match home {
        Home::Made => state.files.make_folder(path, origin),
        Home::Perhaps => state.files.mark_uncertain(path, "whether useradd makes a home is not known"),
        Home::NotMade => {}
    }
    let free = |state: &State| {
        (FIRST..).map(|number| number.to_string()).find(|number| state.homes.get(number.as_str()).is_none())
    };
    let number = match number {
        Some(number) => Some(number.to_owned()),
        None if system => None,
        None => free(state),
    };
    state.homes.insert(name.to_owned(), path.to_owned());
    if let Some(number) = number {
        state.homes.entry(number).or_insert_with(|| path.to_owned());
    }
}
