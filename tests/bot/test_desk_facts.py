"""What a desk says of itself, set at the console: kept, audited, refused in words."""

import json

import pytest

from bot.core.agency import Agency
from bot.core.counter_faults import Faults
from bot.desk_facts import set_desk
from tests.bot.counter_place import Counter


@pytest.fixture
def lite(sqlite_url: str) -> Counter:
    return Counter(sqlite_url)


def test_what_is_given_is_kept_and_the_rest_stays(lite: Counter) -> None:
    set_desk(lite.runtime, lite.lan, "H32.15", {"address": " 1  Trần Phú ", "place": "Nha Trang"})
    said = set_desk(lite.runtime, lite.lan, "H32.15", {"place": "", "code_head": "h32.15"})
    assert isinstance(said, Agency)
    assert (said.address, said.place, said.code_head) == ("1 Trần Phú", None, "H32.15")
    again = set_desk(lite.runtime, lite.lan, "H32.15", {"place": " ", "code_head": "H32.15"})
    assert again == said
    assert [json.loads(one.detail) for one in lite.deeds("agency.desk")] == [
        {"address.before": None, "address.after": "1 Trần Phú",
         "place.before": None, "place.after": "Nha Trang"},
        {"code_head.before": None, "code_head.after": "H32.15",
         "place.before": "Nha Trang", "place.after": None},
    ]  # fmt: skip


def test_all_faults_are_named_at_once_and_nothing_is_kept(lite: Counter) -> None:
    facts = {
        "address": "x" * 301,
        "work_hours": "sáng chiều",
        "code_head": "UBND",
        "hotline": "1022",
    }
    outcome = set_desk(lite.runtime, lite.lan, "H32.15", facts)
    assert isinstance(outcome, Faults)
    assert set(outcome.fields) == {"address", "work_hours", "code_head"}
    assert lite.deeds("agency.desk") == []


def test_a_head_of_another_agency_and_a_foreign_agency_are_refused(lite: Counter) -> None:
    taken = set_desk(lite.runtime, lite.lan, "H32.15", {"code_head": "H32"})
    assert isinstance(taken, Faults)
    assert "cơ quan khác" in taken.fields["code_head"]
    foreign = set_desk(lite.runtime, lite.lan, "H32", {"place": "Huế"})
    assert isinstance(foreign, Faults)
    assert "không thuộc phạm vi" in foreign.fields[""]
