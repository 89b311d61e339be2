"""Every rule for compose files finds what it is there for, in its line, and nothing else."""

from collections.abc import Mapping

import pytest

from generator.wiring import COMPOSE_RULES, judge_compose

# A service that every rule is content with; tests change one thing of it.
BODY = {
    "image": "example/shop:1.4",
    "user": '"10001:10001"',
    "read_only": "true",
    "ports": '["127.0.0.1:8000:8000"]',
    "environment": "{API_KEY: '${API_KEY:?is missing in .env}'}",
    "healthcheck": "{test: [CMD, ask]}",
    "deploy": "{resources: {limits: {cpus: '1', memory: 64m}}}",
}
REASON = "It is a tool for one afternoon."


def service(name: str = "shop", **changed: str | None) -> str:
    """The good service with other values for some keys; None takes one away."""
    body = {key: value for key, value in {**BODY, **changed}.items() if value is not None}
    return f"  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in body.items())


def file(*services: str) -> str:
    return "services:\n" + "".join(services)


def second(**changed: str | None) -> str:
    """One more beside it."""
    return service("other", **{"ports": "[]", **changed})


def told(key: str, value: str) -> str:
    return service(environment=f"{{{key}: '{value}'}}")


GOOD = file(service())


def judge(
    files: Mapping[str, str] | str,
    values: Mapping[str, str] | None = None,
    ignored: tuple[str, ...] = (".env",),
) -> tuple[str, ...]:
    texts = {"compose.yaml": files} if isinstance(files, str) else files
    return judge_compose(texts.get, values or {}, is_ignored=ignored.__contains__)


def test_a_good_service_is_good() -> None:
    assert judge(GOOD) == ()
    assert judge(file(service(), second())) == ()


# Rule, the services, the key at fault (the name where there is none), words of cause and cure.
FAULTS = [
    ("non-root", service(user='"0:0"'), "user", "runs as root", "10001"),
    ("non-root", service(user="${WHO:-root}"), "user", "runs as root", "10001"),
    ("non-root", service(user=None), "shop", "has no user", "set user"),
    ("read-only", service(read_only="false"), "read_only", "may write anywhere", "tmpfs"),
    ("read-only", service(read_only=None), "shop", "may write anywhere", "read_only: true"),
    (
        "limits",
        service(deploy="{resources: {limits: {memory: 64m}}}"),
        "deploy", "no limit of cpus", "deploy.resources.limits",
    ),
    ("limits", service(deploy=None, cpus="1"), "shop", "no limit of memory", "limits"),
    ("limits", service(deploy=None), "shop", "no limit of cpus and memory", "limits"),
    ("pinned", service(image="shop"), "image", "runs shop,", "a digest"),
    ("pinned", service(image="shop:latest"), "image", "runs shop:latest", "a digest"),
    ("pinned", service(image="shop:17"), "image", "runs shop:17", "a whole version"),
    ("pinned", service(image="shop:${TAG:-stable}"), "image", "runs shop:stable", "version"),
    ("pinned", service(image="host:5000/shop"), "image", "runs host:5000/shop", "version"),
    ("healthcheck", service(healthcheck=None), "shop", "has no healthcheck", "give it a"),
    ("healthcheck", service(healthcheck="{disable: true}"), "healthcheck", "nobody can", "give it"),
    ("healthcheck", service(healthcheck="{test: [NONE]}"), "healthcheck", "nobody can", "give it"),
    ("healthcheck", service(healthcheck=None, restart="always"), "shop", "nobody can", "give it"),
    ("loopback", service(ports="['5432:5432']"), "ports", "every network", "127.0.0.1:5432"),
    ("loopback", service(ports="['${IP:-192.168.1.5}:1:6379']"), "ports", "on 192.168.1.5", "127"),
    ("loopback", service(ports="['[::]:6379:6379/tcp']"), "ports", "every network", "127.0.0.1"),
    (
        "loopback",
        service(ports="[{target: 5672, published: 1}]"),
        "ports", "publishes port 5672 of data", "127.0.0.1:1:5672",
    ),
    ("loopback", service(image="a/redis:8.2", ports="['1:2']"), "ports", "every network", "127"),
    (
        "loopback",
        service(image="postgres:17.6", network_mode="host", ports="[]"),
        "network_mode", "every network", "take network_mode away",
    ),
    ("secret", told("API_KEY", "hunter22"), "environment", "secret API_KEY", "${API_KEY:?"),
    ("secret", told("API_KEY", "${KEY:-hunter22}"), "environment", "secret API_KEY", ".env"),
    ("secret", told("API_KEYS", "a=${A},b=${B:-x}"), "environment", "secret API_KEYS", ".env"),
    ("secret", told("DB_URL", "pg://me:hunter22@db/x"), "environment", "secret DB_URL", ".env"),
    ("secret", told("DB_URL", "pg://me:${P:-x}@db/x"), "environment", "secret DB_URL", ".env"),
    ("secret", service(environment="[SMTP_PASS=x]"), "environment", "secret SMTP_PASS", ".env"),
    (
        "secret",
        service(build="{context: ., args: {NPM_TOKEN: hunter22}}"),
        "build", "secret NPM_TOKEN", ".env",
    ),
    ("secret", service(command="[a, '${DB_PASSWORD}']"), "command", "its arguments", "a variable"),
    ("secret", service(entrypoint="a ftp://me:x@host"), "entrypoint", "its arguments", "a file"),
    (
        "port",
        file(service(), second(ports="['8000:80']")),
        "ports", "port 8000, and so does shop (compose.yaml:6)", "another port",
    ),
    (
        "port",
        file(service(), second(ports="[{published: '7999-8001', target: 80}]")),
        "ports", "port 8000, and so does shop", "another port",
    ),
    ("port", service(ports="['1:1', '1:2']"), "ports", "port 1, and so does shop", "another"),
    (
        "condition",
        file(service(), second(depends_on="[shop]")),
        "depends_on", "starts when shop has started", "shop: {condition: service_healthy}",
    ),
    (
        "condition",
        file(
            service(healthcheck=None, restart='"no"'),
            second(depends_on="{shop: {condition: service_healthy}}"),
        ),
        "depends_on", "shop has no healthcheck", "give shop a healthcheck",
    ),
    (
        "condition",
        file(
            service(restart="always"),
            second(depends_on="{shop: {condition: service_completed_successfully}}"),
        ),
        "depends_on", "shop is started again whenever it ends", 'restart: "no"',
    ),
]  # fmt: skip


def test_every_rule_has_its_planted_fault() -> None:
    # That of one-env takes two files.
    assert {rule.name for rule in COMPOSE_RULES} == {case[0] for case in FAULTS} | {"one-env"}


@pytest.mark.parametrize(("rule", "text", "key", "cause", "cure"), FAULTS)
def test_a_planted_fault_is_found_in_its_line(
    rule: str, text: str, key: str, cause: str, cure: str
) -> None:
    text = text if text.startswith("services:") else file(text)
    name = "other" if "  other:" in text else "shop"
    line = text[: text.rindex(f"  {key}:")].count("\n") + 1
    [found] = judge(text)
    assert found.startswith(f"compose.yaml:{line}: {name} ")
    assert found.endswith(f" [{rule}]")
    assert found.index(cause) < found.index(cure, found.index(cause) + len(cause))


@pytest.mark.parametrize(("rule", "text"), [case[:2] for case in FAULTS])
def test_a_rule_is_set_aside_for_one_service_alone(rule: str, text: str) -> None:
    text = text if text.startswith("services:") else file(text)
    name = "other" if "  other:" in text else "shop"
    aside = f"    x-ignored-rules: {{{rule}: {REASON}}}\n"
    assert judge(text.replace(f"  {name}:\n", f"  {name}:\n{aside}")) == ()
    elsewhere = judge(text + service("third", ports="[]") + aside)
    assert {found.rpartition(" ")[2] for found in elsewhere} == {f"[{rule}]", "[x-ignored-rules]"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{non-root: because}", "sets the rule non-root aside without a reason"),
        (f"{{non-roots: {REASON}}}", "sets aside a rule non-roots that there is not"),
        (f"{{pinned: {REASON}}}", "sets the rule pinned aside, which finds nothing here"),
    ],
)
def test_what_is_set_aside_must_be_a_rule_and_have_a_reason(entry: str, said: str) -> None:
    found = judge(file(service(**{"x-ignored-rules": entry})))
    assert any(line.startswith(f"compose.yaml:10: shop {said}") for line in found)
    assert all(line.endswith("[x-ignored-rules]") for line in found)


@pytest.mark.parametrize(
    "text",
    [
        service(image="shop:1.4.2-alpine"),
        service(image="shop@sha256:0123"),
        service(image="shop:RELEASE.2026-04-22T22"),
        service(image="host:5000/shop:sha-0123abc"),
        service(image=None, build="."),
        service(image="shop", build="."),
        service(deploy=None, cpus="1", mem_limit="64m"),
        service(user="postgres"),
        service(ports="['8000:8000']"),
        service(ports="['8000:8000', '8000:8000/udp']"),
        service(ports="['127.0.0.1:8000:1', '127.0.0.2:8000:1']"),
        service(ports="['[::1]:5432:5432', '127.0.0.1::6379', '8000', '5432']"),
        told("API_KEY", "${API_KEY}"),
        told("API_KEY", "${API_KEY:-}"),
        told("API_KEY", ""),
        told("API_KEYS", "a=${A},b=${B:?no}"),
        told("TOKEN_SECONDS", "soon"),
        told("PASSWORD_RESET", "true"),
        told("DB_PASSWORD_FILE", "/run/secrets/db"),
        told("DB_URL", "postgresql://me:${PW:?is missing, run sync}@db/x"),
        service(environment="{API_KEY: }"),
        service(environment="[API_KEY]"),
        service(healthcheck=None, restart='"no"'),
        service(healthcheck=None, restart="on-failure:3"),
        service(command="sh -c 'serve $$API_KEY'"),
        service(env_file=".env"),
        service() + second(depends_on="{shop: {condition: service_started}}"),
        service(healthcheck=None)
        + second(depends_on="{shop: {condition: service_completed_successfully}}"),
    ],
)
def test_what_is_right_is_let_pass(text: str) -> None:
    assert judge({"compose.yaml": file(text), ".env": "API_KEY=hunter22\n"}) == ()


def test_files_that_are_included_are_judged_at_their_own_lines() -> None:
    files = {
        "compose.yaml": "include:\n  - ${OPS:-ops}/all.yaml\n",
        "ops/all.yaml": "include: [{path: [tools.yaml, more.yaml]}, ./all.yaml]\n",
        "ops/tools.yaml": file(service(read_only="false")),
        "ops/more.yaml": "services:\n  shop: {user: root}\n",
    }
    found = judge(files)
    assert [line.partition(": ")[0] for line in found] == ["ops/more.yaml:2", "ops/tools.yaml:5"]
    files["ops/more.yaml"] = "services: {shop: {read_only: true}}\n"
    assert judge(files) == ()


def test_the_override_counts_also_for_what_is_included() -> None:
    files = {
        "compose.yaml": "include: [shop.yaml]\n",
        "shop.yaml": GOOD,
        "compose.override.yaml": "services:\n  shop:\n    user: root\n    ports: !reset []\n",
    }
    [found] = judge(files)
    assert found.startswith("compose.override.yaml:3: shop runs as root")
    files["compose.override.yaml"] = "services: {shop: {ports: !override ['5432:5432']}}\n"
    [found] = judge(files)
    assert "[loopback]" in found


def test_what_a_service_extends_is_its_own() -> None:
    files = {
        "compose.yaml": "services:\n  shop:\n    extends: {file: lib/base.yaml, service: base}\n",
        "lib/base.yaml": file(service("base")),
    }
    assert judge(files) == ()
    files["lib/base.yaml"] = file(service("base", read_only="false"))
    [found] = judge(files)
    assert found.startswith("lib/base.yaml:5: shop may write anywhere")
    files["compose.yaml"] = "services: {shop: {extends: {service: shop}}}\n"
    assert judge(files), "a service that extends itself is judged as it stands"


def test_entries_that_an_anchor_merges_are_the_services_own() -> None:
    base = service("base", read_only="false").replace("base:", "base: &base").lstrip()
    [found] = judge(f"x-{base}services:\n  shop: {{<<: *base}}\n".replace("\n    ", "\n  "))
    assert found.startswith("compose.yaml:4: shop may write anywhere")


@pytest.mark.parametrize(
    ("root", "where"),
    [
        ("include: [one.yaml, two.yaml]\n", "two.yaml:2"),
        (f"include: [one.yaml]\n{GOOD}", "compose.yaml:3"),
    ],
)
def test_a_name_that_two_files_define_is_found_with_both(root: str, where: str) -> None:
    [found] = judge({"compose.yaml": root, "one.yaml": GOOD, "two.yaml": GOOD})
    assert found.startswith(f"{where}: shop is defined in one.yaml:2 as well")
    assert "rename one" in found
    assert found.endswith("[name]")


def test_a_secret_in_a_file_of_variables_is_found_unless_git_ignores_it() -> None:
    files = {
        "compose.yaml": file(service(env_file="[conf/shop.env]")),
        "conf/shop.env": "# mine\nLOG_LEVEL=INFO\nexport SMTP_PASSWORD='hunter22'\n",
    }
    [found] = judge(files)
    assert found.startswith("conf/shop.env:3: shop has the secret SMTP_PASSWORD in a file")
    assert judge(files, ignored=("conf/shop.env",)) == ()


def test_a_nested_env_that_changes_one_include_is_found_where_it_counts() -> None:
    tool = file(service(ports="['127.0.0.1:${TOOL_PORT:-8000}:8000']"))
    files = {"compose.yaml": "include: [ops/tool.yaml]\n", "ops/tool.yaml": tool}
    assert judge(files) == ()
    files["ops/.env"] = "OTHER=1\nTOOL_PORT=9000\n"
    [found] = judge(files)
    assert found.startswith("ops/tool.yaml:6: shop has TOOL_PORT from ops/.env")
    assert found.endswith("give the include env_file: /dev/null [one-env]")
    # Whatever the root says counts more; and an include that names its file reads no other.
    assert judge(files, {"TOOL_PORT": "9001"}) == ()
    files["compose.yaml"] = "include: [{path: ops/tool.yaml, env_file: /dev/null}]\n"
    assert judge(files) == ()


def test_a_nested_env_that_a_service_is_given_is_found() -> None:
    files = {
        "compose.yaml": "include: [{path: ops/tool.yaml, env_file: /dev/null}]\n",
        "ops/tool.yaml": file(service(env_file="[{path: .env, required: false}]")),
    }
    assert judge(files) == ()
    files["ops/.env"] = "LOG_LEVEL=DEBUG\n"
    [found] = judge(files)
    assert found.startswith("ops/tool.yaml:10: shop is given ops/.env, which nobody else is")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "services: [",
        "services: 5\n",
        "services: {a: &a {b: *a}}\n",
        "include: {a: b}\n",
        "- a\n",
    ],
)
def test_what_compose_refuses_is_left_to_compose(text: str) -> None:
    judge(text)
