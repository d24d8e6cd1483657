use super::Argument;

/// Why a program refuses its command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError {
    /// The program's own words.
    pub message: String,
    /// What it exits with.
    pub exit_code: i32,
    /// The word it stumbles over; `None` where something is missing altogether.
    pub argument: Option<Argument>,
}
