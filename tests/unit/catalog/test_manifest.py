"""A manifest that does not hold is refused in one line that names the file and the key."""

from pathlib import Path

import pytest

from generator.catalog import MANIFEST, read_catalog, read_manifest, read_manifests
from generator.errors import ManifestError, UsageError
from tests.support.checkout import PROJECT

LEAST = "schema: 1\nsummary: A service\n"


def manifest(root: Path, text: str, name: str = "orders") -> Path:
    folder = root / "templates" / name
    (folder / "src/app").mkdir(parents=True, exist_ok=True)
    (folder / "src/app/features.py.jinja").write_text("")
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return folder / MANIFEST


def test_a_schema_and_a_summary_are_enough(tmp_path: Path) -> None:
    spec = read_manifest(manifest(tmp_path, LEAST), "orders")
    assert (spec.name, spec.summary, spec.kind) == ("orders", "A service", "service")
    assert spec.process.command == ("python", "-m", "app")
    assert (spec.backing_for([]), spec.links, spec.provides) == (frozenset(), (), frozenset())


def test_what_a_manifest_says_is_what_is_read(tmp_path: Path) -> None:
    text = f"""{LEAST}
first_port: 8600
process: {{command: [serve, --fast], prepare: [migrate], ready: /up, health: /alive, port: 80}}
backing: {{needed: [redis, rabbitmq], optional: [rabbitmq]}}
links:
  data_service: {{summary: whom it asks, optional: true}}
  billing: {{summary: whom it pays, to: api}}
external_secrets:
  TELEGRAM_TOKEN: {{purpose: who the bot is, stub: "1:a"}}
features:
  mail: {{summary: letters, needs: [postgres], secrets: {{KEY: signs}}, requires: [queue]}}
  queue: {{summary: waits, external_secrets: {{POST: {{purpose: sends}}}}, refuses: []}}
files:
  - {{when: "example and 'mail' not in features", paths: [src/app/*]}}
"""
    spec = read_catalog(manifest(tmp_path, text).parents[2]).template("orders")
    assert spec.process.command == ("serve", "--fast")
    assert [(link.variable, link.to, link.optional) for link in spec.links] == [
        ("DATA_SERVICE", "data_service", True),
        ("BILLING", "api", False),
    ]
    assert spec.backing_for(["mail"]) == {"redis", "rabbitmq", "postgres"}
    assert [one.name for one in spec.external_for(["queue"])] == ["TELEGRAM_TOKEN", "POST"]
    assert spec.external_secrets[0].stub == "1:a"
    assert spec.chosen(["mail"])[0].secrets == {"KEY": "signs"}


def test_messages_are_those_whose_condition_holds(tmp_path: Path) -> None:
    text = f"""{LEAST}
features: {{mail: {{summary: letters}}, push: {{summary: bells}}}}
messages:
  - publishes: [always]
  - {{when: "example and ('mail' in features or 'push' in features)", publishes: [either]}}
  - {{when: "'mail' not in features", sends: {{plain: "tasks.plain"}}}}
  - {{when: not example, handles: {{bare: "tasks.{{service}}"}}}}
  - {{when: features, consumes: {{any: queue}}}}
"""
    spec = read_manifest(manifest(tmp_path, text), "orders")

    def names(*features: str, example: bool) -> list[str]:
        found = spec.messages_for(features, example=example)
        return [
            name
            for each in found
            for name in (*each.publishes, *each.consumes, *each.sends, *each.handles)
        ]

    assert names(example=True) == ["always", "plain"]
    assert names("mail", example=True) == ["always", "either", "any"]
    assert names("push", example=True) == ["always", "either", "plain", "any"]
    assert names("mail", example=False) == ["always", "bare", "any"]


FAULTS = [
    ("summary: x", "schema is missing"),
    ("schema: 1", "summary is missing"),
    ("- a", "the file is ['a'], not a mapping"),
    ("schema: [1]\nsummary: x", "schema is [1], not a number"),
    ("schema: 2\nsummary: x", "schema is 2, and this generator knows 1"),
    (f"{LEAST}frist_port: 1", "frist_port is no key: did you mean first_port?"),
    (f"{LEAST}name: x", "name is no key"),
    (f"{LEAST}first_port: many", "first_port is 'many', not a number"),
    (f"{LEAST}first_port: true", "first_port is True, not a number"),
    (f"{LEAST}kind: library", "kind is 'library', not service or workspace"),
    (f"{LEAST}process: {{prepare: migrate}}", "process.prepare is 'migrate', not a list"),
    (f"{LEAST}process:", "process is empty, not a mapping"),
    (f"{LEAST}owns_database: 1", "owns_database is 1, not true or false"),
    (f"{LEAST}backing: {{needed: [mysql]}}", "backing.needed has 'mysql', and known are postgres"),
    (f"{LEAST}links: [data_service]", "links is ['data_service'], not a mapping"),
    (f"{LEAST}links: {{data_service: {{}}}}", "links.data_service.summary is missing"),
    (f"{LEAST}links: {{Data-Service: {{summary: x}}}}", "links.Data-Service is no name"),
    (f"{LEAST}links: {{port: {{summary: x}}}}", "links.port is asked already"),
    (f"{LEAST}links: {{x: {{summary: x, to: y}}}}", "links.x.to is 'y', not api or data_service"),
    (
        f"{LEAST}features: {{a: {{summary: x, need: []}}}}",
        "features.a.need is no key: did you",
    ),
    (f"{LEAST}features: {{a: {{summary: [x]}}}}", "features.a.summary is ['x'], not a text"),
    (f"{LEAST}features: {{a: {{summary: x, needs: [y]}}}}", "features.a.needs has 'y'"),
    (f"{LEAST}features: {{a b: {{summary: x}}}}", "features.a b is no name"),
    (f"{LEAST}features: {{1: {{summary: x}}}}", "features has the key 1, which is no text"),
    (f"{LEAST}features: {{a: {{summary: x, requires: [b]}}}}", "features.a.requires has 'b'"),
    (
        f"{LEAST}features: {{a: {{summary: x, requires: [b]}}, b: {{summary: x, requires: [a]}}}}",
        "features require each other in a circle: a → b → a",
    ),
    (
        f"{LEAST}external_services: {{api: {{purpose: x, stub: [a]}}}}",
        "external_services.api is no name",
    ),
    (
        f"{LEAST}external_services: {{API: {{purpose: x, stub: []}}}}",
        "external_services.API.stub is empty",
    ),
    (f"{LEAST}external_secrets: {{token: {{purpose: x}}}}", "external_secrets.token is no name"),
    (
        f"{LEAST}files: [{{when: example, path: [x]}}]",
        "files[0].path is no key: did you",
    ),
    (f"{LEAST}files: [{{when: exampel, paths: [x]}}]", "files[0].when has 'exampel'"),
    (
        f"{LEAST}files: [{{when: \"'auth' in features\", paths: [x]}}]",
        "files[0].when asks for 'auth', no feature of this template",
    ),
    (f"{LEAST}files: [{{when: 'x y', paths: [x]}}]", "files[0].when is no condition"),
    (f"{LEAST}files: [{{when: open(1), paths: [x]}}]", "files[0].when has 'open(1)'"),
    (f"{LEAST}files: [{{when: example, paths: [/etc]}}]", "files[0].paths has '/etc'"),
    (f"{LEAST}files: [{{when: example, paths: [../x]}}]", "files[0].paths has '../x'"),
    (f"{LEAST}messages: [{{publish: [x]}}]", "messages[0].publish is no key: did you"),
    (f"{LEAST}messages: [{{when: \"'a' in features\"}}]", "messages[0].when asks for 'a', no"),
    (f"{LEAST}messages: [{{publishes: [user.*]}}]", "messages[0].publishes has 'user.*'"),
    (f"{LEAST}messages: [{{handles: {{a: 'x y'}}}}]", "messages[0].handles.a is 'x y', which is"),
    (f"{LEAST}messages: [{{sends: {{a: ''}}}}]", "messages[0].sends.a is '', which is no name"),
    (f"{LEAST}messages: [{{consumes: [a]}}]", "messages[0].consumes is ['a'], not a mapping"),
    (f"{LEAST}a: [", "while parsing"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_a_fault_is_one_line_with_file_and_key(tmp_path: Path, text: str, fault: str) -> None:
    path = manifest(tmp_path, text)
    with pytest.raises(ManifestError) as refused:
        read_manifest(path, "orders")
    assert refused.value.message.startswith(f"{path}: ")
    assert fault in refused.value.message
    assert "\n" not in refused.value.message


def test_a_path_that_matches_nothing_is_refused_where_the_template_is(tmp_path: Path) -> None:
    text = f"{LEAST}features: {{a: {{summary: x, files: [src/app/mali]}}}}"
    path = manifest(tmp_path, text)
    # A service need not have what its template has.
    assert read_manifest(path, "orders").features[0].files == ("src/app/mali",)
    with pytest.raises(
        ManifestError, match=r"features\.a\.files has 'src/app/mali', which matches"
    ):
        read_catalog(tmp_path)


def test_a_file_may_be_named_as_it_is_rendered(tmp_path: Path) -> None:
    text = f"{LEAST}files: [{{when: example, paths: [src/app/features.py]}}]"
    manifest(tmp_path, text)
    assert len(read_manifests(tmp_path)) == 1


def test_a_template_without_a_manifest_is_named(tmp_path: Path) -> None:
    manifest(tmp_path, LEAST).unlink()
    with pytest.raises(ManifestError, match=r"templates/orders/template.yml is missing"):
        read_catalog(tmp_path)


def test_what_begins_with_a_line_is_no_template(tmp_path: Path) -> None:
    manifest(tmp_path, LEAST)
    (tmp_path / "templates/_shared").mkdir()
    assert [spec.name for spec in read_manifests(tmp_path)] == ["orders"]


def test_the_catalog_holds_the_services_only_and_names_those_it_knows() -> None:
    catalog = read_catalog(PROJECT)
    names = [spec.name for spec in catalog.templates]
    assert "workspace" not in names
    assert names == sorted(names)
    with pytest.raises(UsageError) as refused:
        catalog.template("cobol")
    assert refused.value.hint == f"Choose one of: {', '.join(names)}."
