//! What the page is made of. Each component draws plain data and says what the person did as an
//! [`Action`](super::state::Action); none keeps a fact of its own, fetches or stores.
//!
//! What needs neither hooks nor its own redrawing is a plain function: every component brings code of its own.
//!
//! No `style` attribute anywhere: the content security policy forbids it. Sizes that depend on
//! data are attributes of SVG.

mod banner;
mod diff;
mod facts;
mod files;
mod header;
mod help;
mod icon;
mod lanes;
mod notices;
mod number;
mod packages;
mod patches;
mod place;
mod problems;
mod ranges;
mod rule_page;
mod share;
mod splitter;
mod stated;
mod tabs;
mod target;
mod verdict;
mod why;

pub use banner::{DraftList, OpenedNotice};
pub use diff::{Diff, DiffProps};
pub use facts::{FactsTable, FactsTableProps};
pub use files::{DropZone, FileTabs};
pub use header::Header;
pub use help::Help;
pub use icon::{Symbol, icon, verdict_symbol};
pub use lanes::{Lanes, LanesProps};
pub use notices::{crash_notice, facts_notice, removed_notice, unkept_notice, waiting};
pub(crate) use number::fixed;
pub use packages::{Packages, PackagesProps};
pub use patches::{Patches, PatchesProps, new_texts};
pub use place::{Lights, is_lit, place_button, place_words};
pub use problems::{Problems, ProblemsProps};
pub use ranges::{Ranges, RangesProps};
pub use rule_page::{Block, RulePage, RulePageProps, blocks};
pub use share::Share;
pub use splitter::{Axis, Splitter, SplitterProps};
pub use stated::{fact_errors, stated_facts};
pub use tabs::{Tab, Tabs};
pub use target::TargetBar;
pub use verdict::{VerdictLine, VerdictLineProps, verdict_class, verdict_word};
pub use why::{Why, WhyProps};

/// Where components send what the person did.
pub type Dispatch = yew::Callback<super::state::Action>;
