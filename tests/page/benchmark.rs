//! How quick the page is, beside two Monaco editors: `cargo xtask bench page`.
//!
//! Every figure is the median of [`RUNS`] browsers, each new, with nothing in its cache; the two pages
//! take turns, so that what else the machine does falls on both. A time ends with the frame in which
//! the thing is to be seen. Nothing is asserted.

use std::{collections::BTreeMap, env, time::Duration};

use anyhow::{Context, Result};
use page::{Browser, DESKTOP, PHONE, Page};
use serde_json::{Value, json};
use thirtyfour::Key;

/// How often everything is measured.
const RUNS: usize = 5;

/// What is typed, a key at a time. No list of completions takes one of these keys for a choice.
const TYPED: &str = "uvicorn>=0.30,<0.40,!=0.33.0,!=0.34.1,!=0.35.2";

/// The time between two keys: 100 words a minute.
const PACE: Duration = Duration::from_millis(120);

/// How often a key is pressed in the long file.
const LONG_KEYS: usize = 20;

/// Runs before the page's own scripts: keeps the time at which each thing is first to be seen, of
/// every key the time until the next frame, and, where asked, until the answer.
const WATCH: &str = "
    const times = (window.times = {});
    const paints = (window.paints = []);
    const answers = (window.answers = []);
    let asked = null;
    const painted = (then) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => then(performance.now());
        port2.postMessage(null);
    });
    const look = (now) => {
        for (const [name, there] of Object.entries(window.awaited))
            if (!(name in times) && there()) times[name] = now;
        if (asked !== null && window.awaited.answer?.()) {
            answers.push(now - asked);
            asked = null;
        }
        painted(look);
    };
    painted(look);
    addEventListener('keydown', ({ timeStamp }) => {
        painted((now) => {
            paints.push(now - timeStamp);
            asked = timeStamp;
        });
    }, { capture: true });
";

/// A page that is measured.
struct Subject {
    name: &'static str,
    /// The environment variable with its address.
    address: &'static str,
    /// What is awaited: a JavaScript object of conditions.
    awaited: &'static str,
    /// The last of them to come true.
    last: &'static str,
    /// A script that takes the focus into the first editor, and returns whether it is there.
    focus: &'static str,
}

const OURS: Subject = Subject {
    name: "Wheelstage",
    address: "WHEELSTAGE_PAGE",
    awaited: "{
        ready: () => [...document.querySelectorAll('wheelstage-editor')].filter(({ text }) => text).length > 1,
        verdict: () => document.querySelector('#verdict[data-verdict=duplicate]:not(.stale)'),
        patch: () => document.querySelector('#patch .rerun'),
        patches: () => document.querySelector('#patch[aria-busy=false] .rerun'),
        answer: () => document.querySelector('#verdict[data-verdict]:not(.stale)'),
    }",
    last: "patches",
    focus: "const editor = document.querySelector('wheelstage-editor'); editor.focus(); return document.activeElement === editor",
};

const PEER: Subject = Subject {
    name: "Monaco",
    address: "WHEELSTAGE_PEER",
    awaited: "{ ready: () => [...document.querySelectorAll('.monaco-editor .view-lines')]
        .filter(({ textContent }) => textContent).length > 1 }",
    last: "ready",
    focus:
        "const input = document.querySelector('#requirements .native-edit-context, #requirements textarea');
        input?.focus(); return input !== null && document.activeElement === input",
};

/// A machine to open a page on.
#[derive(Clone, Copy)]
enum Profile {
    Desktop,
    /// A processor four times slower, 1.6 Mbit/s, 150 ms.
    Phone,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Phone => "phone",
        }
    }

    fn window(self) -> (u32, u32) {
        match self {
            Self::Desktop => DESKTOP,
            Self::Phone => PHONE,
        }
    }
}

/// The figures of one page, by profile and name: one a run.
type Figures = BTreeMap<(&'static str, &'static str), Vec<f64>>;

/// What is printed: profile, figure, what it is called, and what it should be at most.
const ROWS: &[(Profile, &str, &str, Option<f64>)] = &[
    (Profile::Desktop, "fetched", "fetched, kB", None),
    (Profile::Desktop, "ready", "ready, desktop", Some(400.0)),
    (Profile::Phone, "ready", "ready, phone", Some(2_500.0)),
    (Profile::Desktop, "verdict", "opening verdict, desktop", None),
    (Profile::Phone, "verdict", "opening verdict, phone", Some(3_500.0)),
    (Profile::Desktop, "first patch", "best patch after the verdict, desktop", Some(300.0)),
    (Profile::Phone, "first patch", "best patch after the verdict, phone", None),
    (Profile::Desktop, "all patches", "all patches after the verdict, desktop", None),
    (Profile::Desktop, "paint", "key to paint, p95, desktop", Some(33.0)),
    (Profile::Phone, "paint", "key to paint, p95, phone", Some(100.0)),
    (Profile::Desktop, "long paint", "300 lines: key to paint, p95, desktop", Some(33.0)),
    (Profile::Desktop, "long answer", "300 lines: key to answer, p95, desktop", None),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let (mut ours, mut peer) = (Figures::new(), Figures::new());
    for run in 1..=RUNS {
        for profile in [Profile::Desktop, Profile::Phone] {
            for (subject, figures) in [(&OURS, &mut ours), (&PEER, &mut peer)] {
                eprintln!("run {run} of {RUNS}: {} on a {}", subject.name, profile.name());
                open(subject, profile, figures).await?;
            }
        }
        long(&mut ours).await?;
    }
    println!("{:40} {:>12} {:>12} {:>8} {:>8}", "ms, median of 5", OURS.name, PEER.name, "ratio", "aim");
    for (profile, figure, what, aim) in ROWS {
        let of = |figures: &Figures| figures.get(&(profile.name(), *figure)).cloned().and_then(median);
        let (ours, peer) = (of(&ours), of(&peer));
        let ratio = ours.zip(peer).map(|(ours, peer)| ours / peer);
        let shown = |value: Option<f64>, digits: usize| {
            value.map_or(String::new(), |value| format!("{value:.digits$}"))
        };
        println!(
            "{what:40} {:>12} {:>12} {:>8} {:>8}",
            shown(ours, 0),
            shown(peer, 0),
            shown(ratio, 2),
            shown(*aim, 0)
        );
    }
    Ok(())
}

/// Opens a page and types into it.
async fn open(subject: &Subject, profile: Profile, figures: &mut Figures) -> Result<()> {
    visit(subject, profile, "", async |page| {
        let times = page.until(subject.last, &format!("return {:?} in times ? times : null", subject.last)).await?;
        let fetched = page
            .script(
                "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                   .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000",
            )
            .await?;
        let at = |name: &str| times[name].as_f64();
        let after = |name: &str| Some(at(name)? - at("verdict")?);
        let mut keep = |name: &'static str, value: Option<f64>| {
            figures.entry((profile.name(), name)).or_default().extend(value);
        };
        keep("fetched", fetched.as_f64());
        keep("ready", at("ready"));
        keep("verdict", at("verdict"));
        keep("first patch", after("patch"));
        keep("all patches", after("patches"));
        page.until("the editor", subject.focus).await?;
        page.chord(&[Key::Control], Key::End).await?;
        page.script("paints.length = 0").await?;
        for key in TYPED.chars() {
            page.type_text(&key.to_string()).await?;
            tokio::time::sleep(PACE).await;
        }
        keep("paint", p95(list(&page.script("return paints").await?)));
        Ok(())
    })
    .await
}

/// Opens 300 lines, and presses a key whenever the last one is answered.
async fn long(figures: &mut Figures) -> Result<()> {
    let link = env::var("WHEELSTAGE_LONG").context("WHEELSTAGE_LONG is not set")?;
    let profile = Profile::Desktop;
    visit(&OURS, profile, &link, async |page| {
        page.settled().await?;
        page.until("the editor", OURS.focus).await?;
        page.chord(&[Key::Control], Key::Home).await?;
        page.settled().await?;
        page.script("paints.length = answers.length = 0").await?;
        for pressed in 1..=LONG_KEYS {
            page.type_text("#").await?;
            page.until("an answer", &format!("return answers.length >= {pressed}")).await?;
        }
        for (name, list_name) in [("long paint", "paints"), ("long answer", "answers")] {
            let value = p95(list(&page.script(&format!("return {list_name}")).await?));
            figures.entry((profile.name(), name)).or_default().extend(value);
        }
        Ok(())
    })
    .await
}

/// Opens a page in a new browser that is as quick as the profile says.
async fn visit(
    subject: &Subject,
    profile: Profile,
    fragment: &str,
    measure: impl AsyncFnOnce(&Page) -> Result<()>,
) -> Result<()> {
    let address = env::var(subject.address).with_context(|| format!("{} is not set", subject.address))?;
    let page = Page::open(Browser::Chromium, profile.window()).await?;
    let result = async {
        page.viewport(profile.window()).await?;
        let watch = format!("window.awaited = {};{WATCH}", subject.awaited);
        page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await?;
        if let Profile::Phone = profile {
            page.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await?;
            let bytes_a_second = 1_600_000 / 8;
            let network = json!({
                "offline": false,
                "latency": 150,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second,
            });
            page.devtools("Network.emulateNetworkConditions", network).await?;
        }
        page.load(&format!("{address}{fragment}")).await?;
        measure(&page).await
    }
    .await;
    page.driver.quit().await?;
    result
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

/// The value that 95 of 100 do not exceed.
fn p95(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * 95).div_ceil(100).checked_sub(1)?).copied()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
