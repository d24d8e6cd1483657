//! Facts that the person states.

use page::{DESKTOP, journey, journey_everywhere};
use thirtyfour::Key;

#[test]
fn a_stated_fact_counts_is_marked_and_goes_along_in_the_link() {
    journey_everywhere(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.press(".facts-tab button").await?;
        page.replace_text("your facts", "accelerate 1.10.1 depends on numpy>=1.26").await?;
        page.until_verdict("disjoint").await?;
        page.until_text(".range-label.guilty .yours", "your fact").await?;
        page.until_text(".party-list.guilty", "your facts line 1").await?;

        page.chord(&[Key::Control], 's').await?;
        page.until("the link in the address", "return location.hash.startsWith('#s=1.')").await?;
        page.driver.refresh().await?;
        page.until_verdict("disjoint").await?;
        page.until_text(".facts-tab .rank", "1").await
    });
}

#[test]
fn a_line_that_is_no_fact_says_so_and_what_to_write() {
    journey(DESKTOP, "", async |page| {
        page.until_verdict("duplicate").await?;
        page.press(".facts-tab button").await?;
        page.replace_text("your facts", "\naccelerate depends on numpy").await?;
        page.until_text(".facts-about", "your facts line 2").await?;
        page.until_text(".facts-about", "write `NAME VERSION depends on REQUIREMENT`").await?;
        page.until_text(".facts-tab .count", "1").await
    });
}
