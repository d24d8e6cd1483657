//! The pictures of README.md, taken of the opening example: `cargo xtask screenshots`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use page::{Browser, DESKTOP, PHONE, Page};
use serde_json::json;

/// The window of a projector, in CSS pixels.
const PROJECTOR: (u32, u32) = (1280, 720);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    take("desktop", DESKTOP, "", "light", async |_| Ok(())).await?;
    take("dark", DESKTOP, "", "dark", async |page| page.press("#why-tab-1").await).await?;
    take("projector", PROJECTOR, "#v=present", "light", async |_| Ok(())).await?;
    take("phone", PHONE, "", "light", async |page| page.press(".phone-tabs button:nth-child(3)").await).await
}

/// Opens the page, does what is asked, and keeps a picture of what is then to be seen.
async fn take(
    name: &str,
    window: (u32, u32),
    fragment: &str,
    scheme: &str,
    prepare: impl AsyncFnOnce(&Page) -> Result<()>,
) -> Result<()> {
    let page = Page::open(Browser::Chromium, window).await?;
    let result = async {
        page.viewport(window).await?;
        page.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await?;
        let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]
            .map(|(name, value)| json!({ "name": name, "value": value }));
        page.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        page.visit(fragment).await?;
        page.until_verdict("duplicate").await?;
        page.until("all patches", "return document.querySelector('#patch[aria-busy=false]') !== null")
            .await?;
        prepare(&page).await?;
        page.script("return document.fonts.ready.then(() => true)").await?;
        page.frame().await?;
        let path = docs().join(format!("{name}.png"));
        page.driver.screenshot(&path).await?;
        println!("{}", path.display());
        page.is_clean().await
    }
    .await;
    page.driver.quit().await?;
    result
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}
