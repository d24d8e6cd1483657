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
