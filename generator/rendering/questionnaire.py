"""Derives the questionnaire, `copier.yml`, from the manifests of a template tree."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2.sandbox import SandboxedEnvironment

from generator.catalog import FeatureSpec, TemplateSpec, read_manifests
from generator.errors import TemplateError
from generator.rendering.answer_sets import ANSWER_SETS
from generator.rendering.own_questions import QUESTIONS, asked_by_itself

_TEXT = "templates/_shared/copier.yml.jinja"


def questionnaire(root: Path) -> str:
    """The text of `copier.yml` that follows from the manifests below `root`.

    Raises:
        ManifestError: when one of them does not hold.
        TemplateError: when a template's own questions cannot be read, or are asked already.
    """
    # Its own marks: what is written is Jinja itself.
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(root),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    manifests = read_manifests(root)
    own = {"questions": _own_questions(root), "apart": [ANSWER_SETS, QUESTIONS]}
    text = environment.get_template(_TEXT).render(_context(manifests) | own)
    _refuse_twins(root, text)
    return text


def _own_questions(root: Path) -> str:
    """The questions of single templates, as YAML."""
    questions = dict(asked_by_itself(root))
    if not questions:
        return ""
    return yaml.safe_dump(questions, sort_keys=False, allow_unicode=True, width=100)


def _refuse_twins(root: Path, text: str) -> None:
    """Refuse a question that is there twice: of two, YAML takes the last without a word."""
    included = (root / path for path in re.findall(r"(?m)^!include (\S+)", text))
    whole = "\n".join((*(path.read_text(encoding="utf-8") for path in included), text))
    names: set[str] = set()
    for name in re.findall(r"(?m)^([A-Za-z]\w*):", whole):
        if name in names:
            raise TemplateError(
                f"{name} is asked already, of other templates.",
                hint=f"Give the question of {QUESTIONS} another name.",
            )
        names.add(name)


def _context(manifests: Sequence[TemplateSpec]) -> dict[str, Any]:
    services = [spec for spec in manifests if spec.kind == "service"]
    with_features = [spec for spec in services if spec.features]
    return {
        "names": [s.name for s in sorted(manifests, key=lambda s: (s.kind == "service", s.name))],
        "ports": {spec.name: spec.first_port for spec in services},
        "links": list(_links(services)),
        "features": {
            "templates": [spec.name for spec in with_features],
            "summaries": {spec.name: _summary(spec) for spec in with_features},
            "names": {spec.name: [one.name for one in spec.features] for spec in with_features},
            "defaults": {
                spec.name: names
                for spec in with_features
                if (names := [one.name for one in spec.features if one.default])
            },
        },
        "rules": [rule for spec in with_features for rule in _rules(spec)],
        "templates": [
            {"name": spec.name, "files": files} for spec in services if (files := [*_files(spec)])
        ],
    }


def _links(services: Sequence[TemplateSpec]) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys(link.name for spec in services for link in spec.links):
        having = {spec.name: link for spec in services for link in spec.links if link.name == name}
        yield {
            "name": name,
            "templates": list(having),
            "summaries": {template: link.summary for template, link in having.items()},
            "optional": [template for template, link in having.items() if link.optional],
        }


def _summary(spec: TemplateSpec) -> str:
    return "Features: " + ", ".join(f"{one.name} ({one.summary})" for one in spec.features)


def _rules(spec: TemplateSpec) -> Iterator[dict[str, str]]:
    """What a choice of features may not be, as Copier asks and says it."""
    if examples := [one.name for one in spec.features if one.example]:
        listed = ", ".join(examples)
        yield {
            "template": spec.name,
            "broken": f"not example and (features | select('in', {examples!r}) | list)",
            "message": f"{listed}: example code; take it, or leave the example out.",
        }
    for one in spec.features:
        for broken, message in _conflicts(one):
            yield {"template": spec.name, "broken": broken, "message": message}


def _conflicts(feature: FeatureSpec) -> Iterator[tuple[str, str]]:
    name = feature.name
    for other in feature.requires:
        broken = f"'{name}' in features and '{other}' not in features"
        yield broken, f"{name} requires {other}: take both."
    for other in feature.refuses:
        yield (
            f"'{name}' in features and '{other}' in features",
            f"{name} refuses {other}: take one of them.",
        )


def _files(spec: TemplateSpec) -> Iterator[dict[str, str]]:
    for feature in spec.features:
        for path in feature.files:
            yield {"when": f"'{feature.name}' in features", "path": path}
    for files in spec.files:
        for path in files.paths:
            # In one spelling, whatever quotes the manifest has.
            yield {"when": ast.unparse(ast.parse(files.when, mode="eval")), "path": path}
