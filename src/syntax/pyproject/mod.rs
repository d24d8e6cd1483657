//! `pyproject.toml`: what `pip install .` and `uv sync` start from.
