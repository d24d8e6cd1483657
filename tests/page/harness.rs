//! A browser, the built page in it, and what every journey may take for granted.
//!
//! `cargo xtask test page` serves the site and starts a driver, and says where they are:
//! `WHEELSTAGE_PAGE` and `WHEELSTAGE_WEBDRIVER`. Without them a journey says so and passes.

use std::{
    env,
    fmt::Display,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, Key, WebDriver};

/// What one waits for at most. Nothing is asserted about how long it took.
const PATIENCE: Duration = Duration::from_secs(20);

/// The window of a desktop, in CSS pixels.
pub const DESKTOP: (u32, u32) = (1440, 900);

/// The window of a phone, in CSS pixels.
pub const PHONE: (u32, u32) = (390, 844);

/// The page in a browser of its own.
pub struct Page {
    /// For what the methods here do not say.
    pub driver: WebDriver,
    /// Where the page is.
    pub address: String,
}

/// Walks through the page in a new browser, then asks that nothing went wrong on the way: no error in
/// the console, no violation of the content security policy, no request to another host.
///
/// `fragment` is what follows the page's address, `#` included.
#[track_caller]
pub fn journey(window: (u32, u32), fragment: &str, walk: impl AsyncFnOnce(&Page) -> Result<()>) {
    let (Ok(address), Ok(webdriver)) = (env::var("WHEELSTAGE_PAGE"), env::var("WHEELSTAGE_WEBDRIVER")) else {
        println!("passed over: `cargo xtask test page` builds the page, and starts a browser for it");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let result = runtime.block_on(async {
        let driver = WebDriver::new(&webdriver, capabilities(window)?).await?;
        let page = Page { driver, address };
        let result = async {
            page.driver.goto(format!("{}{fragment}", page.address)).await?;
            walk(&page).await?;
            page.is_clean().await
        }
        .await;
        if result.is_err() {
            page.keep_picture().await;
        }
        page.driver.quit().await?;
        result
    });
    if let Err(error) = result {
        panic!("{error:#}");
    }
}

impl Page {
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
                let url = message["params"]["request"]["url"].as_str().unwrap_or_default();
                let own = ["data:", "blob:", &self.origin()].iter().any(|start| url.starts_with(start));
                ensure!(own, "a request to another host: {url}");
            }
        }
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

fn capabilities((width, height): (u32, u32)) -> Result<thirtyfour::ChromeCapabilities> {
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
    capabilities.as_mut().set("goog:loggingPrefs", json!({ "browser": "ALL", "performance": "ALL" }))?;
    Ok(capabilities)
}

/// A script's words for the editor of a file.
fn editor(path: &str) -> String {
    format!("document.querySelector('wheelstage-editor[data-path={path:?}]')")
}
