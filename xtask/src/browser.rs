//! The browsers that the component tests, the journeys and the measurements run in.

use std::{
    env, io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{apt, process::executable, tools};

/// How Chromium and its relatives are called.
const CHROMIUMS: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// How Firefox is called.
const FIREFOXES: &[&str] = &["firefox-esr", "firefox"];

/// How long a driver may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// ChromeDriver: where `CHROMEDRIVER` points, or on PATH, or installed now.
pub(crate) fn chromedriver() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROMEDRIVER") {
        return Ok(PathBuf::from(path));
    }
    let browser = CHROMIUMS.iter().any(|name| apt::which(name).is_some());
    // On macOS and Windows the browser is not on PATH; the driver knows where it is.
    let here = |driver: &PathBuf| driver.is_file() && (browser || !cfg!(target_os = "linux"));
    if let Some(driver) = apt::which("chromedriver").filter(here) {
        return Ok(driver);
    }
    apt::install(
        &["chromium", "chromium-driver"],
        "Chromium (or Chrome) and a ChromeDriver of the same version",
    )?;
    apt::which("chromedriver").context("chromedriver is not on PATH, even now that it is installed")
}

/// Firefox on PATH, or installed now.
fn firefox() -> Result<PathBuf> {
    let here = || FIREFOXES.iter().find_map(|name| apt::which(name));
    if let Some(browser) = here() {
        return Ok(browser);
    }
    apt::install(&["firefox-esr"], "Firefox")?;
    here().context("Firefox is not on PATH, even now that it is installed")
}

/// A running WebDriver. It ends with this value, and its browsers with it.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts ChromeDriver.
    pub(crate) fn chromium() -> Result<Self> {
        let program = chromedriver()?;
        Self::start(|port| {
            let mut command = Command::new(&program);
            command.arg(format!("--port={port}"));
            command
        })
    }

    /// Starts geckodriver.
    pub(crate) fn firefox() -> Result<Self> {
        let browser = firefox()?;
        let program = executable(&tools::geckodriver()?, "geckodriver");
        Self::start(|port| {
            let mut command = Command::new(&program);
            command
                .args(["--log=fatal", "--websocket-port=0", &format!("--port={port}"), "--binary"])
                .arg(&browser);
            command
        })
    }

    /// Starts a driver at a free port, and waits until it listens.
    fn start(command: impl Fn(u16) -> Command) -> Result<Self> {
        let port = free_port()?;
        let mut command = command(port);
        let program = command.get_program().to_owned();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let driver = Self { child, port };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if start.elapsed() > PATIENCE {
                bail!("{} does not listen at port {port}", program.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(driver)
    }

    /// Where WebDriver commands go.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that nothing listens at just now.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
