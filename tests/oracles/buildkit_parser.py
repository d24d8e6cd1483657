"""BuildKit's parser (PyPI's `dockerfile`) on the files named on standard input.

Prints one JSON object a line: the instructions, or the error.
"""

import json
import sys

import dockerfile


def instruction(command):
    return {
        "keyword": command.cmd,
        "trigger": command.sub_cmd,
        "json_form": command.json,
        "lines": [command.start_line, command.end_line],
        "flags": list(command.flags),
        "values": list(command.value),
        "heredocs": [
            {"name": heredoc.name, "fd": heredoc.file_descriptor, "content": heredoc.content}
            for heredoc in command.heredocs
        ],
    }


for line in sys.stdin:
    path = line.rstrip("\n")
    try:
        answer = {"instructions": [instruction(command) for command in dockerfile.parse_file(path)]}
    except dockerfile.GoParseError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))
