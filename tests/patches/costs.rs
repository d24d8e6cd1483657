//! What fixes cost besides their lines.

use expect_test::expect;

use crate::support::check_costs;

#[test]
fn what_the_author_pinned() {
    check_costs(
        "//- facts\nflask 2.0 depends on werkzeug<2\nflask 3.0 depends on nothing\nwerkzeug 1.0 depends on nothing\nwerkzeug 2.0 depends on nothing\n\
         //- requirements.txt\nflask==2.0\nwerkzeug==2.0\n",
        expect![[r#"
            move-requirer: Move flask to 3.0: other versions; flask 2.0 becomes 3.0
            edit-specifier: Ask for werkzeug==1.0: same versions
            drop-line: Drop werkzeug==2.0: same versions
        "#]],
    );
}

#[test]
fn a_later_step_of_the_author_is_no_cost() {
    check_costs(
        "//- facts\nflask 2.0 depends on werkzeug<2\nwerkzeug 1.0 depends on nothing\nwerkzeug 2.0 depends on nothing\ntoolz 1.0 depends on nothing\ntoolz 2.0 depends on nothing\n\
         //- requirements.txt\nflask==2.0\nwerkzeug==2.0\n\
         //- Dockerfile\nFROM python:3.10-slim\nCOPY requirements.txt .\nRUN pip install toolz==1.0\nRUN pip install -r requirements.txt\nRUN pip install toolz==2.0\n",
        expect![[r#"
            edit-specifier: Ask for werkzeug==1.0: same versions
            drop-line: Drop werkzeug==2.0: same versions
        "#]],
    );
}

#[test]
fn a_build_for_cuda_is_not_a_plain_one() {
    check_costs(
        "//- facts\ntorch 2.6.0+cu124 depends on nothing\ntorch 2.6.1 depends on nothing\ntorch 2.7.0+cu124 depends on nothing\nvision 1.0 depends on torch>2.6.0\n\
         //- requirements.txt\ntorch==2.6.0+cu124\nvision==1.0\n",
        expect![[r#"
            edit-specifier: Ask for torch==2.7.0+cu124: same versions
            drop-line: Drop torch==2.6.0+cu124: same versions
        "#]],
    );
}

#[test]
fn what_steps_before_the_failing_one_had_installed() {
    check_costs(
        "//- facts\nflask 2.0 depends on werkzeug<2\nflask 3.0 depends on toolz<2\nwerkzeug 1.0 depends on nothing\nwerkzeug 2.0 depends on nothing\ntoolz 1.0 depends on nothing\ntoolz 2.0 depends on nothing\n\
         //- Dockerfile\nFROM python:3.10-slim\nRUN pip install toolz\nRUN pip install flask==2.0 werkzeug==2.0\n",
        expect![[r#"
            move-requirer: Move flask to 3.0: other versions; toolz 2.0 becomes 1.0; flask 2.0 becomes 3.0
            edit-specifier: Ask for werkzeug==1.0: same versions
            drop-line: Drop werkzeug==2.0: same versions
        "#]],
    );
}
