//! Asking over HTTP, politely: what is fresh in the cache is not asked for, what may have changed is
//! asked for with its tag, busy servers get growing pauses, and a server that cannot be reached is
//! not tried again.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use ureq::{
    Agent, Error,
    config::Config,
    http::{HeaderMap, Response, StatusCode, Uri, header},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};
use url::Url;

use super::{
    cache::Cache,
    places::{Places, is_private},
};
use crate::inquiry::MOST_AT_ONCE;

/// The largest answer that is read. The largest pages of the public index have some 30 MB.
const MOST_BYTES: u64 = 64 << 20;

/// Times that a busy server is asked.
const TRIES: u32 = 4;

/// The first pause before a busy server is asked again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Addresses that one question may be sent on to.
const REDIRECTS: u32 = 5;

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Without parameters, in lower case.
    pub(super) media_type: String,
    pub(super) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server does not have it.
    NotFound,
    /// In words, without user and password.
    Other(String),
}

/// Asks, and keeps what comes back.
#[derive(Debug)]
pub(super) struct Client<'a> {
    agent: Agent,
    cache: Cache,
    places: &'a Places,
    /// Pages are asked for again, however fresh they are.
    refresh: bool,
    requests: AtomicU32,
    /// Servers that could not be reached, and why.
    unreachable: Mutex<BTreeMap<String, String>>,
}

impl<'a> Client<'a> {
    /// # Errors
    /// Certificates that cannot be read.
    pub(super) fn new(places: &'a Places, cache: Cache, refresh: bool) -> Result<Self, String> {
        let tls = TlsConfig::builder().root_certs(roots(places)?).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .user_agent(concat!("wheelstage/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(2 * MOST_AT_ONCE)
            .max_idle_connections_per_host(MOST_AT_ONCE)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        let has_proxy = config.proxy().is_some();
        let private = PrivateHosts { named: places.private_hosts(), has_proxy };
        let agent = Agent::with_parts(
            config,
            DefaultConnector::default(),
            Guarded { resolver: DefaultResolver::default(), private },
        );
        Ok(Self { agent, cache, places, refresh, requests: AtomicU32::new(0), unreachable: Mutex::default() })
    }

    /// Requests that were sent.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Servers that could not be reached, each with the reason.
    pub(super) fn unreachable(&self) -> Vec<String> {
        self.lost().iter().map(|(host, reason)| format!("{host} could not be asked: {reason}")).collect()
    }

    /// Lets go of what is too much to keep.
    pub(super) fn tidy(&self) {
        self.cache.prune();
    }

    fn lost(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.unreachable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page, which may change.
    pub(super) fn page(&self, url: &Url, accept: &str) -> Result<Answer, Failure> {
        let key = format!("{accept} {}", bare(url));
        let kept = self.cache.get(&key);
        if let Some(entry) = &kept
            && entry.head.is_fresh()
            && !self.refresh
        {
            return Ok(Answer { media_type: entry.head.media_type.clone(), body: entry.body.clone() });
        }
        let mut headers = vec![(header::ACCEPT.as_str(), accept.to_owned())];
        if let Some(tag) = kept.as_ref().and_then(|entry| entry.head.etag.clone()) {
            headers.push((header::IF_NONE_MATCH.as_str(), tag));
        }
        let (response, _) = self.ask(url, &headers)?;
        if let (StatusCode::NOT_MODIFIED, Some(entry)) = (response.status(), kept) {
            self.cache.put(&key, &entry.head.media_type, entry.head.etag, &entry.body);
            return Ok(Answer { media_type: entry.head.media_type, body: entry.body });
        }
        let tag = text_of(response.headers(), header::ETAG.as_str());
        let answer = read(response)?;
        self.cache.put(&key, &answer.media_type, tag, &answer.body);
        Ok(answer)
    }

    /// A file, which never changes: its key says what is kept of it.
    pub(super) fn kept(
        &self,
        key: &str,
        fetch: impl FnOnce() -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        if let Some(entry) = self.cache.get(key) {
            return Ok(entry.body);
        }
        let body = fetch()?;
        self.cache.put(key, "application/octet-stream", None, &body);
        Ok(body)
    }

    /// A whole file.
    pub(super) fn file(&self, url: &Url) -> Result<Vec<u8>, Failure> {
        let (response, _) = self.ask(url, &[])?;
        Ok(read(response)?.body)
    }

    /// Bytes of a file: `bytes=0-99`, or `bytes=-100` for the last ones. Gives the size of the whole
    /// as well; `None` where the server does not give parts.
    pub(super) fn range(&self, url: &Url, range: &str) -> Result<Option<(Vec<u8>, u64)>, Failure> {
        let (response, _) = self.ask(url, &[(header::RANGE.as_str(), range.to_owned())])?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return Ok(None);
        }
        let size = text_of(response.headers(), header::CONTENT_RANGE.as_str());
        let size = size.and_then(|text| text.rsplit('/').next()?.parse().ok());
        let Some(size) = size else { return Ok(None) };
        Ok(Some((read(response)?.body, size)))
    }

    /// Asks, follows where that is allowed, and waits where the server is busy.
    fn ask(&self, url: &Url, headers: &[(&str, String)]) -> Result<(Response<ureq::Body>, Url), Failure> {
        let mut at = url.clone();
        for _ in 0..=REDIRECTS {
            let response = self.patiently(&at, headers)?;
            match response.status() {
                status if status.is_success() || status == StatusCode::NOT_MODIFIED => {
                    return Ok((response, at));
                }
                status if status.is_redirection() => {
                    let to = text_of(response.headers(), header::LOCATION.as_str());
                    let to = to.and_then(|to| at.join(&to).ok());
                    let Some(to) = to.filter(|to| self.places.may_follow(&at, to)) else {
                        return Err(Failure::Other(format!("{} sends on to where it must not", bare(&at))));
                    };
                    at = to;
                }
                StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Failure::NotFound),
                status => return Err(Failure::Other(format!("{} answered {status}", bare(&at)))),
            }
        }
        Err(Failure::Other(format!("{} sends on too often", bare(url))))
    }

    fn patiently(&self, url: &Url, headers: &[(&str, String)]) -> Result<Response<ureq::Body>, Failure> {
        let server = server(url);
        let mut pause = PAUSE;
        for attempt in 1..=TRIES {
            if let Some(reason) = self.lost().get(&server) {
                return Err(Failure::Other(format!("{server} could not be asked: {reason}")));
            }
            self.requests.fetch_add(1, Ordering::Relaxed);
            let mut request = self.agent.get(bare(url));
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            if let Some(credentials) = basic(url) {
                request = request.header(header::AUTHORIZATION.as_str(), credentials);
            }
            let is_last = attempt == TRIES;
            let wait = match request.call() {
                Ok(response) if is_busy(response.status()) && !is_last => {
                    text_of(response.headers(), header::RETRY_AFTER.as_str())
                        .and_then(|text| text.trim().parse().ok())
                        .map_or(pause, Duration::from_secs)
                        .min(LONGEST_PAUSE)
                }
                Ok(response) => return Ok(response),
                Err(Error::Io(_) | Error::Timeout(_) | Error::ConnectionFailed)
                    if !is_last && attempt < 2 =>
                {
                    pause
                }
                Err(error) => {
                    let reason = error.to_string();
                    self.lost().insert(server.clone(), reason.clone());
                    return Err(Failure::Other(format!("{server} could not be asked: {reason}")));
                }
            };
            thread::sleep(wait);
            pause *= 2;
        }
        Err(Failure::Other(format!("{} is busy", bare(url))))
    }
}

fn is_busy(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn read(mut response: Response<ureq::Body>) -> Result<Answer, Failure> {
    let media_type = text_of(response.headers(), header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
    let body = body.map_err(|error| Failure::Other(format!("an answer could not be read: {error}")))?;
    Ok(Answer { media_type, body })
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// Host and port.
fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Without user and password: what is printed, and what a key is made of.
pub(super) fn bare(url: &Url) -> String {
    let mut url = url.clone();
    // Neither fails for an address that has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// `Authorization` of an address with user and password.
fn basic(url: &Url) -> Option<String> {
    use base64::{Engine, engine::general_purpose::STANDARD};

    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let pair = format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or("")));
    Some(format!("Basic {}", STANDARD.encode(pair)))
}

/// The system's certificates, which `SSL_CERT_FILE` and `SSL_CERT_DIR` may name, and the person's.
fn roots(places: &Places) -> Result<RootCerts, String> {
    let system = rustls_native_certs::load_native_certs().certs;
    let mut roots: Vec<Certificate<'static>> =
        system.iter().map(|certificate| Certificate::from_der(certificate.as_ref()).to_owned()).collect();
    if let Some(path) = &places.certificates {
        let pem = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        roots.extend(parse_pem(&pem).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        }));
    }
    Ok(RootCerts::new_with_certs(&roots))
}

/// Hosts whose addresses may be private.
#[derive(Debug)]
struct PrivateHosts {
    named: Vec<String>,
    /// A proxy looks names up itself, and is named by the person.
    has_proxy: bool,
}

/// Refuses names that lead to this machine or its network, unless the person named them.
#[derive(Debug)]
struct Guarded {
    resolver: DefaultResolver,
    private: PrivateHosts,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default();
        let is_named =
            self.private.has_proxy || self.private.named.iter().any(|named| named.eq_ignore_ascii_case(host));
        if !is_named && found.iter().any(|address| is_private(address.ip())) {
            return Err(Error::HostNotFound);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_go_into_a_header_and_nowhere_else() {
        let url = Url::parse("https://me:se%40cret@index.example/simple/").unwrap();
        assert_eq!(bare(&url), "https://index.example/simple/");
        assert_eq!(basic(&url).as_deref(), Some("Basic bWU6c2VAY3JldA=="));
        assert_eq!(basic(&Url::parse("https://index.example/").unwrap()), None);
    }
}
