"""What a manifest says of messages is what the code of every variant sends and takes."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from typing import Any

from generator.catalog import read_manifest
from generator.rendering.answer_sets import AnswerSet
from tests.support.answers import ANSWER_SETS
from tests.support.checkout import PROJECT
from tests.support.rendered import Renderer

SERVICES = [one for one in ANSWER_SETS if one.template != "workspace"]
SHARED = PROJECT / "templates/workspace/shared/src"
PROBE = PROJECT / "tests/support/app_messages.py"


def said_of(answer_set: AnswerSet) -> dict[str, Any]:
    """The manifest's word, in the form in which the code's is."""
    manifest = PROJECT / "templates" / answer_set.template / "template.yml"
    messages = read_manifest(manifest, answer_set.template).messages_for(
        answer_set.data.get("features", ()), example=answer_set.data.get("example", True)
    )
    consumes: dict[str, list[str]] = defaultdict(list)
    for each in messages:
        for event, queue in each.consumes.items():
            consumes[event].append(queue)
    handles = {task: queue for each in messages for task, queue in each.handles.items()}
    sends = {task: queue for each in messages for task, queue in each.sends.items()}
    published = {event for each in messages for event in each.publishes}
    return {
        "consumes": {event: sorted(queues) for event, queues in consumes.items()},
        "handles": handles,
        "tasks": sends | handles,
        "sent": sorted(sends),
        "events": sorted(published | set(consumes)),
    }


def test_the_manifests_name_the_messages_of_the_code(renderer: Renderer) -> None:
    sources = [str(renderer(one) / "src") for one in SERVICES]
    done = subprocess.run(
        [sys.executable, "-P", PROBE, *sources],
        env=os.environ | {"PYTHONPATH": str(SHARED)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    code = dict(zip([one.name for one in SERVICES], json.loads(done.stdout), strict=True))
    for each in code.values():
        # What the code names and does not take it sends; what it takes it may send by the clock.
        each["sent"] = sorted({*each["tasks"]} - {*each["handles"]} | {*each.pop("scheduled")})
    assert code == {one.name: said_of(one) for one in SERVICES}
