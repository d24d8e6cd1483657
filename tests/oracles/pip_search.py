"""Asks a real pip, out of its wheel, many questions in one process.

A line of standard input is a question: {"index": folder, "report": path, "arguments": [...]}.
A line of standard output is an answer: {"exit_code": 0 or 1, "picks": {name: version}}.
"""

import contextlib
import io
import json
import os
import sys

sys.path.insert(0, sys.argv[1])

from pip._internal.cli.main import main  # noqa: E402

OPTIONS = ["install", "--isolated", "--disable-pip-version-check", "--no-cache-dir", "--no-input"]
OPTIONS += ["--dry-run", "--ignore-installed", "--quiet", "--quiet", "--quiet"]

for line in sys.stdin:
    question = json.loads(line)
    where = ["--index-url", question["index"], "--report", question["report"]]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exit_code = main(OPTIONS + where + question["arguments"])
    picks = {}
    if exit_code == 0:
        with open(question["report"], encoding="utf-8") as report:
            for item in json.load(report)["install"]:
                picks[item["metadata"]["name"]] = item["metadata"]["version"]
        os.remove(question["report"])
    print(json.dumps({"exit_code": exit_code, "picks": picks}), flush=True)
