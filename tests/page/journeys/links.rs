//! Links and drafts: what people complain of elsewhere does not happen here.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};
use page::{DESKTOP, Page, journey, journey_everywhere};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The golden link to `numpy<1.26` and `numpy<3`.
const TWO_RANGES: &str =
    "#s=1.AUAAv_97InYiOjEsImZpbGVzIjp7InJlcXVpcmVtZW50cy50eHQiOiJudW1weTwxLjI2XG5udW1weTwzXG4ifX1fhNpF";

/// The script that finds the editor of the requirements.
const EDITOR: &str = "[...document.querySelectorAll('wheelstage-editor')].find(one => !one.hidden)";

/// Waits until the editor of the requirements holds a text.
async fn until_typed(page: &Page, text: &str) -> Result<()> {
    let script = format!("return {EDITOR}?.text?.includes({})", json!(text));
    page.until(format_args!("{text:?} in the editor"), &script).await.map(drop)
}

/// Waits until something is no longer, or not, in the editor.
async fn until_gone(page: &Page, text: &str) -> Result<()> {
    let script =
        format!("const text = {EDITOR}?.text; return text !== undefined && !text.includes({})", json!(text));
    page.until(format_args!("no {text:?} in the editor"), &script).await.map(drop)
}

/// Types at the start of the requirements, and waits until it is kept.
async fn type_at_start(page: &Page, text: &str) -> Result<()> {
    page.until("an editor", &format!("{EDITOR}?.focus(); return document.activeElement === {EDITOR}"))
        .await?;
    let keys = page.driver.action_chain().key_down(Key::Control).send_keys(Key::Home).key_up(Key::Control);
    keys.send_keys(text).key_down(Key::Escape).key_up(Key::Escape).perform().await?;
    until_typed(page, text).await?;
    let script = format!("return sessionStorage.getItem('wheelstage.tab')?.includes({})", json!(text));
    page.until("the draft to be kept", &script).await.map(drop)
}

/// Presses the button of that name.
async fn press(page: &Page, name: &str) -> Result<()> {
    let script = format!(
        "const button = [...document.querySelectorAll('button')].find(one => one.textContent.trim() === {});
         button?.click(); return button !== undefined",
        json!(name)
    );
    page.until(format_args!("the button {name:?}"), &script).await.map(drop)
}

async fn until_says(page: &Page, text: &str) -> Result<()> {
    page.until_text(".opened", text).await
}

/// Loads the page anew at a link, in the same tab.
async fn visit(page: &Page, fragment: &str) -> Result<()> {
    page.script(&format!("history.replaceState(null, '', {})", json!(fragment))).await?;
    page.driver.refresh().await.map_err(Into::into)
}

#[test]
fn a_link_opens_beside_the_draft_and_the_draft_comes_back() {
    journey_everywhere(DESKTOP, "", async |page| {
        type_at_start(page, "# mine").await?;
        visit(page, TWO_RANGES).await?;
        until_typed(page, "numpy<1.26\nnumpy<3\n").await?;
        until_says(page, "Your draft is kept").await?;
        // Edits of what was shared do not overwrite the draft either.
        type_at_start(page, "# theirs").await?;
        press(page, "Restore my draft").await?;
        until_typed(page, "# mine").await?;
        until_gone(page, "# theirs").await?;
        ensure!(page.script("return location.hash").await? == "", "the address still holds the link");
        page.driver.refresh().await?;
        until_typed(page, "# mine").await
    });
}

#[test]
fn a_reload_of_a_shared_page_keeps_edits() {
    journey_everywhere(DESKTOP, TWO_RANGES, async |page| {
        until_typed(page, "numpy<3").await?;
        type_at_start(page, "# edited").await?;
        page.driver.refresh().await?;
        until_typed(page, "# edited").await?;
        press(page, "Show it as it was shared").await?;
        until_gone(page, "# edited").await
    });
}

#[test]
fn a_bad_link_takes_nothing_away_and_says_why() {
    journey(DESKTOP, "", async |page| {
        type_at_start(page, "# mine").await?;
        // Put into the address of the open page.
        page.script(&format!("location.hash = {}", json!(&TWO_RANGES[..60]))).await?;
        until_says(page, "cut off").await?;
        until_typed(page, "# mine").await?;
        // And opened anew.
        visit(page, &TWO_RANGES[..60]).await?;
        until_says(page, "cut off").await?;
        until_typed(page, "# mine").await
    });
}

#[test]
fn a_fragment_of_another_kind_changes_nothing() {
    journey(DESKTOP, "#_top", async |page| {
        type_at_start(page, "# mine").await?;
        page.script("location.hash = '#top'").await?;
        page.driver.refresh().await?;
        until_typed(page, "# mine").await
    });
}

#[test]
fn what_chat_programs_do_to_a_link_is_undone() {
    journey(DESKTOP, &format!("{}).", TWO_RANGES.replace('.', "%2E")), async |page| {
        until_typed(page, "numpy<1.26\nnumpy<3\n").await
    });
}

#[test]
fn two_tabs_do_not_overwrite_each_other() {
    journey_everywhere(DESKTOP, "", async |page| {
        type_at_start(page, "# first").await?;
        let first = page.driver.window().await?;
        let second = page.driver.new_tab().await?;
        page.driver.switch_to_window(second).await?;
        page.driver.goto(&page.address).await?;
        type_at_start(page, "# second").await?;
        let kept = page
            .script("return Object.entries(localStorage).filter(([key]) => key.startsWith('wheelstage.draft.')).length")
            .await?;
        ensure!(kept == 2, "{kept} drafts are kept");
        page.driver.refresh().await?;
        until_typed(page, "# second").await?;
        page.driver.switch_to_window(first).await?;
        page.driver.refresh().await?;
        until_typed(page, "# first").await?;
        until_gone(page, "# second").await
    });
}

/// A browser that stores nothing: the page works as long as it is open.
#[test]
fn a_full_storage_stops_nothing() {
    journey(DESKTOP, "", async |page| {
        page.script(
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
        )
        .await?;
        page.until("an editor", &format!("{EDITOR}?.focus(); return document.activeElement === {EDITOR}"))
            .await?;
        page.driver.action_chain().send_keys("# kept").perform().await?;
        until_typed(page, "# kept").await?;
        page.script(
            "window.dispatchEvent(new Event('pagehide')); window.dispatchEvent(new Event('pageshow'))",
        )
        .await?;
        page.script("document.querySelector('[aria-label=Help]').click()").await?;
        page.until_text(".drafts", "does not store drafts").await
    });
}

#[test]
fn secrets_are_asked_about_before_a_link_leaves() {
    journey(DESKTOP, "", async |page| {
        type_at_start(page, "--index-url https://me:pw@wheels.corp.example/simple").await?;
        let address = page.script("return location.href").await?;
        page.driver
            .action_chain()
            .key_down(Key::Control)
            .send_keys("s")
            .key_up(Key::Control)
            .perform()
            .await?;
        page.until_text(".share-warning", "requirements.txt, line 1: a user and password").await?;
        ensure!(page.script("return location.href").await? == address, "the link left unasked");
        press(page, "Mask and copy link").await?;
        let fragment =
            page.until("the link", "return location.hash.startsWith('#s=1.') && location.hash").await?;
        let opened = files_of(fragment.as_str().context("a fragment")?)?;
        ensure!(opened.contains("https://MASKED@MASKED/simple"), "{opened}");
        until_typed(page, "me:pw@").await
    });
}

/// A link made by the command line opens to the same text and verdict, and the other way round.
#[test]
fn the_command_line_and_the_page_open_each_others_links() {
    let example = root().join("static/examples/report");
    let example = example.to_str().expect("a path");
    let made = || run(&["link", example, "--address", ""]);
    // Where there is no browser, nothing is run for it either.
    let link = if env::var("WHEELSTAGE_PAGE").is_ok() { made().expect("a link") } else { String::new() };
    journey(DESKTOP, link.trim(), async |page| {
        until_typed(page, "accelerate==1.10.1").await?;
        let report: Value = serde_json::from_str(&run(&["check", example, "--format", "json"])?)?;
        page.until_text(".headline", report["headline"].as_str().context("a headline")?).await?;

        type_at_start(page, "# from the page").await?;
        page.driver
            .action_chain()
            .key_down(Key::Control)
            .send_keys("s")
            .key_up(Key::Control)
            .perform()
            .await?;
        let script = format!("return location.hash !== {} && location.hash", json!(link.trim()));
        let fragment = page.until("a new link", &script).await?;
        let opened = files_of(fragment.as_str().context("a fragment")?)?;
        let typed = page.script(&format!("return {EDITOR}.text")).await?;
        ensure!(opened.contains(typed.as_str().context("a text")?), "{opened}");
        Ok(())
    });
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the command line prints.
fn run(arguments: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--bin", "wheelstage", "--"])
        .args(arguments)
        .current_dir(root())
        .output()?;
    String::from_utf8(output.stdout).map_err(Into::into)
}

/// The requirements that the command line writes for a link.
fn files_of(fragment: &str) -> Result<String> {
    let folder = env::temp_dir().join(format!("wheelstage-{}-{}", std::process::id(), fragment.len()));
    fs::create_dir_all(&folder)?;
    let manifest = root().join("Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--bin", "wheelstage", "--manifest-path"])
        .arg(manifest)
        .args(["--", "open", "--yes", "--force", fragment])
        .current_dir(&folder)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(folder.join("requirements.txt"))?;
    fs::remove_dir_all(&folder)?;
    Ok(text)
}
