//! What answers is seen without scrolling, on a small laptop and on a projector.

use anyhow::{Result, ensure};
use page::{DESKTOP, Page, journey};
use serde_json::{Value, json};

/// What the browser leaves of a laptop's 1366 by 768 pixels.
const LAPTOP: (u32, u32) = (1366, 650);

/// A projector, full screen.
const PROJECTOR: (u32, u32) = (1280, 720);

/// A link to `numpy<1.26` and `numpy>=2`, and no Dockerfile.
const APART: &str = "#s=1.ZYw9DoJAEEbv8tULcaegmKjHsBELo6OSwArLLD_ZcAhuDKGE7hXvvYgObA0-RSktOMJLEwovlThtUx0UDBeqejzblLLcbXy9UO4wGejTf0X3Gfh-3DxWvf_9SwGrD2LwWs90oiyxNiHCNMfbewE";

/// Fails where one of these is not there, is cut off by the window or by what scrolls around it, or lies
/// under something else.
async fn all_in_sight(page: &Page, selectors: &[&str]) -> Result<()> {
    page.frame().await?;
    for selector in selectors {
        page.until(selector, &format!("return document.querySelector({}) !== null", json!(selector))).await?;
    }
    let script = format!(
        "return {}.flatMap(selector => [...document.querySelectorAll(selector)].slice(0, 2).map(element => {{
             const box = element.getBoundingClientRect();
             const zoom = element.currentCSSZoom ?? 1;
             const frames = [document.documentElement, element.closest('.pane-body')].filter(frame => frame);
             const cut = frames.map(frame => frame === document.documentElement
                 ? {{ top: 0, left: 0, bottom: innerHeight, right: innerWidth }} : frame.getBoundingClientRect())
                 .find(({{ top, left, bottom, right }}) =>
                     box.top < top - 1 || box.left < left - 1 || box.bottom > bottom + 1 || box.right > right + 1);
             const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
             const hidden = !over || !(element.contains(over) || over.contains(element));
             return (cut || hidden || !box.height)
                 && `${{selector}}: ${{Math.round(box.left)}},${{Math.round(box.top)}} to ${{Math.round(box.right)}},${{Math.round(box.bottom)}} at ${{zoom}}`;
         }})).filter(found => found)",
        json!(selectors)
    );
    let found = page.script(&script).await?;
    ensure!(found == Value::Array(Vec::new()), "not to be seen: {found:#}");
    let scrolls = page.script("return document.documentElement.scrollHeight > innerHeight").await?;
    ensure!(scrolls == false, "the page scrolls");
    Ok(())
}

/// The opening example's answers.
const OPENING: &[&str] = &[
    "#verdict .headline",
    ".answer-label",
    ".answer-row",
    ".pick-label",
    ".row-label",
    "#patch [role=tab]:first-child",
    ".diff tr.gone",
    ".diff tr.come",
];

#[test]
fn a_small_laptop_shows_every_answer_of_the_opening_example() {
    journey(DESKTOP, "", async |page| {
        page.viewport(LAPTOP).await?;
        page.until_verdict("duplicate").await?;
        page.until("fixes", "return document.querySelector('#patch[aria-busy=false]') !== null").await?;
        all_in_sight(page, OPENING).await?;
        // The Dockerfile is scrolled to the line that fails.
        let seen = "const editor = document.querySelector('wheelstage-editor[data-path=Dockerfile]');
                    const wrong = editor.shadowRoot.querySelector('.cm-lintRange-error')?.getBoundingClientRect();
                    const frame = editor.getBoundingClientRect();
                    return wrong && wrong.top >= frame.top && wrong.bottom <= frame.bottom";
        page.until("the line that fails", seen).await?;
        Ok(())
    });
}

#[test]
fn a_small_laptop_shows_the_gap_between_two_lines() {
    journey(DESKTOP, APART, async |page| {
        page.viewport(LAPTOP).await?;
        page.until_verdict("disjoint").await?;
        page.until("fixes", "return document.querySelector('#patch[aria-busy=false]') !== null").await?;
        all_in_sight(page, &["#verdict .headline", ".answer-label.none", ".gap", ".row-label.guilty"]).await
    });
}

#[test]
fn a_projector_shows_every_answer_of_the_opening_example() {
    journey(DESKTOP, "#v=present", async |page| {
        page.viewport(PROJECTOR).await?;
        page.until_verdict("duplicate").await?;
        page.until("fixes", "return document.querySelector('#patch[aria-busy=false]') !== null").await?;
        all_in_sight(page, OPENING).await
    });
}

/// The target is told in a button's words, and set in what it opens.
#[test]
fn the_target_is_a_button_with_a_summary() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.until_text(".target-button", "py3.10 · amd64 · pip ").await?;
        page.press(".target-button").await?;
        let shown = "return document.querySelector('#target-python').getBoundingClientRect().height > 0";
        page.until("the fields", shown).await?;
        page.script(
            "const field = document.querySelector('#target-python'); field.value = '3.11';
             field.dispatchEvent(new Event('change', { bubbles: true }))",
        )
        .await?;
        page.until_text(".target-button", "py3.11").await
    });
}
