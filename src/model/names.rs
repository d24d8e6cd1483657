/// Whether a path is a Dockerfile by its name: `Dockerfile`, `Dockerfile.gpu`, `gpu.Dockerfile`, and
/// the same of `Containerfile`; in small letters too, which BuildKit takes.
///
/// ```
/// use wheelstage::model::is_dockerfile;
///
/// assert!(is_dockerfile("docker/Dockerfile.gpu"));
/// assert!(!is_dockerfile("docker/Dockerfile.dockerignore"));
/// ```
#[must_use]
pub fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    !name.ends_with(".dockerignore")
        && ["dockerfile", "containerfile"].iter().any(|stem| {
            name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                || name.strip_suffix(stem).is_some_and(|rest| rest.ends_with('.'))
        })
}
