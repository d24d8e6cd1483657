//! The shipped catalogue, fetched from beside the page. Nothing else of the page does network IO.

use gloo::net::http::Request;

use crate::index::Manifest;

/// The bundle that holds all that the opening example needs.
pub(super) const OPENING: &str = "report";

/// The index whose projects have plain file names.
const PUBLIC: &str = "https://pypi.org/simple";

/// The catalogue's table of contents.
///
/// # Errors
/// Says why it could not be had.
pub(super) async fn manifest() -> Result<Manifest, String> {
    let text = text("catalogue/manifest.json").await?;
    serde_json::from_str(&text).map_err(|error| format!("The catalogue's manifest cannot be read: {error}."))
}

/// A bundle, as text.
///
/// # Errors
/// Says why it could not be had.
pub(super) async fn bundle(name: &str) -> Result<String, String> {
    text(&format!("catalogue/bundles/{name}.json")).await
}

/// The files that hold a project: one for each index that has it.
pub(super) fn project_files(manifest: &Manifest, project: &str) -> Vec<String> {
    manifest
        .indexes
        .iter()
        .enumerate()
        .filter(|(_, (_, projects))| projects.iter().any(|known| known == project))
        .map(|(number, (index, _))| match index.as_str() {
            PUBLIC => format!("catalogue/projects/{project}.json"),
            _ => format!("catalogue/projects/{project}@{number}.json"),
        })
        .collect()
}

/// A file from beside the page.
///
/// # Errors
/// Says why it could not be had.
pub(super) async fn text(path: &str) -> Result<String, String> {
    let response =
        Request::get(path).send().await.map_err(|error| format!("{path} could not be fetched: {error}."))?;
    if !response.ok() {
        return Err(format!("{path} could not be fetched: the server answers {}.", response.status()));
    }
    response.text().await.map_err(|error| format!("{path} could not be read: {error}."))
}
