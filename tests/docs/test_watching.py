"""Metrics, alert rules, dashboard and runbook name the same things, and all of them are there."""

import json
import re
from typing import Any

import pytest
import yaml

from bot.health import present_metrics
from bot.runbook import runbook
from bot.watch_gauges import watch_gauges
from bot.watch_rules import watch_rules
from tests.make import make_runtime
from tests.rig.tree import CHECKOUT

METRIC = re.compile(r"\bmotcua_[a-z0-9_]+")
RULES = CHECKOUT / "deploy/prometheus/alerts.yml"
DASHBOARD = CHECKOUT / "deploy/grafana/dashboard.json"
GUIDE = CHECKOUT / "docs/operations.vi.md"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every name that /metrics may tell, as it stands on a line of it."""
    place = tmp_path_factory.mktemp("metrics") / "bot.db"
    runtime = make_runtime(f"sqlite:///{place}", post_service="vnpost")
    names = set()
    for one in runtime.metrics.registry.collect():
        names |= {f"{one.name}_total"} if one.type == "counter" else {one.name}
    return names | {one.name for one in (*present_metrics(runtime), *watch_gauges(runtime))}


def plain(name: str) -> str:
    """A metric's name without what a histogram's lines have behind it."""
    return re.sub(r"_(bucket|sum|count)$", "", name)


def rules() -> list[dict[str, Any]]:
    """The alert rules, in order."""
    told = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def test_the_list_of_metrics_is_what_is_told(there: set[str]) -> None:
    listed = set(METRIC.findall((CHECKOUT / "docs/metrics.md").read_text(encoding="utf-8")))
    assert listed == there


def test_every_metric_of_a_rule_or_a_panel_is_there(there: set[str]) -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in rules()]
    named = {plain(name) for expression in asked for name in METRIC.findall(expression)}
    assert named <= there
    assert len(board["panels"]) == len({panel["id"] for panel in board["panels"]})


def test_months_replica_and_post_have_their_panels(there: set[str]) -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    shown = {
        name for panel in panels for one in panel["targets"] for name in METRIC.findall(one["expr"])
    }
    grown = {name for name in there if re.match("motcua_(months|replica|post)_", name)}
    assert grown <= shown
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(places) == len(set(places))


def test_rules_have_the_form_that_prometheus_reads() -> None:
    for rule in rules():
        assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))
        assert rule["labels"]["severity"] in ("critical", "warning")
        for opening, closing in ("()", "{}", "[]"):
            assert rule["expr"].count(opening) == rule["expr"].count(closing)


def test_every_rule_is_in_the_runbook_and_in_the_guide() -> None:
    named = [rule["alert"] for rule in rules()]
    guide = GUIDE.read_text(encoding="utf-8")
    assert named == list(runbook()) == re.findall(r"^### (Motcua\w+)$", guide, re.M)
    parts = re.split(r"^### (Motcua\w+)$", guide, flags=re.M)[1:]
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        words = " ".join(text.split())
        advice = runbook()[name]
        for told in (advice.title, advice.means, advice.act):
            assert told in words, name
    for rule in rules():
        advice = runbook()[rule["alert"]]
        assert rule["annotations"]["summary"].startswith(advice.title)
        assert rule["annotations"]["description"] == advice.means
        assert rule["annotations"]["runbook"].endswith(f"#{rule['alert'].lower()}")


def test_rules_and_pages_begin_at_the_same_figures() -> None:
    expressions = {rule["alert"]: rule["expr"] for rule in rules()}
    told = watch_rules()
    assert f"> {told.queues.inbox:g}" in expressions["MotcuaInboxOld"]
    assert f"> {told.queues.chat:g}" in expressions["MotcuaRepliesOld"]
    assert f"> {told.queues.notice:g}" in expressions["MotcuaNoticesOld"]
    assert f"< {told.money.low_dong}" in expressions["MotcuaBalanceLow"]
    assert f"< {told.tokens.access_hours * 3600:g}" in expressions["MotcuaTokenEnding"]
    assert f"< {told.house.promptness_percent / 100:g}" in expressions["MotcuaPromptnessLow"]
    assert f"< {told.house.disk_percent / 100:g}" in expressions["MotcuaDiskFull"]
