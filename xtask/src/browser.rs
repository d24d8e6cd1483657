//! The browser that the component tests and the journeys run in.

use std::{
    env, io,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::apt;

/// How Chromium and its relatives are called.
const BROWSERS: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// How long a driver may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// ChromeDriver: where `CHROMEDRIVER` points, or on PATH, or installed now.
pub(crate) fn chromedriver() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROMEDRIVER") {
        return Ok(PathBuf::from(path));
    }
    let browser = BROWSERS.iter().any(|name| apt::which(name).is_some());
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

/// A running ChromeDriver. It ends with this value, and its browsers with it.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts a driver at a free port, and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        let program = chromedriver()?;
        let port = free_port()?;
        let child = Command::new(&program)
            .arg(format!("--port={port}"))
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
