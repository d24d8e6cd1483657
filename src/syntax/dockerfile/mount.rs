//! `RUN --mount=...`.
//!
//! Facts from BuildKit's `instructions/commands_runmount.go`.

use super::{keywords::nearest, shown};
use crate::text::{Mapped, SyntaxError, range};

/// The kinds of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MountKind {
    /// A folder or file of the build context, a stage or an image.
    #[default]
    Bind,
    /// A folder that outlives the build.
    Cache,
    /// A folder in memory.
    Tmpfs,
    /// A secret.
    Secret,
    /// An SSH agent's socket.
    Ssh,
}

/// A mount, variables expanded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mount {
    /// `type`.
    pub kind: MountKind,
    /// `from`: a stage or an image; empty for the build context.
    pub from: String,
    /// `source`: in what it comes from; empty for all of it.
    pub source: String,
    /// `target`: where in the stage; empty where none is given.
    pub target: String,
    /// Writes are lost or refused.
    pub read_only: bool,
    /// `id` of a cache, a secret or a socket; empty for the default.
    pub id: String,
    /// `sharing` of a cache: `shared`, `private` or `locked`; empty for the default.
    pub sharing: String,
    /// `required`: without the secret or socket the build fails.
    pub required: bool,
    /// `env`: the variable that a secret is put in.
    pub env: Option<String>,
    /// `mode`, a file mode.
    pub mode: Option<u32>,
    /// `uid`.
    pub uid: Option<u32>,
    /// `gid`.
    pub gid: Option<u32>,
    /// `size` of a tmpfs in bytes; 0 for no limit.
    pub size: u64,
}

const KINDS: [(&str, MountKind); 5] = [
    ("bind", MountKind::Bind),
    ("cache", MountKind::Cache),
    ("tmpfs", MountKind::Tmpfs),
    ("secret", MountKind::Secret),
    ("ssh", MountKind::Ssh),
];

const KEYS: [&str; 20] = [
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "readonly",
    "ro",
    "readwrite",
    "rw",
    "required",
    "size",
    "id",
    "sharing",
    "mode",
    "uid",
    "gid",
    "env",
    "environment",
];

/// Reads the value of one `--mount`. `expand` gives the value of a word with variables.
///
/// # Errors
/// Where BuildKit refuses the mount. It does so only when it builds the stage: the parser does
/// not report it.
pub fn parse_mount(
    value: &Mapped,
    expand: &dyn Fn(&Mapped) -> Result<String, SyntaxError>,
) -> Result<Mount, SyntaxError> {
    let mut mount = Mount::default();
    let mut read_only = None;
    let place = |part: &Mapped| part.source_range(range(0, part.as_str().len()));
    for field in fields(value)? {
        let text = field.as_str();
        let place = place(&field);
        let (key, raw) = match text.split_once('=') {
            Some((key, _)) => {
                let value = field.slice(range(key.len() + 1, text.len()));
                (key.to_lowercase(), Some(expand(&value)?))
            }
            None => (text.to_lowercase(), None),
        };
        let refuse = |message: String| SyntaxError::new(place, message);
        let bad = |raw: &str| refuse(format!("{} is no value for {key}", shown(raw)));
        let Some(raw) = raw else {
            match key.as_str() {
                "readonly" | "ro" => read_only = Some(true),
                "readwrite" | "rw" => read_only = Some(false),
                "required" if mount.takes_required() => mount.required = true,
                _ => {
                    return Err(refuse(format!("{} needs a value", shown(text)))
                        .with_hint(format!("Write {}=value", shown(text))));
                }
            }
            continue;
        };
        match key.as_str() {
            "type" => {
                let name = raw.to_lowercase();
                let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == name) else {
                    let error = refuse(format!("{} is no type of mount", shown(&raw)));
                    return Err(error.with_hint("The types are bind, cache, tmpfs, secret and ssh"));
                };
                mount.kind = *kind;
            }
            "from" => mount.from = raw,
            "source" | "src" => mount.source = raw,
            "target" | "dst" | "destination" => mount.target = raw,
            "readonly" | "ro" => read_only = Some(boolean(&raw).ok_or_else(|| bad(&raw))?),
            "readwrite" | "rw" => read_only = Some(!boolean(&raw).ok_or_else(|| bad(&raw))?),
            "required" if mount.takes_required() => {
                mount.required = boolean(&raw).ok_or_else(|| bad(&raw))?;
            }
            "size" if mount.kind == MountKind::Tmpfs => {
                mount.size = size_in_bytes(&raw).ok_or_else(|| bad(&raw))?;
            }
            "required" | "size" => {
                return Err(refuse(format!("{key} does not go with this type of mount"))
                    .with_hint("type must come first, and take it"));
            }
            "id" => mount.id = raw,
            "sharing" => {
                mount.sharing = raw.to_lowercase();
                if !matches!(mount.sharing.as_str(), "shared" | "private" | "locked") {
                    return Err(bad(&raw).with_hint("It is shared, private or locked"));
                }
            }
            "mode" => mount.mode = Some(u32::from_str_radix(&raw, 8).map_err(|_| bad(&raw))?),
            "uid" => mount.uid = Some(raw.parse().map_err(|_| bad(&raw))?),
            "gid" => mount.gid = Some(raw.parse().map_err(|_| bad(&raw))?),
            "env" | "environment" => mount.env = Some(raw),
            _ => {
                let error = refuse(format!("{} is no mount option", shown(&key)));
                return Err(match nearest(&key, KEYS.into_iter()) {
                    Some(known) => error.with_hint(format!("Did you mean {known}?")),
                    None => error,
                });
            }
        }
    }
    mount.read_only = read_only.unwrap_or(!matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs));
    match mount.contradiction() {
        Some(message) => Err(SyntaxError::new(place(value), message)),
        None => Ok(mount),
    }
}

/// What BuildKit refuses of a `--mount` before variables are known.
pub(super) fn check_mount(value: &Mapped) -> Option<SyntaxError> {
    let fields = match fields(value) {
        Ok(fields) => fields,
        Err(error) => return Some(error),
    };
    fields.iter().find_map(|field| {
        let (key, from) = field.as_str().split_once('=')?;
        let variable = from.find('$').is_some_and(|at| at + 1 < from.len());
        let place = field.source_range(range(0, field.as_str().len()));
        (key.eq_ignore_ascii_case("from") && variable).then(|| {
            SyntaxError::new(place, "from of a mount cannot hold a variable")
                .with_hint("Name the stage or image with FROM ... AS name, and mount from that name")
        })
    })
}

impl Mount {
    fn takes_required(&self) -> bool {
        matches!(self.kind, MountKind::Secret | MountKind::Ssh)
    }

    fn contradiction(&self) -> Option<&'static str> {
        let has_owner = self.mode.is_some() || self.uid.is_some() || self.gid.is_some();
        if has_owner && matches!(self.kind, MountKind::Bind | MountKind::Tmpfs) {
            return Some("mode, uid and gid go with cache, secret and ssh mounts only");
        }
        if !self.sharing.is_empty() && self.kind != MountKind::Cache {
            return Some("sharing goes with cache mounts only");
        }
        if self.kind != MountKind::Secret {
            return None;
        }
        if !self.from.is_empty() {
            return Some("A secret comes from no stage or image");
        }
        if self.source.is_empty() && self.target.is_empty() && self.id.is_empty() && self.env.is_none() {
            return Some("A secret needs an id, a source or a target");
        }
        if !self.source.is_empty() && !self.id.is_empty() {
            return Some("A secret has either a source or an id");
        }
        None
    }
}

/// The fields of a line of comma-separated values (RFC 4180), as Go's `encoding/csv` reads it.
fn fields(value: &Mapped) -> Result<Vec<Mapped>, SyntaxError> {
    let text = value.as_str();
    let refuse = |at: usize, message: &str| {
        Err(SyntaxError::new(value.source_range(range(at, text.len())), message)
            .with_hint("Write key=value,key=value"))
    };
    if text.is_empty() {
        return refuse(0, "A mount needs options");
    }
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(quoted) = rest.strip_prefix('"') else {
            let length = rest.find(',').unwrap_or(rest.len());
            if rest.get(..length).is_some_and(|field| field.contains('"')) {
                return refuse(at, "A quote in the middle of a mount option");
            }
            fields.push(value.slice(range(at, at + length)));
            at += length;
            if at >= text.len() {
                return Ok(fields);
            }
            at += 1;
            continue;
        };
        let mut field = Mapped::default();
        let mut inner = quoted;
        loop {
            let start = text.len() - inner.len();
            let Some(end) = inner.find('"') else {
                return refuse(at, "A quote in a mount option is not closed");
            };
            field.push_mapped(&value.slice(range(start, start + end)));
            inner = inner.get(end + 1..).unwrap_or_default();
            match inner.strip_prefix('"') {
                // A doubled quote is one.
                Some(rest) => {
                    field.push_mapped(&value.slice(range(start + end, start + end + 1)));
                    inner = rest;
                }
                None => break,
            }
        }
        fields.push(field);
        at = text.len() - inner.len();
        if inner.is_empty() {
            return Ok(fields);
        }
        if !inner.starts_with(',') {
            return refuse(at, "Something follows a closed quote in a mount option");
        }
        at += 1;
    }
}

/// Go's `strconv.ParseBool`.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// `128m`, `1.5GiB`, `64 kb` (docker/go-units `RAMInBytes`): every unit is a power of 1024.
fn size_in_bytes(text: &str) -> Option<u64> {
    let digits = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim_start_matches(' ').to_ascii_lowercase();
    let power = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    multiple(number, 1 << (10 * power))
}

/// `1.5`, `.5` or `5.` times a unit, without the rest below 1; the largest number for any beyond.
/// `None` where the text is no number.
pub(super) fn multiple(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digit = |byte: u8| u64::from(byte - b'0');
    let whole = whole.bytes().fold(0_u64, |sum, byte| sum.saturating_mul(10).saturating_add(digit(byte)));
    // Further digits are below 1 for the greatest unit too.
    let (part, power) = fraction
        .bytes()
        .take(18)
        .fold((0_u64, 1_u64), |(part, power), byte| (part * 10 + digit(byte), power * 10));
    let part = u128::from(part) * u128::from(unit) / u128::from(power);
    Some(whole.saturating_mul(unit).saturating_add(u64::try_from(part).unwrap_or(u64::MAX)))
}
