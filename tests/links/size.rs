//! How long a link is. Discord takes 2,000 characters in a message.

use wheelstage::link::{Fragment, Playground};

/// The most characters that the fragment of the sample may have.
const BUDGET: usize = 1_600;

/// 51 lines, as uv's guide and many a service have them.
const DOCKERFILE: &str = r#"# syntax=docker/dockerfile:1
ARG PYTHON_VERSION=3.12

FROM ghcr.io/astral-sh/uv:0.9 AS uv

FROM python:${PYTHON_VERSION}-slim AS builder
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=0

RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential git \
 && rm -rf /var/lib/apt/lists/*

COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /app

# Dependencies change less often than the code.
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv \
    PATH="/opt/venv/bin:$PATH"
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install -r requirements.txt

COPY pyproject.toml README.md ./
COPY src ./src
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install --no-deps .

FROM python:${PYTHON_VERSION}-slim
LABEL org.opencontainers.image.title="service"
RUN groupadd --system app \
 && useradd --system --gid app --home-dir /app app

ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1
COPY --from=builder --chown=app:app /opt/venv /opt/venv
COPY --chown=app:app config /app/config

USER app
WORKDIR /app
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=3s \
  CMD python -m service.health || exit 1

STOPSIGNAL SIGINT
ENTRYPOINT ["python", "-m"]
CMD ["service", "--port", "8000"]
"#;

const REQUIREMENTS: &str = "\
annotated-types==0.7.0
anyio==4.9.0
certifi==2025.4.26
click==8.1.8
fastapi==0.115.12
h11==0.16.0
httpcore==1.0.9
httpx==0.28.1
idna==3.10
jinja2==3.1.6
markupsafe==3.0.2
numpy==2.2.6
pandas==2.2.3
pydantic==2.11.4
pydantic-core==2.33.2
python-dateutil==2.9.0
sniffio==1.3.1
starlette==0.46.2
typing-extensions==4.13.2
uvicorn==0.34.2
";

#[test]
fn a_service_fits_into_a_message() {
    assert_eq!((DOCKERFILE.lines().count(), REQUIREMENTS.lines().count()), (51, 20));
    let files = [("requirements.txt", REQUIREMENTS), ("Dockerfile", DOCKERFILE)]
        .map(|(path, text)| (path.to_owned(), text.to_owned()));
    let state = Playground { files: files.into(), c: Some("2026-11-22".to_owned()), ..Playground::default() };
    let fragment = format!("#{}", Fragment { state: Some(state), ..Fragment::default() });
    println!("{} characters", fragment.len());
    assert!(fragment.len() <= BUDGET, "{} characters", fragment.len());
}
