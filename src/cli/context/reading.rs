//! Files are read up to a stated size, whatever they are: a pipe and `/dev/zero` have none.

use std::{fs::File, io::Read, path::Path};

use crate::cli::Failure;

/// The largest file that is read as text, in bytes: nothing that people write by hand comes near.
const MOST_TEXT: u64 = 4 << 20;

/// The largest catalogue that is read, in bytes.
const MOST_CATALOGUE: u64 = 512 << 20;

/// Reads a file of text that was named.
pub(in crate::cli) fn read_text(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    let mut file = File::open(path).map_err(|error| Failure(format!("{name}: {error}")))?;
    read_limited(&mut file, &name)
}

/// Reads a source of text to its end or to the limit, beyond which it is refused.
pub(in crate::cli) fn read_limited(source: &mut dyn Read, name: &str) -> Result<Vec<u8>, Failure> {
    read_up_to(source, name, MOST_TEXT)
}

/// Reads a catalogue of one file.
pub(in crate::cli) fn read_catalogue(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let mut file = File::open(path).map_err(|error| Failure(format!("{name}: {error}")))?;
    let bytes = read_up_to(&mut file, &name, MOST_CATALOGUE)?;
    String::from_utf8(bytes).map_err(|_| Failure(format!("{name}: not a text file")))
}

fn read_up_to(source: &mut dyn Read, name: &str, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes).map_err(|error| Failure(format!("{name}: {error}")))?;
    if bytes.len() as u64 > most {
        return Err(Failure(format!("{name}: larger than {} MiB, the most that is read", most >> 20)));
    }
    Ok(bytes)
}
