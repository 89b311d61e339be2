"""The site of the documentation, served on loopback as any web server does."""

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, expect

from tests.docs.test_site import build, copy_docs
from tests.support.browser import DESKTOP, PHONE, SCHEMES, Scheme, opened

# With a wide table, long code, and a long list.
PAGES = ("index.html", "reference/cli.html", "rendered/worker.html", "how-to/production.html")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Write nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the built site."""
    folder: Path = tmp_path_factory.mktemp("site")
    copy_docs(folder)
    assert build(folder).returncode == 0
    handler = partial(_Quiet, directory=str(folder / "build/site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_nothing_from_elsewhere(browser: Browser, site: str, page: str) -> None:
    with opened(browser, f"{site}/{page}") as seen:
        seen.page.wait_for_load_state("networkidle")
        assert [url for url in seen.elsewhere if not url.startswith(f"{site}/")] == []
        assert seen.said == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_readable_on_a_phone_and_in_the_dark(
    browser: Browser, site: str, page: str, scheme: Scheme
) -> None:
    with opened(browser, f"{site}/{page}", width=PHONE, scheme=scheme) as seen:
        seen.screenshot(f"site-{Path(page).stem}-{scheme}-{PHONE}")
        assert not seen.scrolls_sideways()
        dark = seen.page.evaluate("() => document.body.dataset.mdColorScheme")
        assert dark == ("slate" if scheme == "dark" else "default")


def test_the_search_finds_a_page_by_its_words(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}/index.html", width=DESKTOP) as seen:
        page = seen.page
        page.get_by_role("button", name="Search").first.click()
        expect(page.locator("input:focus")).to_be_visible()
        page.keyboard.type("webhook")
        found = page.get_by_role("option").filter(has_text="webhook")
        expect(found.first).to_be_visible()
        seen.screenshot("site-search")
        found.first.click()
        expect(page).to_have_url(re.compile("webhook"))
