//! Idioms of shell and BuildKit that people write around pip, for random builds: what a step is
//! given, and what it makes of it.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::builds::{Bounds, Build, build, project, word, words};

/// A build of the grammar with steps of these idioms among its own.
pub(crate) fn idiomatic() -> impl Strategy<Value = Build> {
    let places = || any::<prop::sample::Index>();
    (build(Bounds::Likely), vec((places(), builder_step()), 0..=2), vec((places(), runtime_step()), 1..=2))
        .prop_map(|(mut build, builder, runtime)| {
            for (place, step) in builder {
                build.builder.insert(place.index(build.builder.len() + 1), step);
            }
            for (place, step) in runtime {
                build.runtime.insert(place.index(build.runtime.len() + 1), step);
            }
            build
        })
}

const WHEEL: &str = "pip wheel -w /build/wheels";

fn builder_step() -> impl Strategy<Value = String> {
    let fixed = [
        format!("RUN --mount=type=bind,source=requirements.txt,target=/mnt/r.txt {WHEEL} -r /mnt/r.txt"),
        format!("RUN while read -r line; do {WHEEL} \"$line\"; done < requirements.txt"),
        format!("RUN cat requirements.txt | xargs -n 1 {WHEEL}"),
        format!("RUN <<EOF\nset -e\n{WHEEL} -r requirements.txt\nls /build/wheels\nEOF"),
        format!("RUN sort -u requirements.txt | head -n 1 | tee first.txt && {WHEEL} -r first.txt"),
        format!("RUN awk -F'[<>=!~]' '{{print $1}}' requirements.txt > names.txt && {WHEEL} -r names.txt"),
        format!("RUN echo '-r requirements.txt' > outer.txt && {WHEEL} -r outer.txt"),
        format!("RUN tr -d ' ' < requirements.txt | {WHEEL} -r /dev/stdin"),
    ];
    prop_oneof![
        3 => select(fixed.to_vec()),
        1 => (project(), project())
            .prop_map(|(a, b)| format!("RUN for p in {a} {b}; do pip download -d /build/wheels $p; done")),
        1 => (word(Bounds::Likely), word(Bounds::Likely)).prop_map(|(a, b)| {
            format!("RUN printf '%s\\n' {a} {b} > more.txt && cat more.txt requirements.txt > all.txt; {WHEEL} -r all.txt")
        }),
        1 => (project(), words(Bounds::Likely)).prop_map(|(name, words)| {
            format!("RUN if grep -q '^{name}' requirements.txt; then {WHEEL} {words}; else {WHEEL} {name}; fi")
        }),
        1 => project().prop_map(|name| format!("ARG PACKAGE={name}\nRUN {WHEEL} \"${{PACKAGE}}\"")),
    ]
}

const UV: [&str; 6] = [
    "uv pip install --system",
    "uv pip install --system -U",
    "uv pip install --system --no-index --find-links=/build/wheels",
    "uv venv --clear /opt/uv && uv pip install -p /opt/uv -r requirements.txt",
    "uv pip install --target /target",
    "pip freeze > lock.txt && uv pip sync --system lock.txt && uv pip install --system --no-deps",
];

fn runtime_step() -> impl Strategy<Value = String> {
    let fixed = [
        "RUN --mount=type=bind,from=builder,source=/build,target=/mnt pip install --no-index -f /mnt/wheels -r requirements.txt",
        "RUN for w in /build/wheels/*.whl; do pip install --no-deps $w; done",
        "RUN ls /build/wheels/*.whl | xargs pip install --no-index",
        "RUN set -ex; cd /build/wheels && pip install --no-index ./*.whl",
        "ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/build/wheels",
        "RUN pip freeze > lock.txt && pip install -r lock.txt",
        "RUN pip install -r requirements.txt && pip check",
        "RUN mkdir -p /pool && cp /build/wheels/*-1.*.whl /pool/ && pip install --no-index -f /pool -r requirements.txt",
        "COPY --from=builder /build/wheels/*.whl /copied/",
        "RUN [ -d /copied ] && pip install --no-index /copied/*.whl || pip install -r requirements.txt",
    ];
    prop_oneof![
        4 => select(fixed.to_vec()).prop_map(str::to_owned),
        1 => project().prop_map(|name| format!("RUN find /build/wheels -name '{name}*.whl' -delete")),
        1 => (words(Bounds::Likely), words(Bounds::Likely), words(Bounds::Likely)).prop_map(|(a, b, c)| {
            format!("RUN if pip install {a}; then pip install {b}; else pip install --no-deps {c}; fi")
        }),
        1 => words(Bounds::Likely).prop_map(|words| {
            format!("RUN python -m venv --without-pip /opt/venv && pip --python /opt/venv install {words}")
        }),
        1 => (project(), words(Bounds::Likely))
            .prop_map(|(name, words)| format!("RUN pip install {words} && pip uninstall -y {name}; pip check")),
        1 => words(Bounds::Likely).prop_map(|words| format!("RUN pip install --user {words}")),
        2 => (select(&UV[..]), words(Bounds::Likely)).prop_map(|(uv, words)| format!("RUN {uv} {words}")),
    ]
}
