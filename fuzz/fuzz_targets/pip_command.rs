#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| wheelstage_fuzz::pip_command::check(text));
