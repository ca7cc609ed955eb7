"""News of templates by webhook: kept, told loudly when bad, and never answered."""

from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.store.tables import follower
from bot.store.template_states import TemplateState, template_states
from tests.conversation import House, make_house
from tests.zalo_calls import CITIZEN, MILLISECONDS, SETTINGS, content_event

OURS = {"result": {"id": "412233", "params": {"ma_ho_so": "{code}"}}}


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, zalo_templates=OURS)


def status_event(status: str, later: int = 0, template: str = "412233") -> dict[str, Any]:
    return {
        "event_name": "change_template_status",
        "oa_id": SETTINGS.zalo_oa_id,
        "template_id": template,
        "status": {"prev_status": "ENABLE", "new_status": status},
        "reason": f"vì {status}",
        "timestamp": str(int(MILLISECONDS) - 60_000 + later),
    }


def quality_event(quality: str, later: int = 0) -> dict[str, Any]:
    event = status_event("", later)
    return {**event, "event_name": "change_template_quality", "quality": quality}


def hear(house: House, *events: dict[str, Any]) -> list[Any]:
    """What was logged of templates while these events were heard; none of them is answered."""
    with capture_logs() as logs:
        for event in events:
            assert house.hear(event) == []
    return [one for one in logs if one["event"] in ("template.news", "zalo.quota_changed")]


def known(house: House) -> TemplateState:
    with house.runtime.engine.connect() as connection:
        return template_states(connection, ["412233", "never heard of"])["412233"]


def people(house: House) -> int:
    with house.runtime.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(follower)).scalar_one())


def test_news_is_kept_and_nobody_is_answered_or_remembered(house: House) -> None:
    hear(house, status_event("REJECT"), quality_event("LOW", later=5))
    state = known(house)
    assert (state.status, state.quality, state.reason) == ("REJECT", "LOW", "vì REJECT")
    assert people(house) == 0


def test_the_newest_news_wins_in_any_order(house: House) -> None:
    hear(house, status_event("DISABLE", later=9), status_event("ENABLE"), quality_event("HIGH", 1))
    state = known(house)
    assert (state.status, state.reason, state.quality) == ("DISABLE", "vì DISABLE", "HIGH")
    hear(house, status_event("ENABLE", later=20), quality_event("LOW", later=30))
    state = known(house)
    assert (state.status, state.quality) == ("ENABLE", "LOW")


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (status_event("DISABLE"), "error"),
        (status_event("REJECT"), "error"),
        (status_event("PENDING_REVIEW"), "error"),
        (status_event("ENABLE"), "info"),
        (quality_event("LOW"), "error"),
        (quality_event("MEDIUM"), "info"),
        (status_event("DISABLE", template="999"), "info"),
    ],
    ids=["disabled", "rejected", "under review", "enabled", "low", "medium", "not one of ours"],
)
def test_bad_news_of_a_template_in_use_is_told_loudly(
    house: House, event: dict[str, Any], level: str
) -> None:
    [line] = hear(house, event)
    assert line["log_level"] == level
    assert line["template"] == event["template_id"]
    assert bool(line["do"]) == (level == "error")


def test_a_change_of_the_quota_is_told(house: House) -> None:
    quota = {"prev_value": "5000", "new_value": "2000"}
    event = {**status_event(""), "event_name": "change_oa_daily_quota", "quota": quota}
    del event["template_id"]
    [line] = hear(house, event)
    assert (line["log_level"], line["why"]) == ("warning", "daily quota 5000 to 2000")


@pytest.mark.parametrize("name", ["user_received_message", "user_seen_message"])
def test_a_receipt_is_no_act_of_the_citizen(house: House, name: str) -> None:
    event = content_event(name, msg_ids=["m1"])
    event |= {"sender": event["recipient"], "recipient": {"id": CITIZEN}}
    assert house.hear(event) == []
    assert people(house) == 0
