//! One question to pip or uv, and its answer.
//!
//! What pip picks depends on the order in which it looks, so its own search is walked as it is:
//! pip's candidates in pip's order, pip's choice of what to pin next, pip's way back. Whether a
//! solution exists at all, and why not, depends on no order; that is asked of PubGrub, whose
//! derivation becomes the explanation. uv resolves by PubGrub itself.

mod answers;
mod asking;
mod blame;
mod changes;
mod explain;
mod explanation;
mod learn;
mod message;
mod pool;
mod problem;
mod resolution;
mod roots;
mod rules;
mod set;
mod solve;
mod walk;
mod wording;

pub use answers::Answers;
pub use changes::{changes, helpful_pin};
pub use explain::explain;
pub use explanation::{Change, Changes, ConflictKind, Explanation, Party, PartyKind, Sentence, Unavailable};
pub use message::pip_message;
pub use problem::{
    Constraint, Direct, FormatControl, Installed, Limits, Origin, PoolFile, Problem, RootRequirement, Tool,
    Upgrade, Wanted,
};
pub use resolution::{
    Asked, Conflict, Edge, KnownPart, MissingFact, Pick, PickSource, Requirer, Resolution, Selection, Stopped,
};
pub use roots::root_conflict;
pub use solve::{known_part, resolve};
pub use wording::{lacking, listed, set_text};
