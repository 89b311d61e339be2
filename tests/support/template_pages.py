"""Writes the facts of `docs/rendered/`: below the words of each page, what it renders or adds."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from generator.catalog import ConditionalMessages, FeatureSpec, TemplateSpec, read_manifests
from generator.rendering.answer_sets import read_answer_sets
from tests.support.checkout import PROJECT
from tests.support.rendered import Renderer, make_renderer
from tests.support.template_facts import Facts, Setting, read_facts

FOLDER = PROJECT / "docs" / "rendered"
MARK = "<!-- From here on written by `make docs`, from what is rendered. -->"
_SERVERS = {
    "postgres": "PostgreSQL",
    "rabbitmq": "RabbitMQ",
    "redis": "Redis",
    "redis-cache": "a second Redis, for the cache",
}


def template_pages() -> dict[Path, str]:
    """Every page of a template or of a feature, with its words as they are and its facts anew."""
    with tempfile.TemporaryDirectory(prefix="template-pages-") as folder:
        renderer = make_renderer(Path(folder))
        return dict(
            page
            for spec in read_manifests(PROJECT)
            for page in (_template_page(renderer, spec), *_feature_pages(renderer, spec))
        )


def _template_page(renderer: Renderer, spec: TemplateSpec) -> tuple[Path, str]:
    facts = _rendered(renderer, spec, ())
    lines = ["", "## What it renders", ""]
    lines += _table(_about_template(spec))
    if spec.features:
        lines += ["### Features", "", "| Feature | What it is |", "|---|---|"]
        lines += [
            f"| [`{one.name}`]({spec.name}-{one.name}.md) | {one.summary} |"
            for one in spec.features
        ]
        lines += ["", "What follows is a service with none of them.", ""]
    path = FOLDER / f"{spec.name}.md"
    return path, _page(path, f"`{spec.name}`", spec.summary, [*lines, *_facts(facts)])


def _feature_pages(renderer: Renderer, spec: TemplateSpec) -> Iterator[tuple[Path, str]]:
    names = [one.name for one in spec.features]
    everything = _rendered(renderer, spec, names)
    for one in spec.features:
        others = [f.name for f in spec.features if f != one and one.name not in f.requires]
        rest = _rendered(renderer, spec, others)
        about = {
            **_about_feature(spec, one),
            "takes the place of": _paths(rest.without(everything)),
        }
        lines = ["", "## What it adds", "", *_table(about), *_facts(everything.without(rest))]
        path = FOLDER / f"{spec.name}-{one.name}.md"
        yield path, _page(path, f"`{spec.name}` with `{one.name}`", one.summary, lines)


def _rendered(renderer: Renderer, spec: TemplateSpec, features: Iterable[str]) -> Facts:
    answers: dict[str, Any] = read_answer_sets(PROJECT, spec.name)[0].answers
    if spec.features:
        answers["features"] = list(features)
    folder = renderer.folder / "-".join((spec.name, *features))
    if not folder.exists():
        renderer.render(answers, folder)
    return read_facts(folder)


def _page(path: Path, title: str, summary: str, lines: Iterable[str]) -> str:
    words = f"# {title}\n\n{summary[0].upper()}{summary[1:]}.\n\n"
    if path.exists():
        words = path.read_text(encoding="utf-8").partition(MARK)[0]
    return words + "\n".join([MARK, *lines]).rstrip() + "\n"


def _about_template(spec: TemplateSpec) -> dict[str, str]:
    return {
        "needs": _servers(spec.backing.needed),
        "can do without, at `/ready`": _servers(spec.backing.optional - spec.backing.needed),
        "links": "; ".join(f"`{one.name}`: {one.summary}" for one in spec.links),
        "its own database": "yes" if spec.owns_database else "",
        "API that others may call": "`openapi.json`" if spec.provides_api else "",
        "is given by a person": _secrets({s.name: s.purpose for s in spec.external_secrets}),
        "runs first": " ".join(f"`python -m app {word}`" for word in spec.process.prepare),
    }


def _about_feature(spec: TemplateSpec, one: FeatureSpec) -> dict[str, str]:
    messages = [m for m in spec.messages if m.when and f"'{one.name}' in features" in m.when]
    return {
        "needs": _servers(one.needs),
        "secrets, made by the generator": _secrets(dict(one.secrets)),
        "is given by a person": _secrets({s.name: s.purpose for s in one.external_secrets}),
        "sees password hashes": "yes" if one.reads_credentials else "",
        "without `--with`": "a service with the example has it" if one.default else "",
        "with `--no-example`": "cannot be had" if one.example else "",
        **_messages(messages),
    }


def _messages(messages: Iterable[ConditionalMessages]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for each in messages:
        parts = (
            ("publishes", each.publishes), ("takes events", each.consumes),
            ("gives tasks", each.sends), ("does tasks", each.handles),
        )  # fmt: skip
        for title, names in parts:
            found.setdefault(title, {}).update(dict.fromkeys(names))
    return {title: ", ".join(f"`{name}`" for name in names) for title, names in found.items()}


def _facts(facts: Facts) -> list[str]:
    tests = {path: said for path, said in facts.files.items() if path.startswith("tests/")}
    files = {path: said for path, said in facts.files.items() if path not in tests}
    compose = ["```yaml", *facts.compose, "```"] if any(map(str.strip, facts.compose)) else []
    callers = ["| What | Who |", "|---|---|", *facts.callers] if facts.callers else []
    sections = {
        "Files": _file_table(files),
        "Settings": _setting_table(facts.settings),
        "In `compose.yaml`": compose,
        "Who may use it": callers,
        "Tests": _file_table(tests),
    }
    return [line for title, body in sections.items() if body for line in _section(title, body)]


def _section(title: str, body: list[str]) -> list[str]:
    return [f"### {title}", "", *body, ""]


def _table(rows: dict[str, str]) -> list[str]:
    filled = [f"| {name} | {value} |" for name, value in rows.items() if value]
    return ["| | |", "|---|---|", *filled, ""] if filled else []


def _file_table(files: dict[str, str]) -> list[str]:
    rows = [f"| `{path}` | {_cell(said)} |" for path, said in files.items()]
    return ["| File | What it is |", "|---|---|", *rows] if rows else []


def _setting_table(settings: dict[str, Setting]) -> list[str]:
    rows = [
        f"| `{name}` | {'yes' if one.required else ''} | {_value(one)} | {_cell(one.about)} |"
        for name, one in settings.items()
    ]
    head = "| Variable | Required | In `.env.example` | What it says |"
    return [head, "|---|---|---|---|", *rows] if rows else []


def _value(one: Setting) -> str:
    return f"`{_cell(one.value)}`" if one.value else ""


def _paths(facts: Facts) -> str:
    return ", ".join(f"`{path}`" for path in facts.files)


def _servers(names: Iterable[str]) -> str:
    return ", ".join(_SERVERS.get(name, name) for name in sorted(names))


def _secrets(secrets: dict[str, str]) -> str:
    return "; ".join(f"`{name}`: {_cell(purpose)}" for name, purpose in secrets.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
