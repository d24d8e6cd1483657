use super::Move;
use crate::{
    pep508::ProjectName,
    text::{Edit, EditError, FileId, SourceFile, Sources, TextRange},
};

/// A fix that was not simulated yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Id of its strategy: `install-by-name`.
    pub strategy: &'static str,
    /// What it does, in a few words.
    pub title: String,
    /// One sentence: why it works.
    pub why: String,
    /// What it changes, each with its own reason.
    pub changes: Vec<Change>,
    /// Index of the finding it is for.
    pub finding: usize,
    /// Projects whose versions in the final stage it means to change.
    pub means: Vec<ProjectName>,
    /// Versions that the author asks for, and that it moves.
    pub moves: Vec<Move>,
}

/// One change of one file.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Other text in place of some bytes.
    Edit {
        /// The edit.
        edit: Edit,
        /// Why, in one sentence.
        why: String,
    },
    /// A file that is not there yet.
    Add {
        /// The file.
        file: SourceFile,
        /// Why, in one sentence.
        why: String,
    },
}

impl Change {
    /// Other text in place of the bytes of a file.
    pub fn edit(file: FileId, range: TextRange, insert: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Edit { edit: Edit { file, range, insert: insert.into() }, why: why.into() }
    }
}

impl Candidate {
    /// The files with all changes made.
    ///
    /// # Errors
    /// Where two changes meet in the same bytes.
    pub fn apply(&self, sources: &Sources) -> Result<Sources, EditError> {
        apply(self.changes.iter(), sources)
    }
}

fn apply<'a>(changes: impl Iterator<Item = &'a Change>, sources: &Sources) -> Result<Sources, EditError> {
    let mut edits = Vec::new();
    let mut result = sources.clone();
    for change in changes {
        match change {
            Change::Edit { edit, .. } => edits.push(edit.clone()),
            Change::Add { file, .. } => result = result.with_file(file.clone()),
        }
    }
    result.edited(&edits)
}
