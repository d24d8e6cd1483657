//! What every journey asks for at its end is shown to be noticed.

use anyhow::Result;
use page::{DESKTOP, Page, journey};

/// Does what `script` says, which must be noticed, and leaves the page clean for the journey's end.
async fn check(page: &Page, script: &str, noticed: &str) -> Result<()> {
    page.script(script).await?;
    let error = page.is_clean().await.expect_err(script).to_string();
    assert!(error.contains(noticed), "{script}: {error}");
    Ok(())
}

#[test]
fn what_goes_wrong_is_noticed() {
    journey(DESKTOP, "", async |page| {
        check(page, "console.error('a complaint')", "a complaint").await?;
        check(
            page,
            "const style = document.createElement('style'); style.textContent = 'p { color: red }';
             document.head.append(style)",
            "Content Security Policy",
        )
        .await?;
        let elsewhere = "await fetch('http://localhost:1/', { mode: 'no-cors' }).catch(() => {})";
        check(page, &format!("return (async () => {{ {elsewhere} }})()"), "localhost:1").await
    });
}
