use serde::{Deserialize, Serialize};

/// How far an inquiry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Projects about which something was asked.
    pub projects: usize,
    /// Questions that are left; answers bring further ones.
    pub left: usize,
}
