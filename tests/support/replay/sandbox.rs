//! A root of its own for each stage, where a real `sh` and a real pip run.
//!
//! The root is a folder, entered with bubblewrap: the machine's interpreter and libraries are
//! there to read, everything else is the stage's own. `/usr/local` is an environment of that
//! interpreter with the pip that the case asks for, as in the official Python images.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, PoisonError},
};

use super::stubs::COMPILER;

/// What replaying needs of the machine.
pub(crate) struct Machine {
    /// The interpreter all environments are made of.
    python: PathBuf,
    /// Where it is installed.
    prefix: PathBuf,
    /// `3.11`.
    pub(crate) python_version: String,
    /// Wheels of pip, setuptools and wheel.
    pub(crate) wheels: PathBuf,
    /// Where templates of roots are kept.
    cache: PathBuf,
}

/// Versions that a template holds beside pip.
const TEMPLATE_PACKAGES: [&str; 2] = ["setuptools==65.5.1", "wheel==0.45.1"];

/// Stands before the machine's own on `PATH`: what it installs is there already, but for a compiler,
/// which stub sdists look for.
const APT: &str = "/usr/local/sbin/apt-get";
const APT_SCRIPT: &str = "#!/bin/sh\ncase \"$*\" in *build-essential*|*gcc*|*g++*) touch COMPILER;; esac\n";

impl Machine {
    /// A folder for what a replay makes.
    pub(crate) fn scratch(&self) -> &Path {
        Path::new(env!("CARGO_TARGET_TMPDIR"))
    }

    /// `Err` with what is missing where this machine cannot replay.
    pub(crate) fn find() -> Result<Self, String> {
        let python = env::var_os("WHEELSTAGE_PYTHON").ok_or("WHEELSTAGE_PYTHON names no interpreter")?;
        let script = "import sys; print(sys._base_executable); print(sys.base_prefix); print('%d.%d' % sys.version_info[:2])";
        let output = Command::new(&python)
            .args(["-c", script])
            .output()
            .map_err(|error| format!("{}: {error}", python.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = text.lines().map(str::to_owned);
        let (Some(base), Some(prefix), Some(python_version)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(format!("{} does not say where it is installed", python.display()));
        };
        let bubblewrap = Command::new("bwrap").args(["--ro-bind", "/", "/", "true"]).output();
        if !bubblewrap.is_ok_and(|output| output.status.success()) {
            return Err("bubblewrap (bwrap) is not there, or may not make a sandbox here".into());
        }
        let wheels = env::var_os("WHEELSTAGE_WHEELS").ok_or("WHEELSTAGE_WHEELS names no folder of wheels")?;
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("roots-2-{python_version}"));
        fs::create_dir_all(&cache).map_err(|error| error.to_string())?;
        Ok(Self { python: base.into(), prefix: prefix.into(), python_version, wheels: wheels.into(), cache })
    }

    /// A new root with this pip in `/usr/local`.
    pub(crate) fn root(&self, pip: &str, at: &Path) -> io::Result<()> {
        let template = self.template(pip)?;
        copy_tree(&template, at)
    }

    fn template(&self, pip: &str) -> io::Result<PathBuf> {
        // One at a time: tests run beside each other.
        static MAKING: Mutex<()> = Mutex::new(());
        let _guard = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let template = self.cache.join(format!("root-pip-{pip}"));
        if template.join("etc/pip.conf").exists() {
            return Ok(template);
        }
        let pin = format!("pip=={pip}");
        let unfinished = self.cache.join(format!("unfinished-{pip}-{}", std::process::id()));
        for folder in ["usr/local/sbin", "proc", "dev", "tmp", "root", "etc", "index"] {
            fs::create_dir_all(unfinished.join(folder))?;
        }
        fs::write(unfinished.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")?;
        let python = self.python.display();
        let script = format!(
            "{python} -m venv --without-pip /usr/local && /usr/local/bin/python -I /index/pip-{pip}-py3-none-any.whl/pip \
             install --quiet --no-index --find-links=/index {pin} {}",
            TEMPLATE_PACKAGES.join(" ")
        );
        let mut make = self.enter(&unfinished, &self.wheels);
        succeed(make.args(["/bin/sh", "-c", &script]))?;
        let apt = unfinished.join(APT.trim_start_matches('/'));
        fs::write(&apt, APT_SCRIPT.replace("COMPILER", COMPILER))?;
        #[cfg(unix)]
        fs::set_permissions(&apt, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        // Written last: it tells a whole template from an unfinished one.
        fs::write(
            unfinished.join("etc/pip.conf"),
            "[global]\nindex-url = file:///index/pypi\ndisable-pip-version-check = 1\nno-cache-dir = 1\n",
        )?;
        fs::rename(&unfinished, &template)?;
        Ok(template)
    }

    /// A command that runs in `root`, with the packages of `index` at `/index`.
    pub(crate) fn enter(&self, root: &Path, index: &Path) -> Command {
        let mut command = Command::new("bwrap");
        command.arg("--bind").arg(root).arg("/");
        for folder in ["/usr/bin", "/usr/lib", "/usr/lib64", "/usr/sbin", "/usr/share"] {
            command.args(["--ro-bind-try", folder, folder]);
        }
        for folder in ["/bin", "/lib", "/lib64", "/sbin", "/etc/alternatives"] {
            command.args(["--ro-bind-try", folder, folder]);
        }
        if !self.prefix.starts_with("/usr") {
            command.arg("--ro-bind").arg(&self.prefix).arg(&self.prefix);
        }
        command.arg("--ro-bind").arg(index).arg("/index");
        command.args(["--proc", "/proc", "--dev", "/dev", "--unshare-all"]);
        command.args(["--die-with-parent", "--clearenv", "--setenv", "HOME", "/root"]);
        command.args(["--setenv", "PATH", "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"]);
        command.args(["--setenv", "PIP_ROOT_USER_ACTION", "ignore"]);
        command.args(["--setenv", "PYTHONDONTWRITEBYTECODE", "1"]);
        command
    }
}

/// Runs a command to its end; its output is the error where it fails.
fn succeed(command: &mut Command) -> io::Result<Output> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?} failed: {said}")))
}

/// Copies a folder with its links as links. Files are hard links where they may be: nothing
/// here writes into a file that is there, pip puts new ones in their place.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_entry(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Copies a file, link or folder; folders merge.
pub(crate) fn copy_entry(from: &Path, to: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(from)?.file_type();
    if kind.is_dir() {
        return copy_tree(from, to);
    }
    if fs::symlink_metadata(to).is_ok() {
        fs::remove_file(to)?;
    }
    if kind.is_symlink() {
        #[cfg(unix)]
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    // Text may be edited in place (`sed -i` is not, `>>` is), packages and archives are not.
    let written_once = from.components().any(|part| part.as_os_str() == "site-packages");
    if written_once && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map(drop)
}
