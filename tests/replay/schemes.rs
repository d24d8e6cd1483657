//! Where packages go besides the interpreter's own folder, and which of them it finds.

use crate::check_with;

#[track_caller]
fn check(steps: &str) {
    let files = "\
-- index --
alpha 1.0
alpha 2.0
beta 2.0: alpha
-- Dockerfile --
FROM base
WORKDIR /app
";
    check_with(&format!("{files}RUN {steps}\n"), "26.3");
}

#[test]
fn the_users_packages_are_found() {
    check("pip install --user alpha==1.0 && pip install beta && pip check");
    check("pip install alpha==1.0 && pip install --user beta && pip check");
    check("pip install --user alpha==1.0 && PYTHONNOUSERSITE=1 pip install beta");
    check("pip install --user alpha==1.0 && python -m venv --without-pip /v && pip --python /v install beta");
    check(
        "pip install --user alpha==1.0 && python -m venv --without-pip --system-site-packages /v && pip --python /v install beta",
    );
}

#[test]
fn an_upgrade_removes_the_copy_that_is_found() {
    check("pip install --user alpha==1.0 && pip install -U alpha");
    check("pip install --user alpha==1.0 && pip install --user -U alpha");
    check("pip install alpha==1.0 && pip install --user -U alpha && pip uninstall -y alpha && pip freeze");
    check(
        "pip install alpha==1.0 && python -m venv --without-pip --system-site-packages /v && pip --python /v install -U alpha",
    );
    check(
        "pip install alpha==1.0 && python -m venv --without-pip --system-site-packages /v && pip --python /v uninstall -y alpha",
    );
}

#[test]
fn a_prefix_takes_the_place_of_what_is_installed() {
    check("pip install alpha==1.0 && pip install --prefix /p beta");
    check("pip install alpha==1.0 && pip install --prefix /p -U alpha");
    check("pip install --prefix /p alpha==1.0 && pip install --prefix /p alpha==2.0");
}
