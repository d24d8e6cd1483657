//! What every journey asks for at its end is shown to be noticed.

use anyhow::Result;
use page::{DESKTOP, Page, journey_everywhere};

/// Does what `script` says, which must be noticed, and leaves the page clean for the journey's end.
async fn check(page: &Page, script: &str, noticed: &str) -> Result<()> {
    page.script(script).await?;
    let error = page.is_clean().await.expect_err(script).to_string();
    assert!(error.contains(noticed), "{script}: {error}");
    Ok(())
}

#[test]
fn what_goes_wrong_is_noticed() {
    journey_everywhere(DESKTOP, "", async |page| {
        check(page, "console.error('a complaint')", "a complaint").await?;
        check(
            page,
            "const style = document.createElement('style'); style.textContent = 'p { color: red }';
             document.head.append(style)",
            "Content Security Policy",
        )
        .await?;
        // The same server by another name: what does not answer is told of by Chromium alone.
        let elsewhere = "await fetch(`http://localhost:${location.port}/`, { mode: 'no-cors' })";
        check(page, &format!("return (async () => {{ {elsewhere} }})()"), "http://localhost").await
    });
}
