//! A report for an issue or a review.

use crate::report::{Finding, Report};

/// Verdict, findings and the first fix as Markdown.
pub(super) fn report(report: &Report) -> String {
    let verdict = format!("{:?}", report.verdict).to_lowercase();
    let mut text = format!("**{verdict}**: {}\n", report.headline);
    for finding in &report.findings {
        text.push_str(&section(finding));
    }
    if let Some(fix) = report.fixes.first() {
        text.push_str(&format!("\n### Fix: {}\n\n{}\n\n```diff\n{}```\n", fix.title, fix.why, fix.diff));
    }
    text
}

fn section(finding: &Finding) -> String {
    let location = &finding.location;
    let severity = format!("{:?}", finding.severity).to_lowercase();
    let mut text = format!(
        "\n### {severity}: {} (`{}` line {})\n\n{}\n",
        finding.rule, location.file, location.line, finding.message
    );
    if !finding.why.is_empty() {
        text.push('\n');
    }
    for sentence in &finding.why {
        text.push_str(&format!("- {}\n", sentence.text));
    }
    text
}
