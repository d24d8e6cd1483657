//! What the command line knows about packages: the catalogue it carries, or the one it is given.

use std::{fs, sync::Arc};

use include_dir::{Dir, include_dir};

use super::{Failure, arguments::Input, context};
use crate::{
    index::{Catalogue, Index, IndexUrl, Manifest, Overlay},
    pep508::ProjectName,
    text::SourceFile,
};

/// The shipped catalogue, inside the program.
static CATALOGUE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/static/catalogue");

/// The index that the arguments ask for.
pub(super) fn index(input: &Input) -> Result<Arc<Index>, Failure> {
    let mut index = Index::empty();
    index.catalogue = Arc::new(match &input.catalogue {
        // What is known without a day may not have been there yet.
        None if input.as_of.is_some() => Catalogue::default(),
        None => built_in()?,
        Some(path) if path.is_dir() => of_files(&|name| fs::read_to_string(path.join(name)).ok())
            .map_err(|error| Failure(format!("{}: {error}", path.display())))?,
        Some(path) => Catalogue::from_json(&context::read_catalogue(path)?)
            .map_err(|error| Failure(format!("{}: {error}", path.display())))?,
    });
    if let Some(path) = &input.overlay {
        let text = SourceFile::from_bytes("", &context::read_text(path)?).text;
        let parsed = Overlay::parse(&path.display().to_string(), &text);
        if let Some(error) = parsed.errors.first() {
            let line = parsed.tree.source.line_column(error.range.start().into()).line;
            let hint = error.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
            return Err(Failure(format!("{} line {line}: {}{hint}", path.display(), error.message)));
        }
        index.overlay = parsed.tree;
    }
    Ok(Arc::new(index))
}

/// The catalogue that this program carries.
fn built_in() -> Result<Catalogue, Failure> {
    let text = |name: &str| Some(CATALOGUE.get_file(name)?.contents_utf8()?.to_owned());
    of_files(&text).map_err(|error| Failure(format!("the built-in catalogue: {error}")))
}

/// A catalogue of the shipped form: its manifest names the others.
fn of_files(text: &dyn Fn(&str) -> Option<String>) -> Result<Catalogue, String> {
    let manifest = text("manifest.json").ok_or("there is no manifest.json")?;
    let manifest: Manifest =
        serde_json::from_str(&manifest).map_err(|error| format!("manifest.json: {error}"))?;
    let mut catalogue = Catalogue::default();
    catalogue.date = Some(manifest.date.clone());
    for address in &manifest.complete {
        catalogue.others_absent(IndexUrl::new(address));
    }
    for (address, names) in &manifest.indexes {
        let url = IndexUrl::new(address);
        for name in names {
            let name = ProjectName::new(name).ok_or_else(|| format!("{name} is no name of a project"))?;
            let file = manifest.file_name(&url, &name).ok_or_else(|| format!("{address} is not listed"))?;
            let file = format!("projects/{file}");
            let text = text(&file).ok_or_else(|| format!("there is no {file}"))?;
            catalogue.insert_text(url.clone(), name, text);
        }
    }
    Ok(catalogue)
}
