//! What every journey asks for at its end is shown to be noticed.

use anyhow::Result;
use page::{DESKTOP, Page, journey, journey_everywhere};

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
        // The same server by another name: the policy lets the page ask none but its own host.
        let elsewhere =
            "await fetch(`http://localhost:${location.port}/`, { mode: 'no-cors' }).catch(() => {})";
        check(page, &format!("return (async () => {{ {elsewhere} }})()"), "Content Security Policy").await
    });
}

/// Where the browser has no room for a draft, that is said at once, and asked before the page is left.
#[test]
fn a_draft_that_is_not_kept_is_told_of() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        let full = "window.roomy = Storage.prototype.setItem;
                    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }";
        page.script(full).await?;
        let asks = "const leaving = new Event('beforeunload', { cancelable: true });
                    dispatchEvent(leaving); return leaving.defaultPrevented";
        assert_eq!(page.script(asks).await?, false);
        page.replace_text("requirements.txt", "numpy<1.26").await?;
        page.until_text("[aria-label=Drafts]", "Your text is not kept.").await?;
        assert_eq!(page.script(asks).await?, true);

        // Once there is room again, it is kept with what is typed next, and nothing is said.
        page.script("Storage.prototype.setItem = window.roomy").await?;
        page.replace_text("requirements.txt", "numpy<1.25").await?;
        page.until("silence", "return document.querySelector('[aria-label=Drafts]') === null").await?;
        assert_eq!(page.script(asks).await?, false);
        Ok(())
    });
}
