//! The command lines of pip and its kin.

use wheelstage::{
    syntax::command::{Argument, ConfigFile, PipCall, PipCommand, PipVersion, Surroundings},
    text::{FileId, Location, Mapped, Sources, range},
};

/// Each line is a command line, its words blanks apart; the last word of a line that holds `=`
/// is what every variable is set to. The whole text is a `pip.conf` as well. Every value stands
/// in the text.
///
/// # Panics
/// Where that does not hold.
pub fn check(text: &str) {
    let Some(file) = Sources::from_texts([("Dockerfile", text)]).find("Dockerfile") else { return };
    let config = ConfigFile::parse(text, file);
    for entry in &config.entries {
        holds(&entry.value, text);
    }
    let config = [config];
    let mut offset = 0;
    for line in text.split('\n') {
        let argv = words(line, offset, file);
        offset += line.len() + 1;
        let value = argv.last().filter(|word| word.as_str().contains('=')).cloned();
        let variable = |name: &str| value.clone().filter(|_| name.len().is_multiple_of(2));
        for (major, minor) in [(20, 3), (23, 0), (26, 3)] {
            let pip = PipVersion { major, minor };
            let surroundings = Surroundings { pip, variable: &variable, config: &config };
            let Some(call) = PipCall::parse(&argv, surroundings) else { continue };
            if let Some(argument) = call.refusal().and_then(|error| error.argument) {
                holds(&argument, text);
            }
            match &call.command {
                PipCommand::Install(install) | PipCommand::Wheel(install) => {
                    install.requirements.iter().for_each(|word| holds(word, text));
                    install.requirement_files.iter().for_each(|word| holds(word, text));
                    install.index.find_links.iter().for_each(|word| holds(word, text));
                }
                PipCommand::Invalid(error) => {
                    assert!(matches!(error.exit_code, 1..=3), "{error:?}");
                    error.argument.iter().for_each(|word| holds(word, text));
                }
                _ => {}
            }
        }
    }
}

fn words(line: &str, offset: usize, file: FileId) -> Vec<Argument> {
    let mut at = offset;
    let mut words = Vec::new();
    for word in line.split(' ') {
        if !word.is_empty() {
            let place = Some(Location { file, range: range(at, at + word.len()) });
            words.push(Argument { text: Mapped::verbatim(word, at), place });
        }
        at += word.len() + 1;
    }
    words
}

fn holds(value: &Argument, text: &str) {
    let Some(place) = value.place else { return };
    let bytes = usize::from(place.range.start())..usize::from(place.range.end());
    let there = text.get(bytes);
    assert!(there.is_some(), "{value:?} does not stand in {text:?}");
    // Continued lines of a `pip.conf` are joined.
    if !value.as_str().contains('\n') {
        assert_eq!(there, Some(value.as_str()), "{text:?}");
    }
}
