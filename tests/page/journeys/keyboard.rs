//! The page without a pointer.

use anyhow::{Result, ensure};
use page::{DESKTOP, Page, journey, journey_everywhere};
use thirtyfour::Key;

/// The path of the editor that has the focus.
async fn focused(page: &Page) -> Result<String> {
    let path = page.script("return document.activeElement?.getAttribute('data-path') ?? ''").await?;
    Ok(path.as_str().unwrap_or_default().to_owned())
}

#[test]
fn from_the_opening_to_a_copied_link_by_keys_alone() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.until_text("#patch .rerun", "builds").await?;
        page.key(Key::F8).await?;
        page.until("the finding's editor", "return document.activeElement?.dataset.path === 'Dockerfile'")
            .await?;
        page.chord(&[Key::Control], Key::Enter).await?;
        page.until_verdict("compatible").await?;
        page.chord(&[Key::Control], 's').await?;
        let address = page.until("a link", "return location.hash.includes('s=1.') && location.href").await?;
        let address = address.as_str().unwrap_or_default().to_owned();

        // The link opens what was copied.
        let patched = page.text_of("Dockerfile").await?;
        page.driver.goto("about:blank").await?;
        page.driver.goto(&address).await?;
        page.until_verdict("compatible").await?;
        assert_eq!(page.text_of("Dockerfile").await?, patched);
        Ok(())
    });
}

#[test]
fn tab_goes_through_the_whole_page_and_out_of_every_editor() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        let mut editors = Vec::new();
        let mut stops = 0;
        // Until the focus is on the page's first element again, or on none.
        for _ in 0..200 {
            page.key(Key::Tab).await?;
            stops += 1;
            let path = focused(page).await?;
            if !path.is_empty() && editors.last() != Some(&path) {
                editors.push(path);
            }
            let out = page.script("return document.activeElement === document.body").await?;
            if out == true {
                break;
            }
        }
        ensure!(stops < 200, "the focus never left the page");
        assert_eq!(editors, ["requirements.txt", "Dockerfile"]);
        Ok(())
    });
}

#[test]
fn an_editor_that_is_typed_in_is_left_by_escape_and_tab() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.focus_editor("requirements.txt").await?;
        page.type_text("x").await?;
        page.key(Key::Tab).await?;
        assert_eq!(focused(page).await?, "requirements.txt");
        page.key(Key::Escape).await?;
        page.key(Key::Tab).await?;
        assert_ne!(focused(page).await?, "requirements.txt");
        Ok(())
    });
}

#[test]
fn panes_are_a_key_apart_and_the_lists_open_and_close() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        for pane in ["files", "dockerfile", "why", "patch", "files"] {
            page.key(Key::F6).await?;
            let there = format!("return document.activeElement?.closest('#{pane}') !== null");
            page.until(pane, &there).await?;
        }
        page.chord(&[Key::Control, Key::Shift], 'm').await?;
        page.until_text("#problems", "numpy").await?;
        page.chord(&[Key::Control, Key::Shift], 'm').await?;
        page.until("the list to close", "return document.querySelector('#problems') === null").await?;
        page.key(Key::F1).await?;
        page.until("the help", "return document.querySelector('dialog').open").await?;
        page.key(Key::Escape).await?;
        page.until("the help to close", "return !document.querySelector('dialog').open").await?;
        Ok(())
    });
}
