//! Several fixes at once.

use expect_test::expect;

use crate::support::check_composed;

/// A bound that the shell takes for a redirection, and pins that never meet.
const TWO_FINDINGS: &str = "\
//- facts
accelerate 1.10.1 depends on numpy<3.0.0 and >=1.17
chatterbox-tts 0.1.4 depends on numpy<1.26.0 and >=1.24.0
numpy 1.25.2 depends on nothing
numpy 2.2.6 depends on nothing
//- requirements.txt
chatterbox-tts==0.1.4
numpy==2.2.6
//- Dockerfile
FROM python:3.10-slim AS tools
RUN pip install numpy>=1.24 accelerate

FROM tools
COPY requirements.txt .
RUN pip install -r requirements.txt
";

#[test]
fn fixes_of_two_findings() {
    check_composed(
        TWO_FINDINGS,
        &["quote-specifier", "edit-specifier"],
        expect![[r#"
            Put numpy>=1.24 in quotes; Ask for numpy==1.25.2
            --- a/requirements.txt
            +++ b/requirements.txt
            @@ -1,2 +1,2 @@
            -numpy==2.2.6
            +numpy==1.25.2
            --- a/Dockerfile
            +++ b/Dockerfile
            @@ -1,5 +1,5 @@
            -RUN pip install numpy>=1.24 accelerate
            +RUN pip install "numpy>=1.24" accelerate
        "#]],
    );
}

#[test]
fn the_order_does_not_matter() {
    check_composed(
        TWO_FINDINGS,
        &["edit-specifier", "quote-specifier"],
        expect![[r#"
            Ask for numpy==1.25.2; Put numpy>=1.24 in quotes
            --- a/requirements.txt
            +++ b/requirements.txt
            @@ -1,2 +1,2 @@
            -numpy==2.2.6
            +numpy==1.25.2
            --- a/Dockerfile
            +++ b/Dockerfile
            @@ -1,5 +1,5 @@
            -RUN pip install numpy>=1.24 accelerate
            +RUN pip install "numpy>=1.24" accelerate
        "#]],
    );
}

#[test]
fn the_same_fix_twice() {
    check_composed(
        TWO_FINDINGS,
        &["edit-specifier", "edit-specifier"],
        expect![[r#"
            Ask for numpy==1.25.2
            --- a/requirements.txt
            +++ b/requirements.txt
            @@ -1,2 +1,2 @@
            -numpy==2.2.6
            +numpy==1.25.2
        "#]],
    );
}

#[test]
fn two_cures_of_one_finding() {
    check_composed(
        TWO_FINDINGS,
        &["edit-specifier", "drop-line"],
        expect!["Patches 1 and 2 change the same words in different ways."],
    );
}

#[test]
fn nothing_chosen() {
    check_composed(TWO_FINDINGS, &[], expect!["No patch was chosen."]);
}
