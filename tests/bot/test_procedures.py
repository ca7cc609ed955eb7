"""Procedures of desks: imported whole or not at all, offered by the nearest agency of them."""

import pytest

from bot.agencies import UnknownAgency
from bot.core.counter_procedure import PaperRule
from bot.procedures import (
    ImportReport,
    import_procedures,
    list_procedures,
    offered_procedure,
    offered_procedures,
)
from tests.bot.counter_place import BIRTH, COPY, LAND, PROCEDURES, Counter

OWN = "ma,ten,so_ngay\n1.004873,Biến động đất đai tại Sở,3\n9.1,Việc riêng,\n"


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


@pytest.fixture
def lite(sqlite_url: str) -> Counter:
    return Counter(sqlite_url)


def bring(place: Counter, text: str, agency: str = "H32", **options: bool) -> ImportReport:
    return import_procedures(place.runtime, None, agency, text.encode(), **options)


def offered(place: Counter, agency: str = "H32.15") -> dict[str, str]:
    return {
        one.rule.code: one.agency_code
        for one in offered_procedures(place.runtime, place.lan, agency)
    }


def test_a_procedure_is_offered_by_all_below_and_the_nearest_counts(counter: Counter) -> None:
    assert offered(counter) == {LAND: "H32", BIRTH: "H32", COPY: "H32"}
    bring(counter, OWN, "H32.15")
    assert offered(counter) == {LAND: "H32.15", BIRTH: "H32", COPY: "H32", "9.1": "H32.15"}
    nearest = offered_procedure(counter.runtime, counter.lan, "H32.15", LAND)
    assert nearest is not None
    assert nearest.rule.name == "Biến động đất đai tại Sở"
    above = counter.clerk("an", "H32")
    kept = offered_procedure(counter.runtime, above, "H32", LAND)
    assert kept is not None
    assert kept.rule.papers == (
        PaperRule("Đơn đăng ký", 1),
        PaperRule("Giấy chứng nhận", 1, None, 2),
    )


def test_of_what_is_retired_below_the_agency_above_is_heard_again(lite: Counter) -> None:
    bring(lite, OWN, "H32.15")
    report = bring(lite, "ma,ten\n9.1,Việc riêng\n", "H32.15", retire_missing=True)
    assert (report.retired, report.same, report.stored) == (1, 1, True)
    assert offered(lite)[LAND] == "H32"
    assert [one.rule.code for one in list_procedures(lite.runtime, "H32.15")] == ["9.1"]
    assert len(list_procedures(lite.runtime, "H32.15", retired=True)) == 2
    assert bring(lite, OWN, "H32.15").changed == 1  # in force again
    assert offered(lite)[LAND] == "H32.15"


def test_the_same_file_again_changes_nothing(counter: Counter) -> None:
    before = list_procedures(counter.runtime)
    report = bring(counter, PROCEDURES)
    assert (report.added, report.changed, report.same) == (0, 0, 3)
    assert list_procedures(counter.runtime) == before


def test_a_changed_line_changes_its_procedure_and_keeps_its_id(counter: Counter) -> None:
    known = {one.rule.code: one.id for one in list_procedures(counter.runtime)}
    report = bring(counter, f"ma,ten,giay_to\n{LAND},Tên mới,Đơn\n")
    assert (report.added, report.changed, report.same, report.retired) == (0, 1, 0, 0)
    [changed] = [one for one in list_procedures(counter.runtime) if one.rule.code == LAND]
    assert (changed.id, changed.rule.name, changed.rule.days) == (known[LAND], "Tên mới", None)
    assert changed.rule.papers == (PaperRule("Đơn"),)


def test_a_dry_run_says_what_would_be_and_stores_nothing(counter: Counter) -> None:
    before = list_procedures(counter.runtime, retired=True)
    report = bring(counter, OWN, dry_run=True, retire_missing=True)
    assert (report.added, report.changed, report.retired, report.stored) == (1, 1, 2, False)
    assert list_procedures(counter.runtime, retired=True) == before


def test_one_fault_and_nothing_of_the_file_is_stored(lite: Counter) -> None:
    before = list_procedures(lite.runtime)
    report = bring(lite, "ma,ten,so_ngay\nA,Đúng,3\nB,Sai,ba\n")
    assert [str(fault) for fault in report.faults] == [
        "Dòng 3, cột “so_ngay”: “ba” không phải số ngày; ghi một số từ 1 đến 999"
    ]
    assert (report.stored, list_procedures(lite.runtime)) == (False, before)


def test_staff_import_for_their_own_agencies_and_it_is_audited(lite: Counter) -> None:
    refused = import_procedures(lite.runtime, lite.lan, "H32", OWN.encode())
    assert "không thuộc phạm vi" in str(refused.faults[0])
    assert import_procedures(lite.runtime, lite.lan, "H32.15", OWN.encode()).added == 2
    deeds = lite.deeds("procedures.imported")
    assert [(one.login, one.about_key) for one in deeds] == [("", "H32"), ("lan", "H32.15")]
    assert offered_procedures(lite.runtime, lite.lan, "H32") == []


def test_an_agency_that_is_not_known_is_named(lite: Counter) -> None:
    with pytest.raises(UnknownAgency, match="H99"):
        bring(lite, OWN, "H99")
    with pytest.raises(UnknownAgency, match="H99"):
        list_procedures(lite.runtime, "H99")
