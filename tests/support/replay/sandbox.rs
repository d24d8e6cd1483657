//! A root of its own for each stage, where a real `sh` and a real pip run.
//!
//! The root is a folder, entered with bubblewrap: the machine's programs and libraries are there to
//! read, everything else is the stage's own. As in the official Python images, the interpreter is
//! installed in `/usr/local`, no virtual environment, with the pip that the case asks for.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, PoisonError},
};

use wheelstage::pep508::PythonVersion;

use super::stubs::COMPILER;

/// What replaying needs of the machine.
pub(crate) struct Machine {
    /// The interpreter that the images get a copy of.
    python: PathBuf,
    /// Where it is installed.
    prefix: PathBuf,
    /// Its standard library.
    library: PathBuf,
    /// uv, which all images have.
    uv: PathBuf,
    /// `3.11`.
    pub(crate) python_version: String,
    /// Wheels of pip, setuptools and wheel.
    pub(crate) wheels: PathBuf,
    /// Where templates of roots are kept.
    cache: PathBuf,
}

/// Entries of the machine's library that an image has not, or has of its own: installed packages, and
/// how Debian's Python differs from Python's.
const NOT_OF_AN_IMAGE: [&str; 5] =
    ["site-packages", "dist-packages", "sysconfig.py", "_distutils_system_mod.py", "EXTERNALLY-MANAGED"];

/// Versions that a template holds beside pip.
const TEMPLATE_PACKAGES: [&str; 2] = ["setuptools==65.5.1", "wheel==0.45.1"];

/// Programs in `/usr/local/sbin`, before this machine's own on `PATH`, where the two are not alike.
const STAND_INS: &[(&str, &str)] = &[
    // What these install is there already, but for a compiler, which stub sdists look for.
    ("apt-get", "case \"$*\" in *build-essential*|*gcc*|*g++*) touch COMPILER;; esac"),
    ("apk", "exit 0"),
    // Everything here is done by root.
    ("sudo", "while case \"${1-}\" in -*) true;; *) false;; esac; do shift; done\nexec \"$@\""),
    // Debian's package `time` is in no image.
    ("time", "echo \"$0: not found\" >&2\nexit 127"),
];

impl Machine {
    /// Its Python, which all images here have.
    pub(crate) fn python(&self) -> PythonVersion {
        self.python_version.parse().expect("an interpreter says its version")
    }

    /// A folder for what a replay makes.
    pub(crate) fn scratch(&self) -> &Path {
        Path::new(env!("CARGO_TARGET_TMPDIR"))
    }

    /// `Err` with what is missing where this machine cannot replay.
    pub(crate) fn find() -> Result<Self, String> {
        let python = env::var_os("WHEELSTAGE_PYTHON").ok_or("WHEELSTAGE_PYTHON names no interpreter")?;
        let script = "import sys, sysconfig; print(sys._base_executable); print(sys.base_prefix); print(sysconfig.get_path('stdlib')); print('%d.%d' % sys.version_info[:2])";
        let output = Command::new(&python)
            .args(["-c", script])
            .output()
            .map_err(|error| format!("{}: {error}", python.display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = text.lines().map(str::to_owned);
        let (Some(base), Some(prefix), Some(library), Some(python_version)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(format!("{} does not say where it is installed", python.display()));
        };
        let bubblewrap = Command::new("bwrap").args(["--ro-bind", "/", "/", "true"]).output();
        if !bubblewrap.is_ok_and(|output| output.status.success()) {
            return Err("bubblewrap (bwrap) is not there, or may not make a sandbox here".into());
        }
        let wheels = env::var_os("WHEELSTAGE_WHEELS").ok_or("WHEELSTAGE_WHEELS names no folder of wheels")?;
        let uv = env::var_os("WHEELSTAGE_UV").ok_or("WHEELSTAGE_UV names no uv")?;
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("roots-3-{python_version}"));
        fs::create_dir_all(&cache).map_err(|error| error.to_string())?;
        Ok(Self {
            python: fs::canonicalize(base).map_err(|error| error.to_string())?,
            prefix: prefix.into(),
            library: library.into(),
            uv: uv.into(),
            python_version,
            wheels: wheels.into(),
            cache,
        })
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
        let unfinished = self.cache.join(format!("unfinished-{pip}-{}", std::process::id()));
        for folder in ["proc", "dev", "tmp", "root", "etc/uv", "index"] {
            fs::create_dir_all(unfinished.join(folder))?;
        }
        fs::write(unfinished.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")?;
        self.install_python(&unfinished.join("usr/local"))?;
        let script = format!(
            "python -I /index/pip-{pip}-py3-none-any.whl/pip install --quiet --no-index --find-links=/index pip=={pip} {}",
            TEMPLATE_PACKAGES.join(" ")
        );
        let mut make = self.enter(&unfinished, &self.wheels);
        succeed(make.args(["/bin/sh", "-c", &script]))?;
        let programs = unfinished.join("usr/local/sbin");
        fs::create_dir_all(&programs)?;
        for (name, script) in STAND_INS {
            let program = programs.join(name);
            fs::write(&program, format!("#!/bin/sh\n{}\n", script.replace("COMPILER", COMPILER)))?;
            #[cfg(unix)]
            fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        }
        fs::copy(&self.uv, programs.join("uv"))?;
        fs::write(
            unfinished.join("etc/uv/uv.toml"),
            "no-cache = true\n[[index]]\nurl = \"file:///index/pypi\"\ndefault = true\n",
        )?;
        // Written last: it tells a whole template from an unfinished one.
        fs::write(
            unfinished.join("etc/pip.conf"),
            "[global]\nindex-url = file:///index/pypi\ndisable-pip-version-check = 1\nno-cache-dir = 1\n",
        )?;
        match fs::rename(&unfinished, &template) {
            // Another process was quicker.
            Err(_) if template.join("etc/pip.conf").exists() => fs::remove_dir_all(&unfinished)?,
            renamed => renamed?,
        }
        Ok(template)
    }

    /// Installs the machine's Python once more: a copy of the interpreter, which looks for its
    /// library beside itself, links to this library's parts, and an empty `site-packages`.
    fn install_python(&self, prefix: &Path) -> io::Result<()> {
        let name = format!("python{}", self.python_version);
        let (programs, library) = (prefix.join("bin"), prefix.join("lib").join(&name));
        fs::create_dir_all(&programs)?;
        fs::create_dir_all(library.join("site-packages"))?;
        fs::copy(&self.python, programs.join(&name))?;
        for link in ["python3", "python"] {
            link_to(Path::new(&name), &programs.join(link))?;
        }
        for entry in fs::read_dir(&self.library)? {
            let entry = entry?;
            if !NOT_OF_AN_IMAGE.iter().any(|name| entry.file_name() == *name) {
                link_to(&entry.path(), &library.join(entry.file_name()))?;
            }
        }
        let places = fs::read_to_string(self.library.join("sysconfig.py"))?;
        // Debian's Python puts packages into folders of its own, and looks for them there.
        if places.contains("dist-packages") {
            let places = places.replace("dist-packages", "site-packages").replace("base}/local/", "base}/");
            fs::write(library.join("sysconfig.py"), places)?;
            return link_to(Path::new("site-packages"), &library.join("dist-packages"));
        }
        link_to(&self.library.join("sysconfig.py"), &library.join("sysconfig.py"))
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

#[cfg(unix)]
fn link_to(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

/// Nothing is replayed where there are no links: bubblewrap is Linux's.
#[cfg(not(unix))]
fn link_to(_: &Path, at: &Path) -> io::Result<()> {
    Err(io::Error::other(format!("{} cannot be a link here", at.display())))
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
        return link_to(&fs::read_link(from)?, to);
    }
    // Text may be edited in place (`sed -i` is not, `>>` is), packages and the image's programs are not.
    let written_once = from.components().any(|part| part.as_os_str() == "site-packages")
        || from
            .parent()
            .is_some_and(|folder| folder.ends_with("usr/local/bin") || folder.ends_with("usr/local/sbin"));
    if written_once && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map(drop)
}
