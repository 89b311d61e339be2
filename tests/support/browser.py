"""A real browser without a window: what a page asks for, says, shows and looks like."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

from tests.support.checkout import PROJECT

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PHONE, DESKTOP = 360, 1280
# To be looked at by people; no part of the project.
SCREENSHOTS = PROJECT / "build/screenshots"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# WCAG AA: 4.5, and 3 for text of 24 pixels, or of 18.66 in bold.
_CONTRAST = """() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].reduce((sum, value, at) => {
    const part = value / 255;
    const linear = part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    return sum + linear * [0.2126, 0.7152, 0.0722][at];
  }, 0);
  const opaque = (colour) => { const [, , , alpha = 1] = numbers(colour); return alpha >= 1; };
  const behind = (element) => {
    const rect = element.closest("g")?.querySelector("rect");
    if (rect) return getComputedStyle(rect).fill;
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour && opaque(colour)) return colour;
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return dark ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *, svg text")) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const said = texts.map((node) => node.data.trim()).join("");
    const style = getComputedStyle(element);
    const seen = style.visibility === "visible" && style.opacity > 0;
    if (!said || !seen || !element.getClientRects().length) continue;
    if (element.closest("script, style, [aria-hidden=true], svg title")) continue;
    const ink = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
    if (!opaque(ink)) continue;
    const [one, two] = [light(numbers(ink)), light(numbers(behind(element)))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 600) ? 3 : 4.5;
    const ratio = (one + 0.05) / (two + 0.05);
    const what = `${element.localName} ${said.slice(0, 40)}`;
    if (ratio < needed) faint.push(`${ratio.toFixed(2)}: ${what}`);
  }
  return faint;
}"""


@dataclass(kw_only=True)
class Opened:
    """A page that is open, and what it has done so far.

    Attributes:
        requests: the URLs that it asked for, itself included.
        said: errors, warnings and lines of its console, and what would stand in dialogs.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """What it asked for beyond itself and what it carries."""
        return [url for url in self.requests[1:] if not url.startswith("data:")]

    def scrolls_sideways(self) -> bool:
        """Whether a reader has to."""
        wide: bool = self.page.evaluate(
            "() => document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
        )
        return wide

    def faint_texts(self) -> list[str]:
        """Texts with too little contrast to what is behind them."""
        faint: list[str] = self.page.evaluate(_CONTRAST)
        return faint

    def screenshot(self, name: str) -> Path:
        """A picture of the whole page, for people to look at."""
        path = SCREENSHOTS / f"{name}.png"
        self.page.evaluate("() => scrollTo(0, 0)")
        self.page.screenshot(path=path, full_page=True)
        return path


@contextmanager
def started_browser() -> Iterator[Browser]:
    """The system's Chromium; a test is skipped where there is none."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, url: str, *, width: int = DESKTOP, scheme: Scheme = "light"
) -> Iterator[Opened]:
    """A page in a browser of its own: no cache, no storage."""
    size: Any = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    seen = Opened(page=context.new_page())

    def asked(request: Request) -> None:
        seen.requests.append(request.url)

    def said(message: ConsoleMessage) -> None:
        seen.said.append(message.text)

    def answer(dialog: Dialog) -> None:
        seen.said.append(dialog.message)
        dialog.dismiss()

    seen.page.on("request", asked)
    seen.page.on("console", said)
    seen.page.on("dialog", answer)
    seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
    try:
        seen.page.goto(url)
        yield seen
    finally:
        context.close()
