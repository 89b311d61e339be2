"""The page of `verify --html` and the pictures, as a browser shows them."""

import pytest
from playwright.sync_api import Browser

from generator.rendering.text import TextRenderer
from generator.usecases.graph import render_graph
from generator.verification import Check, Outcome, Report
from generator.verification.model import SubjectReport
from generator.verification.reports import html_page
from generator.wiring import System, graph_of
from tests.support.browser import DESKTOP, PHONE, SCHEMES, Scheme, opened
from tests.support.checkout import PROJECT
from tests.support.wiring import CATALOG, consumer, data, texts, wire
from tests.unit.verification.examples import WHEN, result

# Each would be seen: by a dialog, in the console, as a request, or as another title.
HOSTILE = (
    "</title></text></svg></script><script>alert(1)</script><img src=https://evil.example/x"
    " onerror=alert(2)><svg onload=alert(3)>&lt;b&gt; {{ 7 * 7 }} ${alert(4)} ]]> <!-- \"'`"
)
LONG = "a-service-with-a-very-long-name-of-forty"
WIDTHS = (PHONE, DESKTOP)
_RENDERER = TextRenderer(PROJECT)


def picture(text: str) -> str:
    system = System(name=text, owner=text, description=text)
    services = [
        data(description=text, owner=text),
        consumer(
            CATALOG.template("fastapi"), LONG, "users-data", features="auth,cache,events,tasks"
        ),
        consumer(CATALOG.template("worker"), "media-worker", "users-data", 8400, features="media"),
        consumer(
            CATALOG.template("aiogram"), "support-bot", "users-data", 8600, features="uploads"
        ),
    ]
    wiring = wire(services, owner=text, description=text)
    return render_graph(_RENDERER, graph_of(system, wiring), "svg")


def report(text: str) -> Report:
    results = [
        result(Check.LINT, Outcome.PASSED, subject=LONG),
        result(Check.TYPES, Outcome.CACHED, subject=LONG),
        result(Check.TESTS, Outcome.FAILED, subject=LONG, reason=text, output=f"{text}\n" * 3),
        result(Check.IMAGE, Outcome.NOT_RUN, subject=LONG, reason=text),
    ]
    first = SubjectReport(name=LONG, kind="service", results=tuple(results))
    second = SubjectReport(name="users-data", kind="service", results=(results[0],))
    return Report(workspace=text, strict=True, started=WHEN, seconds=83.5, subjects=(first, second))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The URL of each page under test."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "report.html").write_text(html_page(report(HOSTILE), picture(HOSTILE)))
    (folder / "graph.svg").write_text(picture(HOSTILE))
    wired = texts(wire([data(description=HOSTILE, owner=HOSTILE)], description=HOSTILE))
    (folder / "architecture.svg").write_text(wired["wiring/architecture.svg"])
    (folder / "inline.html").write_text(f"<!doctype html><title>Inline</title>{picture(HOSTILE)}")
    # As the README of a workspace shows it.
    (folder / "readme.html").write_text(
        "<!doctype html><meta name=viewport content='width=device-width'><title>README</title>"
        "<img src=graph.svg alt=Picture style='max-width: 100%'>"
    )
    return {path.stem: path.as_uri() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["report", "graph", "architecture", "inline"])
def test_hostile_text_is_shown_and_never_run_and_nothing_is_loaded(
    browser: Browser, pages: dict[str, str], name: str
) -> None:
    with opened(browser, pages[name]) as seen:
        assert seen.page.evaluate("() => document.images?.length || 0") == 0
        assert seen.page.locator("[onload], [onerror]").count() == 0
        shown = seen.page.locator("svg title").all_text_contents()
        assert any(HOSTILE in text for text in shown)
        assert seen.elsewhere == []
        assert seen.said == []


def test_the_report_shows_hostile_text_as_it_is(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["report"]) as seen:
        assert seen.page.title() == f"Verification of {HOSTILE}"
        assert seen.page.locator("h1").inner_text() == f"Verification of {HOSTILE}"
        failed = seen.page.locator("li.failed")
        assert failed.locator(".why").inner_text() == HOSTILE
        assert failed.locator("pre").inner_text().splitlines() == [HOSTILE] * 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_is_readable_on_a_phone_and_in_the_dark(
    browser: Browser, pages: dict[str, str], width: int, scheme: Scheme
) -> None:
    with opened(browser, pages["report"], width=width, scheme=scheme) as seen:
        seen.page.locator("#picture summary").click()
        assert seen.page.locator("#picture svg").is_visible()
        seen.screenshot(f"report-{scheme}-{width}")
        assert not seen.scrolls_sideways()
        assert seen.faint_texts() == []
        background = seen.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert background == ("rgb(17, 21, 26)" if scheme == "dark" else "rgb(255, 255, 255)")


def test_the_report_is_filtered_by_words_keys_and_buttons(
    browser: Browser, pages: dict[str, str]
) -> None:
    with opened(browser, pages["report"]) as seen:
        page, status = seen.page, seen.page.locator("#status")
        assert status.inner_text() == "5 checks shown"
        page.keyboard.press("f")
        assert status.inner_text() == "1 checks shown"
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("evil.example")
        assert status.inner_text() == "2 checks shown"
        assert page.locator("section:visible").count() == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_picture_has_the_colours_of_the_reader(
    browser: Browser, pages: dict[str, str], scheme: Scheme
) -> None:
    with opened(browser, pages["inline"], scheme=scheme) as seen:
        seen.screenshot(f"graph-{scheme}")
        assert seen.faint_texts() == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_picture_of_the_readme_fits_a_phone(
    browser: Browser, pages: dict[str, str], scheme: Scheme
) -> None:
    with opened(browser, pages["readme"], width=PHONE, scheme=scheme) as seen:
        seen.screenshot(f"readme-{scheme}-{PHONE}")
        assert seen.page.evaluate("() => document.images[0].naturalWidth") > PHONE
        assert not seen.scrolls_sideways()
        assert [url.rpartition("/")[2] for url in seen.elsewhere] == ["graph.svg"]
