//! A browser, the built page in it, and what every journey may take for granted.
//!
//! `cargo xtask test page` serves the site and starts the drivers, and says where they are:
//! `WHEELSTAGE_PAGE`, `WHEELSTAGE_CHROMEDRIVER` and `WHEELSTAGE_GECKODRIVER`. Without them a journey
//! says so and passes. `cargo xtask screenshots` and `cargo xtask bench page` use the same harness.

use std::{
    env,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::{
    Capabilities, CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, Key, WebDriver,
};

/// What one waits for at most. Nothing is asserted about how long it took.
const PATIENCE: Duration = Duration::from_secs(20);

/// The window of a desktop, in CSS pixels.
pub const DESKTOP: (u32, u32) = (1440, 900);

/// The window of a phone, in CSS pixels.
pub const PHONE: (u32, u32) = (390, 844);

/// Firefox gives its logs to nobody, so every document there keeps them itself, from its start.
const WATCH: &str = "() => {
    const seen = (window.seen = []);
    const { error } = console;
    console.error = (...words) => { seen.push(words.join(' ')); error(...words); };
    addEventListener('error', ({ message }) => seen.push(message));
    addEventListener('unhandledrejection', ({ reason }) => seen.push(String(reason)));
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
        seen.push(`Content Security Policy: ${effectiveDirective} ${blockedURI} ${sourceFile}`));
}";

/// geckodriver runs one browser at a time.
static FIREFOX: Mutex<()> = Mutex::new(());

/// The browsers that journeys are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// Chromium and its relatives, with the DevTools protocol.
    Chromium,
    /// Firefox.
    Firefox,
}

/// The page in a browser of its own.
pub struct Page {
    /// For what the methods here do not say.
    pub driver: WebDriver,
    /// Where the page is.
    pub address: String,
    browser: Browser,
}

/// Walks through the page in a new Chromium, then asks that nothing went wrong on the way: no error in
/// the console, no violation of the content security policy, no request to another host.
///
/// `fragment` is what follows the page's address, `#` included.
#[track_caller]
pub fn journey(window: (u32, u32), fragment: &str, walk: impl AsyncFnOnce(&Page) -> Result<()>) {
    journey_in(Browser::Chromium, window, fragment, walk);
}

/// The same walk in every browser, one after the other. It can do without the DevTools protocol.
#[track_caller]
pub fn journey_everywhere(window: (u32, u32), fragment: &str, walk: impl AsyncFn(&Page) -> Result<()>) {
    for browser in [Browser::Chromium, Browser::Firefox] {
        journey_in(browser, window, fragment, &walk);
    }
}

#[track_caller]
fn journey_in(
    browser: Browser,
    window: (u32, u32),
    fragment: &str,
    walk: impl AsyncFnOnce(&Page) -> Result<()>,
) {
    if env::var_os("WHEELSTAGE_PAGE").is_none() || env::var_os(browser.variable()).is_none() {
        println!(
            "passed over in {browser:?}: `cargo xtask test page` builds the page, and starts browsers for it"
        );
        return;
    }
    let _turn = (browser == Browser::Firefox).then(|| FIREFOX.lock().unwrap_or_else(PoisonError::into_inner));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let page = runtime.block_on(Page::open(browser, window)).expect("a browser");
    // A browser that outlives its journey would be in the way of the next.
    let walked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            page.visit(fragment).await?;
            walk(&page).await?;
            page.is_clean().await
        })
    }));
    runtime.block_on(async {
        if !matches!(walked, Ok(Ok(()))) {
            page.keep_picture().await;
        }
        page.driver.quit().await.expect("the browser's end");
    });
    match walked {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("in {browser:?}: {error:#}"),
        Err(panic) => {
            println!("in {browser:?}");
            resume_unwind(panic)
        }
    }
}

impl Browser {
    /// The environment variable that says where its driver is.
    fn variable(self) -> &'static str {
        match self {
            Self::Chromium => "WHEELSTAGE_CHROMEDRIVER",
            Self::Firefox => "WHEELSTAGE_GECKODRIVER",
        }
    }
}

impl Page {
    /// Starts a browser. It shows nothing yet.
    ///
    /// # Errors
    ///
    /// Where the environment does not say what to open, or the browser does not start.
    pub async fn open(browser: Browser, window: (u32, u32)) -> Result<Self> {
        let address = env::var("WHEELSTAGE_PAGE").context("WHEELSTAGE_PAGE is not set")?;
        let driver =
            env::var(browser.variable()).with_context(|| format!("{} is not set", browser.variable()))?;
        let driver = WebDriver::new(&driver, capabilities(browser, window)?).await?;
        let page = Self { driver, address, browser };
        if browser == Browser::Firefox {
            let prepared = page.prepare_firefox(window).await;
            if prepared.is_err() {
                page.driver.clone().quit().await?;
            }
            prepared?;
        }
        Ok(page)
    }

    /// What Chromium is told by flags.
    async fn prepare_firefox(&self, (width, height): (u32, u32)) -> Result<()> {
        self.driver.set_window_rect(0, 0, width, height).await?;
        let address = self.driver.capabilities().get("webSocketUrl").and_then(Value::as_str);
        let (mut socket, _) = tungstenite::connect(address.context("no address for WebDriver BiDi")?)?;
        let parameters = json!({ "functionDeclaration": WATCH });
        let message = json!({ "id": 1, "method": "script.addPreloadScript", "params": parameters });
        socket.send(message.to_string().into())?;
        let answer: Value = serde_json::from_str(socket.read()?.to_text()?)?;
        ensure!(answer["type"] == "success", "{answer}");
        Ok(())
    }

    /// Opens the page. `fragment` is what follows its address, `#` included.
    pub async fn visit(&self, fragment: &str) -> Result<()> {
        self.load(&format!("{}{fragment}", self.address)).await
    }

    /// Loads an address.
    pub async fn load(&self, address: &str) -> Result<()> {
        // A browser that has just started now and then never ends its first load.
        match self.driver.goto(address).await {
            Ok(()) => Ok(()),
            Err(_) => self.driver.goto(address).await.map_err(Into::into),
        }
    }

    /// Waits until a script returns something, and returns it. `what` says in an error what was
    /// waited for; the script is a function body that returns null until then.
    pub async fn until(&self, what: impl Display, script: &str) -> Result<Value> {
        let start = Instant::now();
        loop {
            let value = self.script(script).await?;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return Ok(value);
            }
            if start.elapsed() > PATIENCE {
                let text = self.script("return document.body.innerText").await?;
                bail!("waited in vain for {what}; the page reads:\n{}", text.as_str().unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until an element reads as it should.
    pub async fn until_text(&self, selector: &str, expected: &str) -> Result<()> {
        let script = format!(
            "const found = document.querySelector({}); return found?.textContent.includes({}) ?? null",
            json!(selector),
            json!(expected)
        );
        self.until(format_args!("{selector} to read {expected:?}"), &script).await?;
        Ok(())
    }

    /// Waits until the verdict is this one and speaks of the text as it is.
    pub async fn until_verdict(&self, verdict: &str) -> Result<()> {
        let script = format!(
            "const line = document.querySelector('#verdict');
             return line?.dataset.verdict === {} && !line.classList.contains('stale')",
            json!(verdict)
        );
        self.until(format_args!("the verdict {verdict}"), &script).await?;
        Ok(())
    }

    /// Waits until the page has answered about the text as it is.
    pub async fn settled(&self) -> Result<()> {
        let script = "const line = document.querySelector('#verdict');
                      return line?.dataset.verdict !== undefined && !line.classList.contains('stale')";
        self.until("an answer", script).await?;
        Ok(())
    }

    /// Presses what a selector finds, once it is there.
    pub async fn press(&self, selector: &str) -> Result<()> {
        let script = format!(
            "const found = document.querySelector({}); found?.click(); return found !== null",
            json!(selector)
        );
        self.until(format_args!("{selector} to press"), &script).await?;
        Ok(())
    }

    /// Presses one key.
    pub async fn key(&self, key: Key) -> Result<()> {
        self.driver.action_chain().key_down(key.clone()).key_up(key).perform().await?;
        Ok(())
    }

    /// Presses a key while others are held.
    pub async fn chord(&self, held: &[Key], key: impl Into<char>) -> Result<()> {
        let key = key.into();
        let chain = held.iter().fold(self.driver.action_chain(), |chain, held| chain.key_down(held.clone()));
        let chain = chain.key_down(key).key_up(key);
        held.iter().rev().fold(chain, |chain, held| chain.key_up(held.clone())).perform().await?;
        Ok(())
    }

    /// Types into what has the focus.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.driver.action_chain().send_keys(text).perform().await?;
        Ok(())
    }

    /// The text in the editor of a file.
    pub async fn text_of(&self, path: &str) -> Result<String> {
        let text = self.script(&format!("return {}?.text ?? null", editor(path))).await?;
        Ok(text.as_str().with_context(|| format!("there is no editor of {path}"))?.to_owned())
    }

    /// Takes the focus into the editor of a file.
    pub async fn focus_editor(&self, path: &str) -> Result<()> {
        let script = format!("{0}?.focus(); return document.activeElement === {0}", editor(path));
        self.until(format_args!("the editor of {path}"), &script).await?;
        Ok(())
    }

    /// Types a text in place of what an editor holds.
    pub async fn replace_text(&self, path: &str, text: &str) -> Result<()> {
        self.focus_editor(path).await?;
        self.chord(&[Key::Control], 'a').await?;
        self.key(Key::Delete).await?;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                // Closes a list of completions before it would take the key for a choice.
                self.key(Key::Escape).await?;
                self.key(Key::Enter).await?;
            }
            self.type_text(line).await?;
        }
        ensure!(self.text_of(path).await? == text, "{path} holds {:?}", self.text_of(path).await?);
        Ok(())
    }

    /// Waits until the browser has drawn what was done.
    pub async fn frame(&self) -> Result<()> {
        let script = "return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
        self.script(script).await?;
        Ok(())
    }

    /// Gives the page a size, whatever the window's least size is.
    pub async fn viewport(&self, (width, height): (u32, u32)) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await
    }

    /// Sends a command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<()> {
        self.driver.cdp().send_raw(command, parameters).await?;
        Ok(())
    }

    /// What a script returns. It is the body of a function.
    pub async fn script(&self, script: &str) -> Result<Value> {
        let result = self.driver.execute(script, Vec::new()).await.with_context(|| script.to_owned())?;
        Ok(result.json().clone())
    }

    /// Fails where something went wrong since the page was opened, or since this was last asked.
    pub async fn is_clean(&self) -> Result<()> {
        match self.browser {
            Browser::Chromium => self.has_clean_logs().await,
            Browser::Firefox => self.has_clean_reports().await,
        }
    }

    /// What the browser's logs tell.
    async fn has_clean_logs(&self) -> Result<()> {
        let (console, network) =
            (self.driver.browser_log().await?, self.driver.get_log("performance").await?);
        for entry in console {
            let policy = entry.message.contains("Content Security Policy");
            ensure!(entry.level != "SEVERE" && !policy, "in the console: {}", entry.message);
        }
        for entry in network {
            let message: Value = serde_json::from_str(&entry.message)?;
            let message = &message["message"];
            if message["method"] == "Network.requestWillBeSent" {
                self.is_own(message["params"]["request"]["url"].as_str().unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// What [`WATCH`] has seen, and what the page has fetched.
    async fn has_clean_reports(&self) -> Result<()> {
        let seen = self.script("return window.seen.splice(0)").await?;
        ensure!(seen == json!([]), "in the console: {seen}");
        let fetched =
            self.script("return performance.getEntriesByType('resource').map(({ name }) => name)").await?;
        self.script("performance.clearResourceTimings()").await?;
        fetched
            .as_array()
            .into_iter()
            .flatten()
            .try_for_each(|url| self.is_own(url.as_str().unwrap_or_default()))
    }

    /// Fails where an address is not the site's.
    fn is_own(&self, url: &str) -> Result<()> {
        let own = ["data:", "blob:", &self.origin()].iter().any(|start| url.starts_with(start));
        ensure!(own, "a request to another host: {url}");
        Ok(())
    }

    /// The scheme, host and port of the page, with a slash after them.
    fn origin(&self) -> String {
        self.address.splitn(4, '/').take(3).chain([""]).collect::<Vec<_>>().join("/")
    }

    /// Leaves a picture of a journey that failed in `target/page/`.
    async fn keep_picture(&self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/page");
        let name = std::thread::current().name().unwrap_or("journey").replace("::", "-");
        let path = folder.join(format!("{name}.png"));
        drop(std::fs::create_dir_all(&folder));
        // The journey's own error matters more than a picture that could not be taken.
        if self.driver.screenshot(&path).await.is_ok() {
            println!("see {}", path.display());
        }
    }
}

fn capabilities(browser: Browser, (width, height): (u32, u32)) -> Result<Capabilities> {
    match browser {
        Browser::Chromium => {
            let mut capabilities = DesiredCapabilities::chrome();
            let window = format!("--window-size={width},{height}");
            let flags = [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                &window,
            ];
            for flag in flags {
                capabilities.add_arg(flag)?;
            }
            capabilities
                .as_mut()
                .set("goog:loggingPrefs", json!({ "browser": "ALL", "performance": "ALL" }))?;
            Ok(capabilities.into())
        }
        Browser::Firefox => {
            let mut capabilities = DesiredCapabilities::firefox();
            capabilities.set_headless()?;
            capabilities.enable_bidi()?;
            Ok(capabilities.into())
        }
    }
}

/// A script's words for the editor of a file.
fn editor(path: &str) -> String {
    format!("document.querySelector('wheelstage-editor[data-path={path:?}]')")
}
