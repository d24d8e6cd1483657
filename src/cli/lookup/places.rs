//! Who may be asked. The build says which index it means; from where that index is reached here is
//! the person's own configuration. A stranger's Dockerfile never makes this program send anything
//! to a host of its choice.

use std::{
    collections::BTreeSet,
    env, fs,
    net::{IpAddr, Ipv6Addr},
    path::PathBuf,
};

use url::Url;

use crate::{index::IndexUrl, syntax::command::ConfigFile, text::FileId};

/// Hosts of files that the public index and PyTorch's name on their pages.
const FILE_HOSTS: [&str; 3] = ["files.pythonhosted.org", "download.pytorch.org", "download-r2.pytorch.org"];

/// PyTorch's indexes.
const PYTORCH: &str = "download.pytorch.org";

/// The person's configuration.
#[derive(Debug)]
pub(in crate::cli) struct Places {
    /// Where the public index is reached from here.
    public: Url,
    /// Further indexes of the person's own.
    own: Vec<Url>,
    /// Hosts that the person allows to be asked, in lower case.
    allowed: BTreeSet<String>,
    /// A file of certificates in PEM.
    pub(super) certificates: Option<PathBuf>,
}

/// Why an index is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// Only the build names it.
    NamedByTheBuild(String),
    /// Its address is none of `https`.
    NotHttps(String),
    /// Its address cannot be read.
    NoAddress(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NamedByTheBuild(host) => {
                write!(f, "{host} was not asked, as only the build names it; --allow-index {host} allows it")
            }
            Self::NotHttps(address) => write!(f, "{address} was not asked: only https addresses are"),
            Self::NoAddress(address) => write!(f, "{address} is no address that could be asked"),
        }
    }
}

impl Places {
    /// Reads the person's configuration: the option first, then `PIP_INDEX_URL`, then pip's files.
    ///
    /// # Errors
    /// An address that is none.
    pub(in crate::cli) fn new(index_url: Option<&str>, allowed: &[String]) -> Result<Self, String> {
        let files = configuration();
        let set = |variable: &str, key: &str| {
            let from_environment = env::var(variable).ok().filter(|value| !value.trim().is_empty());
            from_environment.or_else(|| value(&files, key))
        };
        let address = index_url
            .map(str::to_owned)
            .or_else(|| set("PIP_INDEX_URL", "index-url"))
            .unwrap_or_else(|| IndexUrl::pypi().as_str().to_owned());
        let public =
            folder(&address).ok_or_else(|| format!("{} is no address of an index", bare(&address)))?;
        let further = set("PIP_EXTRA_INDEX_URL", "extra-index-url").unwrap_or_default();
        let own = further.split_whitespace().filter_map(folder).collect();
        let certificates = env::var_os("PIP_CERT").map(PathBuf::from);
        let certificates = certificates.or_else(|| value(&files, "cert").map(PathBuf::from));
        let allowed = allowed.iter().map(|host| host.to_ascii_lowercase()).collect();
        Ok(Self { public, own, allowed, certificates })
    }

    /// Where an index that the build means is asked.
    pub(super) fn of_index(&self, index: &IndexUrl) -> Result<Url, Refused> {
        if index.is_public() {
            return Ok(self.public.clone());
        }
        let text = index.as_str();
        let url = folder(text).ok_or_else(|| Refused::NoAddress(text.to_owned()))?;
        let is_same = |own: &&Url| IndexUrl::new(own.as_str()) == *index;
        // The person's own address may hold a user and a password, which the build's does not.
        if let Some(own) = [&self.public].into_iter().chain(&self.own).find(is_same) {
            return Ok(own.clone());
        }
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if host != PYTORCH && !self.allowed.contains(&host) {
            return Err(Refused::NamedByTheBuild(host));
        }
        if url.scheme() != "https" {
            return Err(Refused::NotHttps(text.to_owned()));
        }
        Ok(url)
    }

    /// Whether an address that a page of an index names, or that it sends one on to, may be asked.
    pub(super) fn may_follow(&self, page: &Url, to: &Url) -> bool {
        let same_place =
            page.host_str() == to.host_str() && page.port_or_known_default() == to.port_or_known_default();
        if same_place && (to.scheme() == "https" || page.scheme() == to.scheme()) {
            return true;
        }
        let Some(host) = to.host_str() else { return false };
        let is_at = |own: &Url| {
            own.host_str() == Some(host) && own.port_or_known_default() == to.port_or_known_default()
        };
        let is_own = || self.own.iter().chain([&self.public]).any(is_at);
        to.scheme() == "https" && (FILE_HOSTS.contains(&host) || self.allowed.contains(host) || is_own())
    }

    /// Hosts that may have addresses of a private network: those that the person names, and the
    /// public ones, for which a private network may have a stand-in.
    pub(super) fn private_hosts(&self) -> Vec<String> {
        let own = self.own.iter().chain([&self.public]).filter_map(Url::host_str);
        own.chain(FILE_HOSTS).map(str::to_owned).collect()
    }
}

/// An address on this machine or in its network.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let shared = matches!(address.octets(), [100, second, ..] if second & 0xc0 == 64);
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
                || shared
        }
        IpAddr::V6(address) => {
            let mapped = address.to_ipv4_mapped().map(IpAddr::V4);
            mapped.is_some_and(is_private)
                || address == Ipv6Addr::LOCALHOST
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

/// An address with a slash at its end, so that what is joined to it goes below it.
fn folder(address: &str) -> Option<Url> {
    let address = address.trim();
    let url = Url::parse(&format!("{}/", address.trim_end_matches('/'))).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host_str().is_some()).then_some(url)
}

/// An address without user and password.
fn bare(address: &str) -> String {
    IndexUrl::new(address).as_str().to_owned()
}

/// pip's configuration files, weakest first.
fn configuration() -> Vec<ConfigFile> {
    let path = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut paths = vec![PathBuf::from("/etc/pip.conf")];
    if let Some(home) = path("HOME") {
        paths.push(home.join(".pip/pip.conf"));
        let config = path("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
        paths.push(config.join("pip/pip.conf"));
    }
    paths.extend(path("APPDATA").map(|folder| folder.join("pip/pip.ini")));
    paths.extend(path("VIRTUAL_ENV").map(|folder| folder.join("pip.conf")));
    paths.extend(path("PIP_CONFIG_FILE"));
    let texts = paths.into_iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.map(|text| ConfigFile::parse(&text, FileId::FACTS)).collect()
}

/// The last value of a key of `[global]`.
fn value(files: &[ConfigFile], key: &str) -> Option<String> {
    let entries = files.iter().flat_map(|file| &file.entries);
    let mut values = entries.filter(|entry| entry.section == "global" && entry.key == key);
    values.next_back().map(|entry| entry.value.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(public: &str, own: &[&str], allowed: &[&str]) -> Places {
        Places {
            public: folder(public).unwrap(),
            own: own.iter().filter_map(|address| folder(address)).collect(),
            allowed: allowed.iter().map(|host| (*host).to_owned()).collect(),
            certificates: None,
        }
    }

    #[test]
    fn the_build_names_an_index_and_the_person_says_where_it_is() {
        let places =
            places("https://me:secret@mirror.example/pypi", &["http://localhost:3141/root"], &["ok.example"]);
        let check = |index: &str, expected: &str| {
            let found = places.of_index(&IndexUrl::new(index));
            let found = found.map_or_else(|refused| refused.to_string(), |url| url.to_string());
            assert_eq!(found, expected, "{index}");
        };
        check("https://pypi.org/simple", "https://me:secret@mirror.example/pypi/");
        check("https://mirrors.aliyun.com/pypi/simple/", "https://me:secret@mirror.example/pypi/");
        check("http://localhost:3141/root/", "http://localhost:3141/root/");
        check("https://download.pytorch.org/whl/cpu", "https://download.pytorch.org/whl/cpu/");
        check("https://ok.example/simple", "https://ok.example/simple/");
        check("http://ok.example/simple", "http://ok.example/simple was not asked: only https addresses are");
        check(
            "https://stranger.example/simple",
            "stranger.example was not asked, as only the build names it; --allow-index stranger.example allows it",
        );
        check("file:///etc", "file:///etc is no address that could be asked");
    }

    #[test]
    fn pages_name_files_on_hosts_that_are_known() {
        let places = places("https://pypi.org/simple", &[], &[]);
        let check = |page: &str, to: &str, expected: bool| {
            let (page, to) = (Url::parse(page).unwrap(), Url::parse(to).unwrap());
            assert_eq!(places.may_follow(&page, &to), expected, "{page} to {to}");
        };
        check("https://pypi.org/simple/a/", "https://files.pythonhosted.org/packages/a.whl", true);
        check("https://pypi.org/simple/a/", "https://stranger.example/a.whl", false);
        check("https://pypi.org/simple/a/", "http://files.pythonhosted.org/packages/a.whl", false);
        check("https://pypi.org/simple/a/", "https://pypi.org:8443/a.whl", false);
        check("http://127.0.0.1:80/simple/a/", "http://127.0.0.1/files/a.whl", true);
        check("http://127.0.0.1:3141/simple/a/", "http://127.0.0.1:22/a.whl", false);
    }

    #[test]
    fn addresses_of_this_machine_and_its_network_are_private() {
        let check = |address: &str, expected: bool| {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        };
        for address in ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"] {
            check(address, true);
        }
        for address in ["::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1"] {
            check(address, true);
        }
        for address in ["151.101.0.223", "2a04:4e42::223"] {
            check(address, false);
        }
    }
}
