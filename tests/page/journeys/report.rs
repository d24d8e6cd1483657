//! The opening example, from its verdict to its cure.

use anyhow::Result;
use page::{DESKTOP, Page, journey, journey_everywhere};
use serde_json::Value;

async fn count(page: &Page, selector: &str) -> Result<u64> {
    let count = page.script(&format!("return document.querySelectorAll({selector:?}).length")).await?;
    Ok(count.as_u64().unwrap_or_default())
}

#[test]
fn two_wheels_are_found_explained_and_cured() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.until_text("#verdict", "numpy").await?;
        // The explanation acquits those whose ranges overlap.
        page.until_text(".party-list.innocent", "accelerate").await?;
        page.until_text(".range-label.pick-label.guilty", "2.2.6").await?;
        page.until("two patches", "return document.querySelectorAll('#patch [role=tab]').length > 1").await?;
        page.until_text("#patch .rerun", "checked: builds").await?;

        let before = page.text_of("Dockerfile").await?;
        page.press("#patch .button.primary").await?;
        page.until_verdict("compatible").await?;
        assert_ne!(page.text_of("Dockerfile").await?, before);
        page.until_text("#patch .applied", "Fixed with 1 line").await?;
        // What is there to read: the change to take home, and what each stage gets.
        page.until_text("#patch .changes .come", "requirements.txt").await?;
        page.until_text("#patch .gets[open] tbody", "accelerate").await?;
        page.script("document.querySelector('#patch .packages input').focus()").await?;
        page.type_text("numpy").await?;
        let left = "const rows = document.querySelectorAll('#patch .gets:first-of-type tbody tr'); return rows.length === 1 && rows[0].textContent.includes('1.25.2')";
        page.until("the one package that was filtered for", left).await?;

        page.press("#patch .applied button").await?;
        page.until_verdict("duplicate").await?;
        assert_eq!(page.text_of("Dockerfile").await?, before);
        Ok(())
    });
}

#[test]
fn patches_that_compose_are_run_together_and_applied_as_one() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.until("other patches", "return document.querySelectorAll('.beside input').length > 1").await?;
        page.script("document.querySelector('.beside').open = true").await?;
        // Some change the same words, and say so; the first that does not is taken.
        let others = count(page, ".beside input").await?;
        let mut refused = 0;
        for other in 0..others {
            let pressed = format!("document.querySelectorAll('.beside input')[{other}]");
            page.script(&format!("{pressed}.focus(); {pressed}.click()")).await?;
            let came = page
                .until(
                    "what came of both",
                    "return document.querySelector('#patch-panel .refused')?.className
                         ?? (document.querySelector('.beside :checked') && document.querySelector('#patch-panel .rerun')?.className)",
                )
                .await?;
            // The box stays where it was pressed.
            assert_eq!(page.script(&format!("return document.activeElement === {pressed}")).await?, true);
            if came.as_str().is_some_and(|class| class.contains("rerun")) {
                break;
            }
            // It is let go of, and the shown one can still be applied.
            refused += 1;
            assert_eq!(count(page, ".beside :checked").await?, 0);
            assert_eq!(count(page, "#patch .button.primary:enabled").await?, 1);
        }
        assert!(refused < others, "no two patches compose");
        page.until_text("#patch .rerun", "checked: builds").await?;
        page.press("#patch .button.primary").await?;
        page.until_verdict("compatible").await?;
        page.until_text("#patch .applied", "; ").await
    });
}

#[test]
fn the_three_views_of_why_tell_the_same_story() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.until_text(".answer-label code", "<1.26").await?;
        page.press("#why-tab-1").await?;
        page.until_text(".lanes .lane-step.wrong", "fails").await?;
        page.until("two wheels", "return document.querySelectorAll('.lanes .chip.kind-wheel').length >= 4")
            .await?;
        page.press("#why-tab-2").await?;
        page.until_text(".facts tbody", "chatterbox-tts 0.1.4").await?;
        Ok(())
    });
}

#[test]
fn pointing_at_a_range_lights_its_line_and_the_cursor_lights_the_range() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.script("[...document.querySelectorAll('button.range-label')].find(label => label.textContent.includes('chatterbox')).focus()").await?;
        let lit = "document.querySelector('wheelstage-editor[data-path=\"requirements.txt\"]').shadowRoot.querySelector('.highlight-line')?.textContent";
        let line = page.until("a lit line", &format!("return {lit} ?? null")).await?;
        assert_eq!(line, Value::from("chatterbox-tts==0.1.4"));
        Ok(())
    });
}

#[test]
fn the_page_of_a_rule_is_fetched_when_somebody_opens_it() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        let fetched = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/rules/')).length";
        assert_eq!(page.script(fetched).await?, 0);
        page.press(".rule summary").await?;
        page.until_text(".rule-page h4", "Two files of one project").await?;
        page.until_text(".rule-page pre", "numpy 2.2.6").await?;
        assert_eq!(page.script(fetched).await?, 1);
        Ok(())
    });
}
