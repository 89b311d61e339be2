"""Every link between the pages of this project, and of what it renders, leads somewhere."""

import shutil
from pathlib import Path

import pytest

from tests.support.answers import SERVICE_SETS
from tests.support.checkout import PROJECT, project_files
from tests.support.cli import Cli
from tests.support.markdown import broken_links
from tests.support.rendered import Renderer

PAGES = [PROJECT / n for n in project_files() if n.endswith(".md") and n.startswith("docs/")]
PAGES.append(PROJECT / "README.md")
SERVICES = {
    "users-data": ["data-postgres", "--with", "outbox"],
    "users-api": ["fastapi", "--data-service", "users-data", "--with", "auth,cache,events,tasks"],
}
BARE_SETS = [one for one in SERVICE_SETS if one.data.get("example") is False]


def test_links_of_the_documentation_lead_to_files_and_headings() -> None:
    assert broken_links(PAGES, PROJECT) == []


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("gone.md", "no such file"),
        ("index.md#gone", "no such heading"),
        ("#gone", "no such heading"),
        ("../../outside.md", "no such file"),
        ("picture.svg", "no such file"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, link: str, says: str) -> None:
    (tmp_path / "outside.md").touch()
    docs = tmp_path / "project" / "docs"
    docs.mkdir(parents=True)
    mark = "!" if link.endswith("svg") else ""
    (docs / "index.md").write_text(
        f"# It's `a b`: (c)\n\n# Twice\n\n# Twice\n\n"
        f"[1](#its-a-b-c) [2](#twice-1) [3](https://shop.example/#x)\n\n{mark}[4]({link})\n"
    )
    found = broken_links([docs / "index.md"], tmp_path / "project")
    assert found == [f"docs/index.md: {link}: {says}"]


@pytest.mark.slow
def test_links_of_what_is_rendered_lead_to_files_and_headings(
    workspace: Path, cli: Cli, renderer: Renderer
) -> None:
    for name, (template, *arguments) in SERVICES.items():
        cli(
            "new-service", template, name, "--no-verify", "--no-lock", *arguments, cwd=workspace
        ).ok()  # fmt: skip
    for answer_set in BARE_SETS:
        shutil.copytree(renderer(answer_set), workspace / "services" / answer_set.name)
    pages = [p for p in workspace.rglob("*.md") if ".generator" not in p.parts]
    assert len(pages) >= len(SERVICES) + len(BARE_SETS) + 4
    assert broken_links(pages, workspace) == []
