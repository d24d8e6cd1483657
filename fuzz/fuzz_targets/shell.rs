#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| wheelstage_fuzz::shell::check(text));
