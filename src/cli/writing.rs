//! Files are written beside their names and renamed when all of them are whole: a full disk or a
//! refusal leaves everything as it was, and nothing is written through a link or into a pipe.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::Failure;

/// How many names are tried for the file beside before another program is thought to be at work.
const MOST_TRIES: u32 = 1_000;

/// Writes all of the files or none. Folders that are missing are made. A file that is there is
/// replaced by name, and keeps its permissions.
pub(super) fn write_all(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Failure> {
    let mut staged = Staged::default();
    for (path, bytes) in files {
        staged.add(path, bytes).map_err(|error| failure(path, &error))?;
    }
    staged.commit()
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    Failure(format!("{}: {error}; nothing was changed", path.display()))
}

/// Files that are written and not yet renamed. Dropped, they are removed again.
#[derive(Default)]
struct Staged {
    /// The file beside, and its name to be.
    files: Vec<(PathBuf, PathBuf)>,
    /// Folders that were made for them, the outer ones first.
    folders: Vec<PathBuf>,
}

impl Staged {
    fn add(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        self.make_folder(folder)?;
        let (beside, mut file) = self.create_beside(folder, path)?;
        self.files.push((beside, path.to_owned()));
        file.write_all(bytes)?;
        if let Ok(there) = fs::symlink_metadata(path)
            && there.is_file()
        {
            file.set_permissions(there.permissions())?;
        }
        file.sync_all()
    }

    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<PathBuf> = folder
            .ancestors()
            .filter(|folder| !folder.as_os_str().is_empty())
            .take_while(|folder| !folder.exists())
            .map(Path::to_owned)
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(&folder)?;
            self.folders.push(folder);
        }
        Ok(())
    }

    /// A new file in the folder that the file is to lie in, so that renaming it is one step.
    fn create_beside(&self, folder: &Path, path: &Path) -> io::Result<(PathBuf, File)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        for number in 0..MOST_TRIES {
            let beside = folder.join(format!(".{name}.{}-{number}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&beside) {
                Ok(file) => return Ok((beside, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Renames all files. Where one cannot be, those before it get back what they had.
    fn commit(mut self) -> Result<(), Failure> {
        let mut replaced: Vec<(PathBuf, Option<PathBuf>)> = Vec::new();
        while let Some((beside, path)) = self.files.first().cloned() {
            let kept = fs::symlink_metadata(&path).is_ok().then(|| beside.with_extension("kept"));
            let renamed = match &kept {
                // A second name for what is there, or the file itself where there can be none.
                Some(kept) => fs::hard_link(&path, kept).or_else(|_| fs::rename(&path, kept)),
                None => Ok(()),
            }
            .and_then(|()| fs::rename(&beside, &path));
            if let Err(error) = renamed {
                replaced.push((path.clone(), kept));
                for (path, kept) in replaced.iter().rev() {
                    let _ = match kept {
                        Some(kept) => fs::rename(kept, path),
                        None => fs::remove_file(path),
                    };
                }
                return Err(failure(&path, &error));
            }
            replaced.push((path, kept));
            self.files.remove(0);
        }
        for kept in replaced.into_iter().filter_map(|(_, kept)| kept) {
            let _ = fs::remove_file(kept);
        }
        self.folders.clear();
        Ok(())
    }
}

impl Drop for Staged {
    /// What could not be finished leaves nothing behind; that it cannot be removed has no one to tell.
    fn drop(&mut self) {
        for (beside, _) in &self.files {
            let _ = fs::remove_file(beside);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
