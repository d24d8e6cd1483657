//! Everything follows typing.

use page::{DESKTOP, journey, journey_everywhere};
use serde_json::json;
use thirtyfour::Key;

#[test]
fn two_requirements_draw_two_bars_and_their_overlap() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.replace_text("Dockerfile", "").await?;
        page.replace_text("requirements.txt", "numpy<1.26\nnumpy<3\n").await?;
        page.until("two bars", "return document.querySelectorAll('.bar-row .bar').length === 2").await?;
        page.until_text(".answer-label code", "<1.26").await?;
        page.until_verdict("compatible").await?;

        page.replace_text("requirements.txt", "numpy<1.26\nnumpy>=2\n").await?;
        page.until_verdict("disjoint").await?;
        page.until_text(".answer-row", "no version").await?;
        Ok(())
    });
}

#[test]
fn half_typed_text_never_breaks_the_page() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        let pieces = [
            "FROM",
            "\nRUN pip install \"a[b-",
            "\\\n",
            "$(`",
            "\nCOPY --from=",
            "<<EOF\n",
            "\u{1F600}",
            "[",
            "\nENV",
        ];
        page.focus_editor("Dockerfile").await?;
        page.chord(&[Key::Control], 'a').await?;
        for piece in pieces {
            page.type_text(piece).await?;
        }
        page.focus_editor("requirements.txt").await?;
        page.chord(&[Key::Control], 'a').await?;
        for piece in ["foo[bar-]", "\n'1.0' ~= os_name", "\nwheel-*.whl", "\n-r ", "\n>=", "\n; python_"] {
            page.type_text(piece).await?;
        }
        page.settled().await?;
        let crashed = page.script("return document.querySelector('.crash') !== null").await?;
        assert_eq!(crashed, false);

        // And it still answers.
        page.replace_text("Dockerfile", "").await?;
        page.replace_text("requirements.txt", "numpy<1.26\nnumpy>=2\n").await?;
        page.until_verdict("disjoint").await
    });
}

#[test]
fn undo_in_the_editor_takes_a_patch_back() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.until_text("#patch .rerun", "builds").await?;
        let before = page.text_of("Dockerfile").await?;
        page.press("#patch .button.primary").await?;
        page.until_verdict("compatible").await?;
        page.focus_editor("Dockerfile").await?;
        page.chord(&[Key::Control], 'z').await?;
        page.until_verdict("duplicate").await?;
        assert_eq!(page.text_of("Dockerfile").await?, before);
        Ok(())
    });
}

#[test]
fn a_file_is_added_and_renamed() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.press("[aria-label='Add a file']").await?;
        page.until("the name's field", "return document.activeElement?.tagName === 'INPUT'").await?;
        page.key(Key::Enter).await?;
        page.until_text(".file-tab.chosen", "constraints.txt").await?;
        page.replace_text("constraints.txt", "numpy<1.26\n").await?;
        page.press(".file-tab.chosen [title=Rename]").await?;
        page.until("the name's field", "return document.activeElement?.tagName === 'INPUT'").await?;
        page.chord(&[Key::Control], 'a').await?;
        page.type_text("caps.txt").await?;
        page.key(Key::Enter).await?;
        page.until_text(".file-tab.chosen", "caps.txt").await?;
        assert_eq!(page.text_of("caps.txt").await?, "numpy<1.26\n");
        Ok(())
    });
}

/// Without the editor's script there are text areas, and the page answers what is typed into them.
#[test]
fn without_the_editor_s_script_plain_text_areas_work() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.devtools("Network.enable", json!({})).await?;
        page.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
        page.devtools("Network.setBlockedURLs", json!({ "urls": ["*/editor-*.js"] })).await?;
        page.driver.refresh().await?;
        page.until_verdict("duplicate").await?;
        page.until(
            "a text area",
            "return document.querySelector('.app textarea[data-path=Dockerfile]') !== null",
        )
        .await?;
        let area = "document.querySelector('.app textarea[data-path=\"requirements.txt\"]')";
        page.script(&format!("{area}.focus(); {area}.select()")).await?;
        page.type_text("numpy<1.26\nnumpy>=2").await?;
        page.script("document.querySelector('.app textarea[data-path=Dockerfile]').select()").await?;
        page.key(Key::Delete).await?;
        page.until_verdict("disjoint").await?;
        let typed = page.script(&format!("return {area}.value")).await?;
        assert_eq!(typed, "numpy<1.26\nnumpy>=2");
        // A problem is still led to.
        page.key(Key::F8).await?;
        page.until("the line", &format!("return document.activeElement === {area}")).await?;
        // The script that did not come is in the console, and is no complaint of the page's.
        drop(page.is_clean().await);
        page.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await
    });
}
