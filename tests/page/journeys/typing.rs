//! Everything follows typing.

use page::{DESKTOP, journey, journey_everywhere};
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
        page.until_text("#patch .rerun", "compatible").await?;
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
