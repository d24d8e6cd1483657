//! The metadata of a file that lies on a server, with as few of its bytes as will do.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use flate2::read::GzDecoder;
use url::Url;

use super::client::{Client, Failure};
use crate::index::{Metadata, PageFile};

/// The first part of a wheel that is asked for: its directory stands at its end.
const TAIL: u64 = 32 << 10;

/// An archive larger than this is not fetched whole.
const MOST_WHOLE: u64 = 24 << 20;

/// The largest METADATA that is read.
const MOST_METADATA: u64 = 4 << 20;

/// A file's metadata: beside it (PEP 658), in the wheel, or in the sdist where it is static (PEP 643).
/// `None` where the file does not tell.
pub(super) fn metadata(client: &Client<'_>, url: &Url, file: &PageFile) -> Result<Option<Metadata>, Failure> {
    let key = format!("metadata of {}", super::client::bare(url));
    let text = client.kept(&key, || fetch(client, url, file))?;
    Ok((!text.is_empty()).then(|| Metadata::parse(&String::from_utf8_lossy(&text))))
}

fn fetch(client: &Client<'_>, url: &Url, file: &PageFile) -> Result<Vec<u8>, Failure> {
    if !file.file_name.ends_with(".whl") {
        return Ok(of_sdist(client, url, &file.file_name)?.unwrap_or_default());
    }
    match beside(client, url, file) {
        Ok(text) => return Ok(text),
        Err(Failure::NotFound) => {}
        Err(failure) => return Err(failure),
    }
    Ok(of_wheel(client, url)?.unwrap_or_default())
}

/// What lies beside a wheel. Asked for also where the page does not announce it: some indexes serve
/// it all the same.
fn beside(client: &Client<'_>, url: &Url, file: &PageFile) -> Result<Vec<u8>, Failure> {
    let mut beside = url.clone();
    beside.set_path(&format!("{}.metadata", url.path()));
    let text = client.file(&beside)?;
    match file.metadata.read(file, &text).map_err(Failure::Other)? {
        Some(_) => Ok(text),
        None => Err(Failure::NotFound),
    }
}

/// METADATA out of a wheel, by ranges.
fn of_wheel(client: &Client<'_>, url: &Url) -> Result<Option<Vec<u8>>, Failure> {
    let Some((tail, size)) = client.range(url, &format!("bytes=-{TAIL}"))? else {
        let whole = client.file(url)?;
        return Ok(in_wheel(Cursor::new(whole)));
    };
    let start = size.saturating_sub(tail.len() as u64);
    Ok(in_wheel(RemoteFile { client, url, size, position: 0, part: tail, start }))
}

fn in_wheel(wheel: impl Read + Seek) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(wheel).ok()?;
    let is_metadata = |name: &str| {
        name.strip_suffix("/METADATA")
            .is_some_and(|folder| folder.ends_with(".dist-info") && !folder.contains('/'))
    };
    let name = archive.file_names().find(|name| is_metadata(name))?.to_owned();
    let mut text = Vec::new();
    archive.by_name(&name).ok()?.take(MOST_METADATA).read_to_end(&mut text).ok()?;
    Some(text)
}

/// PKG-INFO out of an sdist whose author says that it holds for every wheel made from it.
fn of_sdist(client: &Client<'_>, url: &Url, file_name: &str) -> Result<Option<Vec<u8>>, Failure> {
    if !file_name.ends_with(".tar.gz") {
        return Ok(None);
    }
    // One byte tells how large it is.
    if let Some((_, size)) = client.range(url, "bytes=0-0")?
        && size > MOST_WHOLE
    {
        return Ok(None);
    }
    let whole = client.file(url)?;
    Ok(pkg_info(&whole).filter(|text| is_static(text)))
}

fn pkg_info(archive: &[u8]) -> Option<Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(archive).take(8 * MOST_WHOLE));
    for entry in archive.entries().ok()? {
        let entry = entry.ok()?;
        let path = entry.path().ok()?.into_owned();
        if path.file_name().is_some_and(|name| name == "PKG-INFO") && path.components().count() == 2 {
            let mut text = Vec::new();
            entry.take(MOST_METADATA).read_to_end(&mut text).ok()?;
            return Some(text);
        }
    }
    None
}

/// PEP 643: from version 2.2 on, what is not listed as `Dynamic` is the same in every wheel.
fn is_static(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let header = text.lines().take_while(|line| !line.is_empty());
    let mut version = (0, 0);
    for line in header {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "metadata-version" => {
                let mut parts = value.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
                version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            }
            "dynamic"
                if matches!(
                    value.to_ascii_lowercase().as_str(),
                    "requires-dist" | "requires-python" | "provides-extra"
                ) =>
            {
                return false;
            }
            _ => {}
        }
    }
    version >= (2, 2)
}

/// A file on a server, read part by part.
struct RemoteFile<'a> {
    client: &'a Client<'a>,
    url: &'a Url,
    size: u64,
    position: u64,
    /// The last part that was read, and where it starts.
    part: Vec<u8>,
    start: u64,
}

impl Read for RemoteFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        let end = self.start + self.part.len() as u64;
        if self.position < self.start || self.position >= end {
            let last = (self.position + TAIL).min(self.size) - 1;
            let range = format!("bytes={}-{last}", self.position);
            let part = self.client.range(self.url, &range);
            let part = part.map_err(|failure| io::Error::other(format!("{failure:?}")))?;
            let (part, _) = part.ok_or_else(|| io::Error::other("the server gives no parts"))?;
            if part.is_empty() {
                return Ok(0);
            }
            (self.start, self.part) = (self.position, part);
        }
        let from = usize::try_from(self.position - self.start).map_err(io::Error::other)?;
        let here = self.part.get(from..).unwrap_or_default();
        let count = here.len().min(buffer.len());
        buffer.iter_mut().zip(here).for_each(|(to, byte)| *to = *byte);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for RemoteFile<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::other("before the start of the file"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_author_says_is_final_is_believed() {
        let check = |text: &str, expected: bool| assert_eq!(is_static(text.as_bytes()), expected, "{text}");
        check("Metadata-Version: 2.2\nName: a\nRequires-Dist: b\n\n", true);
        check("Metadata-Version: 2.4\nName: a\nDynamic: Requires-Dist\n\n", false);
        check("Metadata-Version: 2.4\nName: a\nDynamic: Description\n\nDynamic: Requires-Dist", true);
        check("Metadata-Version: 2.1\nName: a\n\n", false);
        check("", false);
    }

    #[test]
    fn the_metadata_of_a_wheel_is_that_of_its_own_folder() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in
            [("vendored/b-1.dist-info/METADATA", "Name: b\n"), ("a-1.dist-info/METADATA", "Name: a\n")]
        {
            writer.start_file(name, options).unwrap();
            io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
        }
        let wheel = writer.finish().unwrap().into_inner();
        assert_eq!(in_wheel(Cursor::new(wheel.clone())).as_deref(), Some(&b"Name: a\n"[..]));
        assert_eq!(in_wheel(Cursor::new(wheel[..20].to_vec())), None);
    }
}
