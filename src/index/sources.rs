use std::{fmt, sync::Arc};

use super::{Catalogue, LivePages, Overlay, Project, tool};
use crate::pep508::ProjectName;

/// Everything that is known about packages.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Facts the person states. First.
    pub overlay: Overlay,
    /// The shipped snapshot, and bundles of it.
    pub catalogue: Arc<Catalogue>,
    /// Pages fetched live.
    pub live: LivePages,
}

/// What is known of a project.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// This.
    Known(Arc<Project>),
    /// The index does not have it.
    Absent,
    /// Nothing: a fact to fetch.
    Missing,
}

/// The address of a package index, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexUrl(Arc<str>);

impl IndexUrl {
    /// Reads an address as `--index-url` takes it: a slash at its end does not count, nor do a
    /// user and password in it.
    #[must_use]
    pub fn new(address: &str) -> Self {
        let address = address.trim().trim_end_matches('/');
        let Some((scheme, rest)) = address.split_once("://") else { return Self(address.into()) };
        let host_end = rest.find('/').unwrap_or(rest.len());
        let rest = match rest.get(..host_end).and_then(|authority| authority.rfind('@')) {
            Some(at) => rest.get(at + 1..).unwrap_or(rest),
            None => rest,
        };
        Self(format!("{scheme}://{rest}").into())
    }

    /// `https://pypi.org/simple`, pip's default.
    #[must_use]
    pub fn pypi() -> Self {
        Self("https://pypi.org/simple".into())
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// It is the public index, or one that mirrors it whole.
    #[must_use]
    pub fn is_public(&self) -> bool {
        *self == Self::pypi() || MIRRORS.contains(&self.as_str())
    }
}

/// Addresses under which all of the public index is served, as their operators document it (looked up
/// on 2026-11-29).
const MIRRORS: &[&str] = &[
    "http://mirrors.aliyun.com/pypi/simple",
    "http://pypi.douban.com/simple",
    "https://mirror.baidu.com/pypi/simple",
    "https://mirror.nju.edu.cn/pypi/web/simple",
    "https://mirror.sjtu.edu.cn/pypi/web/simple",
    "https://mirrors.aliyun.com/pypi/simple",
    "https://mirrors.bfsu.edu.cn/pypi/web/simple",
    "https://mirrors.cloud.tencent.com/pypi/simple",
    "https://mirrors.huaweicloud.com/repository/pypi/simple",
    "https://mirrors.sustech.edu.cn/pypi/web/simple",
    "https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple",
    "https://mirrors.ustc.edu.cn/pypi/simple",
    "https://mirrors.zju.edu.cn/pypi/web/simple",
    "https://pypi.doubanio.com/simple",
    "https://pypi.mirrors.ustc.edu.cn/simple",
    "https://pypi.python.org/simple",
    "https://pypi.tuna.tsinghua.edu.cn/simple",
    "https://repo.huaweicloud.com/repository/pypi/simple",
];

impl fmt::Display for IndexUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Index {
    /// An index that knows the build tools and nothing else.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// What is known of a project on one index: the person's facts, then the catalogue's, then
    /// those of pages fetched live, file by file.
    #[must_use]
    pub fn project(&self, url: &IndexUrl, name: &ProjectName) -> Lookup {
        let public = IndexUrl::pypi();
        let url = if url.is_public() { &public } else { url };
        let known = [self.catalogue.project(url, name), self.live.project(url, name)];
        let absent = known.iter().any(|lookup| matches!(lookup, Lookup::Absent));
        let mut projects = known.into_iter().filter_map(|lookup| match lookup {
            Lookup::Known(project) => Some(project),
            Lookup::Absent | Lookup::Missing => None,
        });
        let project = match (projects.next(), projects.next()) {
            (Some(first), Some(second)) => Some(Arc::new(first.completed_by(&second))),
            (first, _) => first,
        }
        .or_else(|| tool::project(name));
        match (self.overlay.project(name), project) {
            (Some(stated), Some(project)) => Lookup::Known(Arc::new(stated.completed_by(&project))),
            (Some(stated), None) => Lookup::Known(stated),
            (None, Some(project)) => Lookup::Known(project),
            (None, None) if absent => Lookup::Absent,
            (None, None) => Lookup::Missing,
        }
    }
}
