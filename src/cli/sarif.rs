//! SARIF 2.1.0 (OASIS), for code scanning.

use serde_json::{Value, json};

use crate::{
    findings::{RULES, Severity},
    report::{Finding, Location, Report},
};

/// One run with all findings.
pub(super) fn report(report: &Report) -> String {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| json!({ "id": rule.id, "fullDescription": { "text": title(rule.page) }, "help": { "text": rule.page } }))
        .collect();
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "wheelstage", "version": report.version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": report.findings.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_string_pretty(&sarif).unwrap_or_default() + "\n"
}

/// The page's heading.
fn title(page: &str) -> &str {
    page.lines().next().unwrap_or("").trim_start_matches('#').trim()
}

fn result(finding: &Finding) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    json!({
        "ruleId": finding.rule,
        "level": level,
        "message": { "text": finding.message },
        "locations": [location(&finding.location)],
        "relatedLocations": finding.related.iter().map(location).collect::<Vec<_>>(),
    })
}

fn location(location: &Location) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": location.file },
            "region": {
                "startLine": location.line,
                "startColumn": location.column,
                "byteOffset": location.start,
                "byteLength": location.end - location.start,
            },
        },
    })
}
