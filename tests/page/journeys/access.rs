//! Everyone can use it: axe on every view in both themes, reflow at 320 pixels, forced colours.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use page::{DESKTOP, PHONE, Page, journey, journey_everywhere};
use serde_json::{Value, json};

/// Asks axe for violations of WCAG 2.2, levels A and AA, and of good practice.
async fn axe(page: &Page, view: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editor/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&path)
        .with_context(|| format!("{} comes with `npm ci` in editor/", path.display()))?;
    page.script(&format!("{axe}; window.axe = axe;")).await?;
    let rules = json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    let found = page
        .script(&format!(
            "return axe.run(document, {{ runOnly: {rules} }}).then(({{ violations }}) => violations.map(
               ({{ id, nodes }}) => id + ': ' + nodes.map(node => node.html.slice(0, 200)).join(' ')))"
        ))
        .await?;
    ensure!(found == json!([]), "{view}: {found:#}");
    Ok(())
}

async fn theme(page: &Page, scheme: &str) -> Result<()> {
    page.devtools(
        "Emulation.setEmulatedMedia",
        json!({
            "features": [{ "name": "prefers-color-scheme", "value": scheme }]
        }),
    )
    .await
}

#[test]
fn every_view_passes_axe_in_both_themes() {
    journey(DESKTOP, "", async |page| {
        for scheme in ["light", "dark"] {
            theme(page, scheme).await?;
            page.until_verdict("duplicate").await?;
            page.until_text("#patch .rerun", "builds").await?;
            for tab in 0..3 {
                page.press(&format!("#why-tab-{tab}")).await?;
                page.frame().await?;
                axe(page, &format!("{scheme}, why {tab}")).await?;
            }
            page.press(".verdict-actions button").await?;
            page.press(".patch-actions [aria-pressed]").await?;
            page.frame().await?;
            axe(page, &format!("{scheme}, problems and a diff side by side")).await?;
            page.press(".verdict-actions button").await?;
            page.press(".beside summary").await?;
            page.press(".facts-tab button").await?;
            page.frame().await?;
            axe(page, &format!("{scheme}, facts, and patches to take along")).await?;
            page.press(".beside summary").await?;
            page.press(".file-tab button").await?;
            page.press("[aria-label=Help]").await?;
            page.frame().await?;
            axe(page, &format!("{scheme}, help")).await?;
            page.press("dialog [aria-label^=Close]").await?;
            page.press(".patch-actions [aria-pressed]").await?;
        }
        Ok(())
    });
}

#[test]
fn the_colours_can_be_chosen_and_stay_chosen() {
    journey_everywhere(DESKTOP, "", async |page| {
        for colours in ["dark", "light"] {
            page.until_verdict("duplicate").await?;
            page.press("[aria-label^=Colours]").await?;
            page.until(colours, &format!("return document.documentElement.dataset.theme === '{colours}'"))
                .await?;
            page.frame().await?;
            axe(page, colours).await?;
            page.driver.refresh().await?;
            page.until(colours, &format!("return document.documentElement.dataset.theme === '{colours}'"))
                .await?;
        }
        Ok(())
    });
}

#[test]
fn the_phone_and_the_projector_pass_axe_in_both_themes() {
    journey(PHONE, "", async |page| {
        page.viewport(PHONE).await?;
        for scheme in ["light", "dark"] {
            theme(page, scheme).await?;
            page.until_verdict("duplicate").await?;
            for pane in 1..=5 {
                page.press(&format!(".phone-tabs button:nth-child({pane})")).await?;
                page.frame().await?;
                axe(page, &format!("{scheme}, phone, pane {pane}")).await?;
            }
        }
        page.viewport((1280, 720)).await?;
        for scheme in ["light", "dark"] {
            theme(page, scheme).await?;
            page.press("[aria-label='Projector layout']").await?;
            page.frame().await?;
            axe(page, &format!("{scheme}, projector")).await?;
            page.press("[aria-label='Projector layout']").await?;
        }
        Ok(())
    });
}

#[test]
fn nothing_sticks_out_at_320_pixels() {
    journey(PHONE, "", async |page| {
        page.viewport((320, 640)).await?;
        page.until_verdict("duplicate").await?;
        for pane in 1..=5 {
            page.press(&format!(".phone-tabs button:nth-child({pane})")).await?;
            page.frame().await?;
            let width = page.script("return document.documentElement.scrollWidth").await?;
            ensure!(width.as_u64() <= Some(320), "pane {pane} is {width} pixels wide");
        }
        Ok(())
    });
}

#[test]
fn every_target_of_a_finger_is_24_pixels_at_least() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.press(".beside summary").await?;
        let small = page
            .script(
                "return [...document.querySelectorAll('button, input, select')]
                   .map(element => [element, element.getBoundingClientRect()])
                   .filter(([, { width, height }]) => width && (width < 24 || height < 24))
                   .map(([element]) => element.outerHTML.slice(0, 120))",
            )
            .await?;
        ensure!(small == Value::Array(Vec::new()), "{small:#}");
        Ok(())
    });
}

#[test]
fn both_files_can_be_read_without_scripts() {
    journey(DESKTOP, "", async |page| {
        page.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        page.driver.refresh().await?;
        for path in ["requirements.txt", "Dockerfile"] {
            let area = page.driver.find(thirtyfour::By::Css(format!("textarea[data-path='{path}']"))).await?;
            let example =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static/examples/report").join(path);
            // The texts in the page and in the example's folder are one.
            assert_eq!(area.text().await?.trim(), fs::read_to_string(example)?.trim());
        }
        ensure!(page.driver.source().await?.contains("<noscript>"), "nothing says why");
        page.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await
    });
}
