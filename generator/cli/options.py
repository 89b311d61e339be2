"""The options that two or more commands share, each named once."""

from pathlib import Path
from typing import Annotated, Any

import typer

from generator.errors import UsageError

WorkspaceFolder = Annotated[
    Path,
    typer.Option(
        "--workspace", "-C", help="A folder inside the workspace.", file_okay=False, metavar="DIR"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON on stdout.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Show what would be written; write nothing.")
]
Diff = Annotated[
    bool, typer.Option("--diff", help="Show the diff of what would be written; write nothing.")
]
Dev = Annotated[
    bool,
    typer.Option("--dev", help="Use the templates as they stand, uncommitted changes included."),
]
NoLock = Annotated[bool, typer.Option("--no-lock", help="Leave uv.lock for later: `uv lock`.")]
NoVerify = Annotated[
    bool, typer.Option("--no-verify", help="Write the result without running its checks.")
]
Keep = Annotated[bool, typer.Option("--keep", help="Write the result although a check is red.")]
Fetch = Annotated[
    bool,
    typer.Option(
        "--fetch", help="Download RabbitMQ when this machine has none (Debian, Ubuntu; no root)."
    ),
]
UseRunning = Annotated[
    bool, typer.Option("--use-running", help="Prefer servers that already run on loopback.")
]
Defaults = Annotated[
    bool, typer.Option("--defaults", help="Ask nothing; take the default of every answer.")
]
Description = Annotated[str | None, typer.Option(help="What it is for, in one line.")]
Owner = Annotated[str | None, typer.Option(help="Who answers for it: a team or a person.")]
Data = Annotated[
    list[str] | None,
    typer.Option("--data", "-d", help="A further answer; may be given again.", metavar="KEY=VALUE"),
]
DataFile = Annotated[
    Path | None,
    typer.Option(
        "--data-file", help="A YAML file of answers.", metavar="FILE", exists=False, dir_okay=False
    ),
]


def gather_answers(
    data_file: Path | None, pairs: list[str] | None, flags: dict[str, object | None]
) -> dict[str, Any]:
    """Join the three ways to give an answer; a flag beats --data, which beats the file.

    Raises:
        UsageError: when the file cannot be read or a pair has no `=`.
    """
    answers = _read_data_file(data_file) if data_file else {}
    for pair in pairs or []:
        key, separator, value = pair.partition("=")
        if not separator or not key:
            raise UsageError(
                f"--data {pair!a} is no KEY=VALUE.", hint="For example: --data port=8201"
            )
        answers[key] = value
    return answers | {key: value for key, value in flags.items() if value is not None}


def _read_data_file(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"{path} cannot be read: {reason}.", hint="Give a YAML file.") from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise UsageError(f"{path} holds no answers.", hint="Write one `key: value` a line.")
    return content
