//! pip's command line.

mod call;
mod configuration;
mod options;
mod optparse;
mod refusal;
mod similar;
mod values;

pub use call::{
    FormatControl, IndexOptions, PipCall, PipCommand, PipConfig, PipInstall, PipUninstall, PipVersion,
    ReleaseControl, Surroundings, UpgradeStrategy,
};
pub use configuration::{ConfigEntry, ConfigFile};
pub use values::{Flag, OptionValue, Options};

/// A project's name as PEP 503 has it: lower case, one dash for each run of `-`, `_` and `.`.
fn canonical_name(name: &str) -> String {
    let mut canonical = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if canonical.ends_with('-') => {}
            '-' | '_' | '.' => canonical.push('-'),
            _ => canonical.extend(c.to_lowercase()),
        }
    }
    canonical
}
