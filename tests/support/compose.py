"""Asks the real Compose what it makes of a workspace; needs no engine."""

import json
import os
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What Compose said."""

    code: int
    model: dict[str, Any]
    complaint: str

    @property
    def services(self) -> dict[str, Any]:
        """The services by name, with everything interpolated."""
        services = self.model["services"]
        assert isinstance(services, dict)
        return services


def ask_compose(root: Path) -> Answer:
    """Compose's view of the workspace, with all profiles and nothing but `.env` to go by."""
    program = Path(sysconfig.get_path("scripts")) / "docker-compose"
    done = subprocess.run(
        [program, "--profile", "*", "config", "--format", "json"],
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    model = json.loads(done.stdout) if done.returncode == 0 else {}
    return Answer(code=done.returncode, model=model, complaint=done.stderr)
