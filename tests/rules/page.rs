/// A rule's page, taken apart.
pub(crate) struct Page {
    /// Releases, as the page lists them.
    pub(crate) index: String,
    /// The bad build's files.
    pub(crate) bad: Vec<(String, String)>,
    /// The same with those that change in the good one.
    pub(crate) good: Vec<(String, String)>,
}

impl Page {
    /// Reads Markdown: a title, prose, `## Bad` and `## Good` with fenced files.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (prose, rest) = text.split_once("\n## Bad\n").ok_or("there is no `## Bad`")?;
        let (bad, good) = rest.split_once("\n## Good\n").ok_or("there is no `## Good`")?;
        if !prose.starts_with("# ") {
            return Err("there is no title".to_owned());
        }
        if prose.split("\n\n").count() < 3 {
            return Err("what happens, why and what to do are paragraphs of their own".to_owned());
        }
        let (mut index, mut bad) = (String::new(), fences(bad));
        bad.retain(|(name, text)| {
            if name == "index" {
                index.clone_from(text);
            }
            name != "index"
        });
        let mut files = bad.clone();
        for (name, text) in fences(good) {
            match files.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) if *known == text => return Err(format!("{name} does not change")),
                Some((_, known)) => *known = text,
                None => files.push((name, text)),
            }
        }
        Ok(Self { index, bad, good: files })
    }
}

/// Fenced blocks: name and text.
fn fences(text: &str) -> Vec<(String, String)> {
    let mut fences = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(name)) => open = Some((name.to_owned(), String::new())),
            (None, None) => {}
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    fences
}
