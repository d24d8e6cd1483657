//! A worker that dies.

use page::{DESKTOP, journey};

/// What it panicked of is in a report to copy; the text is still there, and the next worker answers.
#[test]
fn a_worker_that_dies_leaves_a_report_and_the_text() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        // The next message is none that the worker can read.
        let spoil = "const send = Worker.prototype.postMessage;
                     Worker.prototype.postMessage = function () {
                         Worker.prototype.postMessage = send;
                         send.call(this, new Uint8Array([250]));
                     };";
        page.script(spoil).await?;
        page.replace_text("requirements.txt", "n").await?;
        page.until_text(".crash pre", "panicked at src/ui/worker.rs").await?;
        page.until_text(".crash pre", "==> requirements.txt <==").await?;
        // The trap itself may be in the console, and is no complaint of the page's.
        drop(page.is_clean().await);
        assert_eq!(page.text_of("requirements.txt").await?, "n");

        page.press(".crash .button").await?;
        page.until_text(".notice", "Report copied.").await?;
        page.replace_text("requirements.txt", "numpy<1.26\nnumpy>=2\n").await?;
        page.replace_text("Dockerfile", "").await?;
        page.until_verdict("disjoint").await
    });
}
