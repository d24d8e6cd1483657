//! A build analysed with all that can be known about it: what the core lacks is looked up, and it is
//! asked again.

use std::sync::Arc;

use super::{
    Failure,
    arguments::Input,
    catalogue,
    context::{self, Context},
    lookup::{Lookups, Places},
    say,
};
use crate::{
    findings::{Analysis, Lacking, analyze},
    index::Index,
    inquiry::MOST_ROUNDS,
    patch::{Fix, Proposals, propose},
    report::LookUps,
};

/// What came of it.
pub(super) struct Examined {
    pub(super) analysis: Analysis,
    /// The files it came from.
    pub(super) context: Context,
    /// Best first; no more than were asked for.
    pub(super) fixes: Vec<Fix>,
    /// Why a change that may help could not be checked.
    pub(super) unchecked: Option<String>,
    /// What was asked; `None` where nothing was to be.
    pub(super) look_ups: Option<LookUps>,
}

/// Reads the files and simulates the build, with this many fixes at most. What is worth saying of it
/// goes to stderr.
///
/// # Errors
/// What cannot be read.
pub(super) fn examine(input: &Input, most_fixes: usize) -> Result<Examined, Failure> {
    let context = context::read(input)?;
    for note in &context.notes {
        say(note);
    }
    let index = catalogue::index(input)?;
    let places = Places::new(input.index_url.as_deref(), &input.allow_index).map_err(Failure)?;
    if is_offline(input) && input.as_of.is_some() {
        let message = "--as-of asks the package index, which WHEELSTAGE_OFFLINE forbids";
        return Err(Failure(message.to_owned()));
    }
    let lookups = match is_offline(input) {
        true => None,
        false => Some(Lookups::new(&places, input, &index).map_err(Failure)?),
    };
    let learns = |lacking: &[Lacking]| lookups.as_ref().is_some_and(|lookups| lookups.look_up(lacking));
    let known = || lookups.as_ref().map_or_else(|| Arc::clone(&index), Lookups::index);
    let analysed = |index: Arc<Index>| analyze(&context.sources, &index, &context.settings);
    let mut analysis = analysed(known());
    let mut rounds = 0;
    loop {
        rounds += 1;
        let may_ask = rounds < MOST_ROUNDS;
        let lacking: Vec<Lacking> = analysis.lacking().collect();
        if may_ask && learns(&lacking) {
            analysis = analysed(known());
            continue;
        }
        let lacking = analysis.advise();
        if may_ask && learns(&lacking) {
            analysis = analysed(known());
            continue;
        }
        let mut proposals = propose(&analysis);
        let fixes: Vec<Fix> = proposals.by_ref().take(most_fixes).collect();
        if fixes.len() < most_fixes && may_ask && learns(proposals.lacking()) {
            drop(proposals);
            analysis = analysed(known());
            continue;
        }
        let unchecked = Proposals::unchecked(&proposals).map(str::to_owned);
        drop(proposals);
        let look_ups = lookups.as_ref().map(|lookups| {
            let summary = lookups.summary();
            for note in said(&summary, lookups.seconds()) {
                say(&note);
            }
            summary
        });
        return Ok(Examined { analysis, context, fixes, unchecked, look_ups });
    }
}

fn is_offline(input: &Input) -> bool {
    let variable = std::env::var("WHEELSTAGE_OFFLINE").unwrap_or_default();
    input.offline || !matches!(variable.as_str(), "" | "0")
}

/// What was asked, in a line, and what could not be.
fn said(look_ups: &LookUps, seconds: f64) -> Vec<String> {
    let asked = (!look_ups.projects.is_empty() && !look_ups.indexes.is_empty()).then(|| {
        let (projects, requests) = (look_ups.projects.len(), look_ups.requests);
        let indexes = look_ups.indexes.join(", ");
        let day = look_ups.as_of.as_ref().map_or_else(String::new, |day| format!(" as of {day}"));
        format!("looked up {projects} projects on {indexes}{day} ({requests} requests, {seconds:.1} s)")
    });
    asked.into_iter().chain(look_ups.failures.iter().cloned()).collect()
}
