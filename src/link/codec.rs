use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use miniz_oxide::{deflate, inflate};

use super::{Playground, VERSION};

/// The longest fragment that is looked at, in characters: what Firefox keeps in its history.
pub const MAX_CHARACTERS: usize = 65_536;

/// The most bytes a payload may inflate to. 64 MiB of one letter deflate to 87,000 characters,
/// so the cap is on what comes out.
pub const MAX_INFLATED: usize = 256 * 1024;

/// The format's version, before the payload's dot.
const FORMAT: &str = "1";

/// Level 9 of 10 is deflate's own best; the last is miniz's and gains nothing here.
const LEVEL: u8 = 9;

/// How the page shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// `v=present`: for a projector.
    Present,
    /// `v=embed`: inside another page.
    Embed,
}

/// The fragment of a playground's address.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fragment {
    /// `v`.
    pub view: Option<View>,
    /// `l`: a lesson's slug.
    pub lesson: Option<String>,
    /// `p`: the pane shown first.
    pub pane: Option<String>,
    /// `s`: the state.
    pub state: Option<Playground>,
}

/// Why a link cannot be opened. Nothing that was typed is lost by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// More than [`MAX_CHARACTERS`].
    TooLong(usize),
    /// Made by a later version.
    Newer(String),
    /// A character that no link has.
    Character(char),
    /// The packed bytes are damaged.
    Damaged,
    /// Unpacks to more than [`MAX_INFLATED`] bytes.
    TooLarge,
    /// The checksum does not fit: characters are missing or changed.
    CutOff,
    /// The text inside is not UTF-8.
    NotText,
    /// The text inside is not a playground; says where.
    NotPlayground(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(length) => {
                write!(f, "The link is too long: {length} characters, at most {MAX_CHARACTERS} are read.")
            }
            Self::Newer(version) => write!(
                f,
                "The link was made by a newer Wheelstage (format {version}). Reload the page to update, then open it again."
            ),
            Self::Character(character) => write!(
                f,
                "The link holds {character:?}, which no link has. A chat or mail program may have changed it; copy it again from its source."
            ),
            Self::Damaged | Self::CutOff => write!(
                f,
                "The link is cut off or damaged: characters are missing or changed. Copy it again, up to its last character."
            ),
            Self::TooLarge => {
                write!(f, "The link unpacks to more than {} KiB and is not opened.", MAX_INFLATED / 1024)
            }
            Self::NotText => write!(f, "The link holds bytes that are not text."),
            Self::NotPlayground(why) => {
                write!(f, "The link holds something that is not a playground: {why}.")
            }
        }
    }
}

impl std::error::Error for LinkError {}

impl Fragment {
    /// Reads a fragment, with or without its `#`. `Ok(None)` where it is not one of ours: it has
    /// neither a state nor a lesson, like the `#top` of a skip link.
    ///
    /// # Errors
    /// Where there is a state and it cannot be read.
    pub fn parse(fragment: &str) -> Result<Option<Self>, LinkError> {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        let mut parsed = Self::default();
        for (key, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "v" => {
                    parsed.view = match value {
                        "present" => Some(View::Present),
                        "embed" => Some(View::Embed),
                        _ => None,
                    }
                }
                "l" => parsed.lesson = Some(value.to_owned()).filter(|slug| !slug.is_empty()),
                "p" => parsed.pane = Some(value.to_owned()).filter(|pane| !pane.is_empty()),
                "s" => parsed.state = Some(decode(value)?),
                _ => {}
            }
        }
        Ok((parsed.state.is_some() || parsed.lesson.is_some()).then_some(parsed))
    }
}

/// Writes the fragment without its `#`.
impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.view.map(|view| match view {
            View::Present => "present",
            View::Embed => "embed",
        });
        let state = self.state.as_ref().map(encode);
        let pairs = [
            ("v", view),
            ("l", self.lesson.as_deref()),
            ("p", self.pane.as_deref()),
            // Last, so that a link cut off is a state cut off, and its checksum tells.
            ("s", state.as_deref()),
        ];
        let mut separator = "";
        for (key, value) in pairs {
            if let Some(value) = value {
                write!(f, "{separator}{key}={value}")?;
                separator = "&";
            }
        }
        Ok(())
    }
}

/// `1.<payload>`.
fn encode(playground: &Playground) -> String {
    let mut bytes = serde_json::to_vec(playground).unwrap_or_default();
    bytes.extend(crc32(&bytes).to_be_bytes());
    format!("{FORMAT}.{}", URL_SAFE_NO_PAD.encode(deflate::compress_to_vec(&bytes, LEVEL)))
}

fn decode(state: &str) -> Result<Playground, LinkError> {
    let length = state.chars().count();
    if length > MAX_CHARACTERS {
        return Err(LinkError::TooLong(length));
    }
    let state = percent_decoded(state);
    // What chat programs and prose leave at the end of an address.
    let state = state.trim().trim_end_matches([')', '.', ',', '>', ';', '=', '"', '\'']);
    let (format, payload) = state.split_once('.').ok_or(LinkError::CutOff)?;
    match format.parse::<u32>() {
        Ok(1) => {}
        Ok(newer) if newer > 1 => return Err(LinkError::Newer(format.to_owned())),
        _ => return Err(LinkError::CutOff),
    }
    if let Some(foreign) = payload.chars().find(|&c| !c.is_ascii_alphanumeric() && c != '-' && c != '_') {
        return Err(LinkError::Character(foreign));
    }
    let packed = URL_SAFE_NO_PAD.decode(payload).map_err(|_| LinkError::CutOff)?;
    let bytes =
        inflate::decompress_to_vec_with_limit(&packed, MAX_INFLATED).map_err(|error| match error.status {
            inflate::TINFLStatus::HasMoreOutput => LinkError::TooLarge,
            _ => LinkError::Damaged,
        })?;
    let (json, checksum) = bytes.split_last_chunk::<4>().ok_or(LinkError::CutOff)?;
    if crc32(json) != u32::from_be_bytes(*checksum) {
        return Err(LinkError::CutOff);
    }
    let text = std::str::from_utf8(json).map_err(|_| LinkError::NotText)?;
    let playground: Playground =
        serde_json::from_str(text).map_err(|error| LinkError::NotPlayground(error.to_string()))?;
    if playground.v > VERSION {
        return Err(LinkError::Newer(playground.v.to_string()));
    }
    Ok(playground)
}

/// The checksum of gzip and zip (CRC-32), a bit at a time: crates for it hold 16 kB of tables, for
/// texts that are much longer than a link.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let step = |crc: u32, _| (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg());
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// Undoes one percent-encoding too many, as some chat programs add; what is not one stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digit: &u8| char::from(*digit).to_digit(16);
        match tail {
            [high, low, after @ ..] if *first == b'%' => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => {
                    bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                    rest = after;
                    continue;
                }
                _ => bytes.push(*first),
            },
            _ => bytes.push(*first),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Playground {
        Playground {
            files: vec![
                ("Dockerfile".into(), "FROM python:3.10\r\n".into()),
                ("a é.txt".into(), "x\n".into()),
            ],
            c: Some("2026-11-22".into()),
            ..Playground::default()
        }
    }

    fn link() -> String {
        Fragment { state: Some(sample()), ..Fragment::default() }.to_string()
    }

    #[track_caller]
    fn refused(fragment: &str) -> LinkError {
        Fragment::parse(fragment).expect_err("a link that should be refused")
    }

    #[test]
    fn a_link_holds_all_of_a_playground() {
        let fragment = Fragment {
            view: Some(View::Present),
            lesson: Some("two-wheels".into()),
            pane: Some("why".into()),
            state: Some(sample()),
        };
        assert_eq!(Fragment::parse(&format!("#{fragment}")), Ok(Some(fragment)));
    }

    #[test]
    fn a_fragment_without_state_or_lesson_is_not_ours() {
        for foreign in ["", "#", "#top", "#v=present", "#p=why&x=1", "#s"] {
            assert_eq!(Fragment::parse(foreign), Ok(None), "{foreign}");
        }
    }

    #[test]
    fn what_chat_programs_do_to_links_is_undone() {
        let expected = Fragment::parse(&link());
        assert!(matches!(expected, Ok(Some(_))));
        for ending in [")", ").", ",", ">", "%29", "="] {
            assert_eq!(Fragment::parse(&format!("{}{ending}", link())), expected, "{ending}");
        }
        assert_eq!(Fragment::parse(&link().replacen("s=1.", "s=1%2E", 1)), expected);
    }

    #[test]
    fn every_cut_of_a_link_is_noticed() {
        let link = link();
        for end in "s=".len()..link.len() {
            refused(&link[..end]);
        }
    }

    #[test]
    fn every_step_has_its_own_refusal() {
        assert_eq!(
            refused(&format!("s=1.{}", "A".repeat(MAX_CHARACTERS))),
            LinkError::TooLong(MAX_CHARACTERS + 2)
        );
        assert_eq!(refused("s=2.AAAA"), LinkError::Newer("2".into()));
        assert_eq!(refused("s=1.AA*A"), LinkError::Character('*'));
        assert_eq!(refused("s=1.____"), LinkError::Damaged);
        let pack = |json: &[u8]| {
            let bytes = [json, &crc32(json).to_be_bytes()].concat();
            format!("s=1.{}", URL_SAFE_NO_PAD.encode(deflate::compress_to_vec(&bytes, LEVEL)))
        };
        assert_eq!(refused(&pack(&[0xFF])), LinkError::NotText);
        assert!(matches!(refused(&pack(b"[]")), LinkError::NotPlayground(_)));
        assert_eq!(refused(&pack(br#"{"v":2,"files":{}}"#)), LinkError::Newer("2".into()));
    }

    #[test]
    fn the_checksum_is_the_one_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn unknown_keys_are_ignored() {
        let json = br#"{"v":1,"files":{"a":"b"},"later":[1],"target":{"more":2}}"#;
        let bytes = [&json[..], &crc32(json).to_be_bytes()].concat();
        let link = format!("s=1.{}", URL_SAFE_NO_PAD.encode(deflate::compress_to_vec(&bytes, LEVEL)));
        let state = Fragment::parse(&link).unwrap().unwrap().state.unwrap();
        assert_eq!(state.files, [("a".to_owned(), "b".to_owned())]);
    }

    /// 64 MiB of one letter: the bytes that come out are counted, and stop at the cap.
    #[test]
    fn a_decompression_bomb_is_refused_at_the_cap() {
        let bomb = deflate::compress_to_vec(&vec![b'a'; 64 << 20], LEVEL);
        let error = inflate::decompress_to_vec_with_limit(&bomb, MAX_INFLATED).unwrap_err();
        assert_eq!(error.output.len(), MAX_INFLATED);
        // As a link it is too long already; a smaller bomb meets the cap.
        let packed = URL_SAFE_NO_PAD.encode(deflate::compress_to_vec(&vec![b'a'; 16 << 20], LEVEL));
        assert_eq!(refused(&format!("s=1.{packed}")), LinkError::TooLarge);
    }
}
