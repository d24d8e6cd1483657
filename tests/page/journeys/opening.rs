//! Opening the page, under whatever path it is served.

use page::{DESKTOP, PHONE, journey};

#[test]
fn the_page_opens_on_a_desktop() {
    journey(DESKTOP, "", async |page| page.until_text("h1", "Wheelstage").await);
}

#[test]
fn the_page_opens_on_a_phone() {
    journey(PHONE, "", async |page| page.until_text("h1", "Wheelstage").await);
}

/// The page's thread does without the analysis. Where it is wanted there all the same, it is fetched at
/// once, and once only: a call that came before it waits for it.
#[test]
fn the_analysis_can_be_had_at_once() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        let fetched =
            "const own = performance.getEntriesByType('resource').filter(({ initiatorType, name }) =>
            initiatorType === 'xmlhttprequest' && name.endsWith('_analysis.wasm')).length;";
        assert_eq!(page.script(&format!("{fetched} return own")).await?, 0);
        let twice = "const { name } = performance.getEntriesByType('resource').find(({ name }) =>
                name.endsWith('/static/analysis.js'));
            import(name).then(({ analysisNow }) => { analysisNow(); analysisNow(); window.had = 'twice'; },
                (error) => { window.had = String(error); });";
        page.script(twice).await?;
        assert_eq!(page.until("the analysis", "return window.had ?? null").await?, "twice");
        page.until("its fetching", &format!("{fetched} return own > 0")).await?;
        assert_eq!(page.script(&format!("{fetched} return own")).await?, 1);
        Ok(())
    });
}
