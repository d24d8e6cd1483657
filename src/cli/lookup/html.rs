//! A project's page in HTML (PEP 503), with the attributes of PEP 592, 658 and 714.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

use crate::{
    index::{MetadataOffer, PageFile, ProjectPage},
    pep508::ProjectName,
};

/// Reads a page: each link is a file, named by the end of its address.
pub(super) fn project_page(name: &ProjectName, html: &str) -> ProjectPage {
    let files = Tokenizer::new(html).filter_map(|token| {
        let Ok(Token::StartTag(tag)) = token else { return None };
        if tag.name.as_slice() != b"a" {
            return None;
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let attributes: BTreeMap<String, String> =
            tag.attributes.iter().map(|(name, value)| (text(name.as_ref()), text(value.as_ref()))).collect();
        file(&attributes)
    });
    ProjectPage::from_files(name, files)
}

fn file(attributes: &BTreeMap<String, String>) -> Option<PageFile> {
    let link = attributes.get("href")?;
    let url = link.split('#').next().unwrap_or("");
    let encoded = url.split('?').next().unwrap_or("").rsplit('/').next()?;
    let file_name = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?.into_owned();
    let offered = attributes.get("data-core-metadata").or_else(|| attributes.get("data-dist-info-metadata"));
    Some(PageFile {
        file_name,
        url: url.to_owned(),
        requires_python: attributes.get("data-requires-python").cloned(),
        yanked: attributes.get("data-yanked").cloned(),
        metadata: match offered.map(String::as_str) {
            None | Some("false") => MetadataOffer::Unannounced,
            Some(text) => match text.strip_prefix("sha256=") {
                Some(digest) => MetadataOffer::Sha256(digest.to_owned()),
                None => MetadataOffer::Announced,
            },
        },
        uploaded: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_files() {
        let html = "<!DOCTYPE html><html><head><title>Links for torch</title></head><body><h1>Links</h1>\n\
            <!-- <a href='torch-9.0-py3-none-any.whl'>no</a> -->\n\
            <a href=\"/whl/cpu/torch-2.5.0%2Bcpu-cp311-cp311-linux_x86_64.whl#sha256=00\" data-requires-python=\"&gt;=3.8\"\n\
            data-dist-info-metadata=\"sha256=ab\">torch-2.5.0+cpu</a><br/>\n\
            <A HREF='torch-2.4.0-py3-none-any.whl' data-yanked data-core-metadata=true>torch</A>\n\
            <a href='other-1.0-py3-none-any.whl'>other</a> <a href='torch.txt'>no package</a>";
        let page = project_page(&"torch".parse().unwrap(), html);
        let files: Vec<String> = page
            .files
            .iter()
            .map(|file| {
                format!(
                    "{} {} {:?} {:?} {:?}",
                    file.file_name, file.url, file.requires_python, file.yanked, file.metadata
                )
            })
            .collect();
        assert_eq!(
            files,
            [
                "torch-2.5.0+cpu-cp311-cp311-linux_x86_64.whl /whl/cpu/torch-2.5.0%2Bcpu-cp311-cp311-linux_x86_64.whl Some(\">=3.8\") None Sha256(\"ab\")",
                "torch-2.4.0-py3-none-any.whl torch-2.4.0-py3-none-any.whl None Some(\"\") Announced",
            ]
        );
        assert_eq!(page.project.releases.len(), 2);
    }
}
