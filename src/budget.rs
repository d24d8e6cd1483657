//! How much one analysis may do and keep in mind.
//!
//! What arrives may be made to be large: a file that includes itself through forty others, a text
//! that each line doubles. A [`Budget`] is made once for an analysis and handed to all that
//! spends: the shell, the steps of a build, the files that pip reads. It counts, it measures no
//! time, so the same input ends at the same place on every machine. What lies beyond it is not
//! known, and is never an error of the build.

use std::cell::Cell;

/// How every reason begins that is a limit of this tool's and no fault of what it reads.
pub const BEYOND: &str = "more than this tool simulates";

/// Units of work: a command that is run, a step of a Dockerfile, a file that is included.
pub const WORK: usize = 100_000;

/// Bytes that files, variables and outputs may take, all that were ever made counted, as
/// [`line_weight`] and its kin weigh them.
pub const MEMORY: usize = 64 << 20;

/// Stages and steps of a build.
pub const MOST_STEPS: usize = 12_000;

/// Why what stands behind them is not followed.
pub const TOO_MANY_STEPS: &str = "more than this tool simulates: the file has more than 12000 steps";

/// Units of work that one step may take of it, so that one endless loop leaves something to the
/// stages that have no part in it.
pub const WORK_OF_STEP: usize = 20_000;

/// The longest path in bytes, with the zero at its end (`PATH_MAX` of Linux's `limits.h`).
pub const PATH_MAX: usize = 4_096;

/// The longest name in a folder, in bytes (`NAME_MAX`).
pub const NAME_MAX: usize = 255;

/// The longest text that one file or output is followed to, in bytes.
pub const LONGEST_TEXT: usize = 4 << 20;

/// Why a longer text is not known.
pub const TEXT_TOO_LONG: &str = "more than this tool simulates: the text is longer than 4 MiB";

/// Why what lies at a longer path is not known.
pub const PATH_TOO_LONG: &str = "more than this tool simulates: a path is longer than 4095 bytes";

/// The longest word of a command, in bytes.
pub const LONGEST_WORD: usize = 1 << 20;

/// Why a longer word is not known.
pub const WORD_TOO_LONG: &str = "more than this tool simulates: the word is longer than 1 MiB";

/// Why what a pattern matches in a long value is not known.
pub const PATTERN_TOO_LONG: &str = "more than this tool simulates: the pattern takes too long on this value";

/// Files and folders that one file system may come to by a copy.
pub const MOST_ENTRIES: usize = 20_000;

/// Why what a larger copy makes is not known.
pub const TOO_MANY_ENTRIES: &str = "more than this tool simulates: there are more than 20000 files";

/// Why a step that takes too much work is not followed further.
pub const STEP_TOO_LONG: &str = "more than this tool simulates: the step runs more than 20000 commands";

const TOO_MUCH_WORK: &str =
    "more than this tool simulates: the build comes to more than 100000 commands, steps and included files";

const TOO_LARGE: &str =
    "more than this tool simulates: the files and variables of the build come to more than 64 MiB";

/// Spent is spent: whoever tries another branch of the same script spends from the same one.
#[derive(Debug)]
pub struct Budget {
    work: Cell<usize>,
    memory: Cell<usize>,
    beyond: Cell<Option<&'static str>>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { work: Cell::new(WORK), memory: Cell::new(MEMORY), beyond: Cell::new(None) }
    }
}

impl Budget {
    /// Takes units of work.
    ///
    /// # Errors
    /// Says why the rest is not followed, once there is not as much left, and from then on.
    pub fn work(&self, units: usize) -> Result<(), &'static str> {
        self.take(&self.work, units, TOO_MUCH_WORK)
    }

    /// Takes room for bytes that are about to be kept.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub fn hold(&self, bytes: usize) -> Result<(), &'static str> {
        self.take(&self.memory, bytes, TOO_LARGE)
    }

    /// Why the rest is not followed; `None` while something is left.
    #[must_use]
    pub fn beyond(&self) -> Option<&'static str> {
        self.beyond.get()
    }

    /// Units of work done.
    #[must_use]
    pub fn worked(&self) -> usize {
        WORK - self.work.get()
    }

    /// Bytes counted.
    #[must_use]
    pub fn held(&self) -> usize {
        MEMORY - self.memory.get()
    }

    fn take(&self, meter: &Cell<usize>, amount: usize, reason: &'static str) -> Result<(), &'static str> {
        if let Some(reason) = self.beyond.get() {
            return Err(reason);
        }
        match meter.get().checked_sub(amount) {
            Some(left) => {
                meter.set(left);
                Ok(())
            }
            None => {
                self.beyond.set(Some(reason));
                Err(reason)
            }
        }
    }
}

/// What a line of a text takes besides its bytes: where it came from, and the allocator's share.
#[must_use]
pub const fn line_weight(bytes: usize) -> usize {
    bytes + 80
}

/// What a file or folder takes besides its content: its path as a key, and its place in a tree.
#[must_use]
pub const fn entry_weight(path: usize) -> usize {
    path + 200
}

/// What a requirements file takes once it is read, in bytes.
#[must_use]
pub const fn requirement_weight(lines: usize, bytes: usize) -> usize {
    2 * bytes + 1_000 * lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_once_it_is_spent() {
        let budget = Budget::default();
        assert_eq!(budget.hold(MEMORY), Ok(()));
        assert_eq!(budget.beyond(), None);
        assert_eq!(budget.hold(1), Err(TOO_LARGE));
        assert_eq!(budget.work(1), Err(TOO_LARGE));
        assert_eq!(budget.beyond(), Some(TOO_LARGE));
        assert_eq!((budget.worked(), budget.held()), (0, MEMORY));
    }

    #[test]
    fn the_reasons_name_the_figures() {
        assert!(TOO_MUCH_WORK.contains(&WORK.to_string()));
        assert!(STEP_TOO_LONG.contains(&WORK_OF_STEP.to_string()));
        assert!(TEXT_TOO_LONG.contains(&format!("{} MiB", LONGEST_TEXT >> 20)));
        assert!(PATH_TOO_LONG.contains(&(PATH_MAX - 1).to_string()));
        assert!(TOO_MANY_ENTRIES.contains(&MOST_ENTRIES.to_string()));
        assert!(WORD_TOO_LONG.contains(&format!("{} MiB", LONGEST_WORD >> 20)));
        assert!(TOO_MANY_STEPS.contains(&MOST_STEPS.to_string()));
        assert!(TOO_LARGE.contains(&format!("{} MiB", MEMORY >> 20)));
    }
}
