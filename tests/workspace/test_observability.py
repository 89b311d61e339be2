"""Prometheus and Grafana of a rendered workspace: off until asked for, and led to every service."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.checkout import PROJECT
from tests.support.cli import Cli
from tests.support.compose import ask_compose

FOLDER = PROJECT / "templates/workspace/infra/observability"


def test_they_start_only_with_their_profile_and_on_loopback(shop: Path) -> None:
    services = ask_compose(shop).services
    for name in ("prometheus", "grafana"):
        assert services[name]["profiles"] == ["observability"]
        assert {port["host_ip"] for port in services[name]["ports"]} == {"127.0.0.1"}
        for mount in services[name]["volumes"]:
            assert mount["type"] == "volume" or Path(mount["source"]).is_file(), mount


def test_every_service_is_a_target_and_none_that_is_gone(linking_cli: Cli, shop: Path) -> None:
    targets = shop / "wiring/prometheus-targets.yaml"
    users = {"targets": ["users-data:9000"], "labels": {"service": "users-data"}}
    assert yaml.safe_load(targets.read_text()) == [users]
    words = ("data-postgres", "orders-data", "--no-verify", "--no-lock")
    linking_cli("new-service", *words, cwd=shop).ok()
    orders = {"targets": ["orders-data:9000"], "labels": {"service": "orders-data"}}
    assert yaml.safe_load(targets.read_text()) == [orders, users]


def test_a_workspace_without_services_has_no_target(linking_cli: Cli, tmp_path: Path) -> None:
    linking_cli("init", "empty", "--no-lock", cwd=tmp_path).ok()
    text = (tmp_path / "empty/wiring/prometheus-targets.yaml").read_text()
    assert yaml.safe_load(text) == []


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yml")), ids=lambda path: str(path.name))
def test_what_they_read_is_yaml_of_their_shape(path: Path) -> None:
    keys = {
        "alerts.yml": {"groups"},
        "prometheus.yml": {"global", "rule_files", "scrape_configs"},
        "datasources.yml": {"apiVersion", "datasources"},
        "dashboards.yml": {"apiVersion", "providers"},
    }
    assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) == keys[path.name]


def test_every_alert_says_what_is_wrong_and_how_bad_it_is() -> None:
    content = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    rules: list[dict[str, Any]] = [rule for group in content["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 5
    for rule in rules:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert "{{ $labels.service }}" in rule["annotations"]["summary"]


def test_every_panel_has_a_place_of_its_own_and_asks_our_prometheus() -> None:
    board = json.loads((FOLDER / "grafana/services.json").read_text(encoding="utf-8"))
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in board["panels"]]
    assert len(set(places)) == len(places) >= 10
    sources = yaml.safe_load((FOLDER / "grafana/datasources.yml").read_text(encoding="utf-8"))
    [source] = sources["datasources"]
    assert {one["datasource"]["uid"] for one in board["panels"]} == {source["uid"]}
