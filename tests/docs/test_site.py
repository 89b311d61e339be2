"""`make site` builds every page of docs/, warns of nothing, and loads nothing from the network."""

import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkout import PROJECT, project_files
from tests.support.markdown import read_page

PAGES = sorted(n.removeprefix("docs/") for n in project_files() if re.fullmatch(r"docs/.*\.md", n))
BUILD = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", ".zensical.toml"]


class Built(HTMLParser):
    """What a page of the site loads, and how many blocks of each kind its article has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.blocks = dict.fromkeys(("table", "li", "pre", "h"), 0)
        self._in_article = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "video"} and values.get("src"):
            self.loads.append(values["src"] or "")
        if tag == "link" and values.get("rel") not in {"canonical", "next", "prev"}:
            self.loads.append(values.get("href") or "")
        if tag == "article":
            self._in_article = True
        kind = "h" if re.fullmatch(r"h[1-6]", tag) else tag
        if self._in_article and kind in self.blocks:
            self.blocks[kind] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._in_article = False


def copy_docs(folder: Path) -> None:
    shutil.copy(PROJECT / ".zensical.toml", folder)
    shutil.copytree(PROJECT / "docs", folder / "docs")


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(BUILD, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy so that nobody's own build is in the way."""
    folder = tmp_path_factory.mktemp("site")
    copy_docs(folder)
    built = build(folder)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "build/site"


def test_every_page_is_in_the_navigation_or_the_list_of_decisions() -> None:
    def pages_of(entry: Any) -> list[str]:  # noqa: ANN401 - what TOML holds
        if isinstance(entry, str):
            return [entry]
        nested = entry.values() if isinstance(entry, dict) else entry
        return [page for one in nested for page in pages_of(one)]

    config = tomllib.loads((PROJECT / ".zensical.toml").read_text(encoding="utf-8"))
    listed = pages_of(config["project"]["nav"])
    decisions = {
        f"decisions/{name}" for name in read_page(PROJECT / "docs/decisions/index.md").links
    }
    assert len(listed) == len(set(listed))
    assert {*listed, *decisions, "decisions/template.md"} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_built_as_it_is_written(site: Path, page: str) -> None:
    written = read_page(PROJECT / "docs" / page)
    built = Built((site / page).with_suffix(".html").read_text(encoding="utf-8"))
    assert built.blocks == written.blocks
    assert [load for load in built.loads if re.match(r"(https?:)?//", load)] == []


def test_what_can_be_found_is_in_the_index_of_the_search(site: Path) -> None:
    index = (site / "search.json").read_text(encoding="utf-8")
    for page in PAGES:
        assert page.removesuffix(".md") + ".html" in index, page


@pytest.mark.parametrize("link", ["gone.md", "architecture.md#gone"])
def test_a_link_that_leads_nowhere_ends_the_build(tmp_path: Path, link: str) -> None:
    copy_docs(tmp_path)
    with (tmp_path / "docs/index.md").open("a", encoding="utf-8") as page:
        page.write(f"\n[nowhere]({link})\n")
    built = build(tmp_path)
    assert built.returncode != 0
    assert link in re.sub(r"\x1b\[[0-9;]*m", "", built.stdout + built.stderr)
