"""What becomes of dossiers that a feed tells."""

import json
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.agencies import add_agency
from bot.database import reading
from bot.feed_keys import add_feed_key
from bot.store.dossiers import progress_by_codes
from bot.store.tables import dossier, dossier_change
from bot.vault import blind_index
from tests.make import make_record, make_runtime
from tests.webhooks.feeding import Feeder, make_feeder

CODE = "000.00.17.H32-261122-0001"
EARLIER, LATER = "2026-11-23T08:00:00+07:00", "2026-11-24T15:00:00+07:00"


def stored(feeder: Feeder, *columns: str) -> list[tuple[Any, ...]]:
    with reading(feeder.runtime.engine) as connection:
        rows = connection.execute(select(*(dossier.c[name] for name in columns)))
        return [tuple(row) for row in rows]


def history(feeder: Feeder) -> list[tuple[str, str]]:
    chosen = select(dossier_change.c.outcome, dossier_change.c.step).order_by(dossier_change.c.id)
    with reading(feeder.runtime.engine) as connection:
        return [(row[0], row[1]) for row in connection.execute(chosen)]


def test_a_dossier_lives_through_new_repeat_changed_and_stale(either_feeder: Feeder) -> None:
    feed = either_feeder
    assert feed.outcomes(make_record()) == ["new"]
    assert feed.outcomes(make_record()) == ["repeat"]
    assert feed.outcomes(make_record(step="Ký duyệt", changed_at=LATER)) == ["changed"]
    assert feed.outcomes(make_record()) == ["stale"]
    assert feed.outcomes(make_record(changed_at=LATER)) == ["changed"], "same time, other step"
    assert stored(feed, "step") == [("Thẩm định hồ sơ",)]
    assert history(feed) == [
        ("new", "Thẩm định hồ sơ"),
        ("changed", "Ký duyệt"),
        ("changed", "Thẩm định hồ sơ"),
    ]


def test_a_newer_time_is_a_change_although_all_else_is_the_same(either_feeder: Feeder) -> None:
    either_feeder.outcomes(make_record())
    assert either_feeder.outcomes(make_record(changed_at=LATER)) == ["changed"]


def test_the_same_code_twice_in_one_body_is_treated_in_order(either_feeder: Feeder) -> None:
    outcomes = either_feeder.outcomes(
        make_record(),
        make_record(),
        make_record(changed_at=EARLIER),
        make_record(step="Ký duyệt", changed_at=LATER),
        make_record(step="Văn thư", changed_at=LATER),
    )
    assert outcomes == ["new", "repeat", "stale", "changed", "changed"]
    assert stored(either_feeder, "step") == [("Văn thư",)]
    assert [step for _, step in history(either_feeder)] == [
        "Thẩm định hồ sơ",
        "Ký duyệt",
        "Văn thư",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"local_code": "0101701234"},
        {"agency": "H32"},
        {"procedure": {"code": "1.004873", "name": "khác"}},
        {"procedure": {"code": "1.004874", "name": "Đăng ký biến động đất đai"}},
        {"procedure": {**make_record()["procedure"], "same_day": True}},
        {"status": 5},
        {"at_desk": True},
        {"received_at": EARLIER},
        {"due_at": LATER},
        {"due_at": ...},
        {"finished_at": LATER},
        {"returned_at": LATER},
        {"phone": "0912 345 678"},
        {"phone": ...},
        {"notify": {"zalo": True}},
        {"notify": {"sms": False}},
        {"notify": {"post": True}},
        {"handler": "Nguyễn Văn A"},
        {"needed": ["Bản sao"]},
        {"owner_name": "Trần Thị B"},
    ],
    ids=lambda change: "-".join(change),
)
def test_every_field_counts_as_content(feeder: Feeder, change: dict[str, Any]) -> None:
    feeder.outcomes(make_record())
    assert feeder.outcomes(make_record(**change)) == ["changed"]


def test_codes_are_answered_in_canonical_form(feeder: Feeder) -> None:
    typed = [" 000.00.17.h32–261122–0001 ", "Mã hồ sơ: 000.00.17.H32-261122-0002", "0905123456"]
    results = feeder.results(*(make_record(code=code) for code in typed))
    assert [result["code"] for result in results] == [
        CODE,
        "000.00.17.H32-261122-0002",
        "0905123456",  # here ten digits are always a code
    ]
    assert feeder.outcomes(make_record()) == ["repeat"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"code": "hồ sơ của tôi"}, "code"),
        ({"code": ""}, "code"),
        ({"code": f"{CODE} và 0101701234"}, "code"),
        ({"code": "000.00.17.H32-261322-0001"}, "code"),  # no month 13
        ({"agency": "H99"}, "not known"),
        ({"agency": ""}, "not known"),
        ({"agency": "H44"}, "not covered"),
        ({"changed_at": "2026-11-26T09:00:01+07:00"}, "24 hours"),
        ({"local_code": "ﷺ" * 100}, "local_code"),
    ],
)
def test_what_is_rightly_formed_but_cannot_be_meant_is_refused_and_the_rest_goes_on(
    feeder: Feeder, change: dict[str, Any], word: str
) -> None:
    wrong = make_record(2, **change)
    first, refused, last = feeder.results(make_record(1), wrong, make_record(3))
    assert [first["outcome"], refused["outcome"], last["outcome"]] == ["new", "refused", "new"]
    assert refused["code"] == wrong["code"]
    assert word in refused["why"]
    assert "why" not in first


def test_a_change_a_day_ahead_is_still_believed(feeder: Feeder) -> None:
    assert feeder.outcomes(make_record(changed_at="2026-11-26T09:00:00+07:00")) == ["new"]


def test_a_key_feeds_its_agency_and_all_below_but_none_beside(feeder: Feeder) -> None:
    records = [
        make_record(number, agency=agency)
        for number, agency in enumerate(["H32", "H32.15", "H32.15.8", "H44"])
    ]
    assert feeder.outcomes(*records) == ["new", "new", "new", "refused"]
    narrow = feeder.with_key(add_feed_key(feeder.runtime, "H32.15"))
    assert narrow.outcomes(*records) == ["refused", "repeat", "repeat", "refused"]
    wide = feeder.with_key(add_feed_key(feeder.runtime, "H32.15.8", all_agencies=True))
    assert wide.outcomes(*records) == ["repeat", "repeat", "repeat", "new"]


def test_an_agency_put_below_is_covered_from_then_on(feeder: Feeder) -> None:
    assert feeder.outcomes(make_record(agency="H44")) == ["refused"]
    add_agency(feeder.runtime, "H44", "Ủy ban nhân dân tỉnh bên cạnh", parent="H32")
    assert feeder.outcomes(make_record(agency="H44")) == ["new"]


def test_a_dossier_moves_between_agencies_only_by_a_key_of_both(feeder: Feeder) -> None:
    feeder.outcomes(make_record(agency="H32.15.8"))
    moved = make_record(agency="H44", changed_at=LATER)
    stranger = feeder.with_key(add_feed_key(feeder.runtime, "H44"))
    assert stranger.outcomes(moved) == ["refused"]
    wide = feeder.with_key(add_feed_key(feeder.runtime, "H44", all_agencies=True))
    assert wide.outcomes(moved) == ["changed"]
    assert stored(feeder, "agency_code") == [("H44",)]


def test_a_local_code_leads_to_one_dossier_only(either_feeder: Feeder) -> None:
    feed = either_feeder
    local = "0101701234"
    assert feed.outcomes(make_record(1, local_code=local)) == ["new"]
    assert feed.outcomes(make_record(2, local_code=local)) == ["refused"]
    assert feed.outcomes(make_record(2, local_code=CODE)) == ["refused"], "another's code"
    assert feed.outcomes(make_record(code=local)) == ["refused"], "a code that is another's local"
    assert feed.outcomes(make_record(3, local_code="0101 701 234")) == ["refused"], "typed else"
    assert feed.outcomes(make_record(4, local_code="000.00.17.H32-261122-0004")) == ["new"]
    assert feed.outcomes(make_record(5, local_code="7"), make_record(6, local_code="7")) == [
        "new",
        "refused",
    ]


def test_a_local_code_given_up_is_free_for_another(either_feeder: Feeder) -> None:
    feed, local = either_feeder, "0101701234"
    feed.outcomes(make_record(1, local_code=local), make_record(2))
    outcomes = feed.outcomes(
        make_record(1, changed_at=LATER, local_code="0101709999"),
        make_record(2, changed_at=LATER, local_code=local),
    )
    assert outcomes == ["changed", "changed"]
    with reading(feed.runtime.engine) as connection:
        found = progress_by_codes(connection, [local, "0101709999", CODE])
        second = progress_by_codes(connection, ["000.00.17.H32-261122-0002"])
    assert found[local].dossier_id == second["000.00.17.H32-261122-0002"].dossier_id
    assert found["0101709999"].dossier_id == found[CODE].dossier_id


def test_a_removed_local_code_is_found_no_more(either_feeder: Feeder) -> None:
    either_feeder.outcomes(make_record(local_code="0101701234"))
    either_feeder.outcomes(make_record(changed_at=LATER))
    with reading(either_feeder.runtime.engine) as connection:
        assert progress_by_codes(connection, ["0101701234"]) == {}


def test_a_local_code_of_another_shape_is_kept_in_capitals(feeder: Feeder) -> None:
    feeder.outcomes(make_record(local_code="  bn/ｘ-12 "))
    assert stored(feeder, "local_code") == [("BN/X-12",)]


def test_the_day_the_end_was_reached_is_kept(feeder: Feeder) -> None:
    feeder.outcomes(make_record(status=9, changed_at=EARLIER))
    feeder.outcomes(make_record(status=10, changed_at=LATER))
    [(ended,)] = stored(feeder, "ended_at")
    assert ended.isoformat() == "2026-11-23T01:00:00+00:00"
    feeder.outcomes(make_record(status=4, changed_at="2026-11-24T16:00:00+07:00"))
    assert stored(feeder, "ended_at") == [(None,)]


def test_nothing_personal_is_stored_readably(either_feeder: Feeder) -> None:
    feed = either_feeder
    feed.outcomes(
        make_record(owner_name="Trần Thị B", handler="Nguyễn Văn A", needed=["Bản sao", "Ảnh"])
    )
    names = ("phone", "phone_index", "owner_name", "handler", "needed", "content", "phone_line")
    [(phone, index, owner, handler, needed, content, line)] = stored(feed, *names)
    opened = [feed.runtime.vault.open_text(one) for one in (phone, owner, handler, needed)]
    assert opened == ["+84905123456", "Trần Thị B", "Nguyễn Văn A", '["Bản sao", "Ảnh"]']
    assert (len(index), len(content), line) == (32, 32, "mobile")
    assert index != blind_index(b"", "+84905123456"), "the hash is keyed"


def test_two_dossiers_of_one_phone_are_found_by_the_same_index(feeder: Feeder) -> None:
    feeder.outcomes(make_record(1, phone="0905123456"), make_record(2, phone="+84 905 123 456"))
    assert len({index for (index,) in stored(feeder, "phone_index")}) == 1


def test_five_thousand_dossiers_in_one_body_are_stored_each_once(either_feeder: Feeder) -> None:
    records = [make_record(number, local_code=f"01017{number:05}") for number in range(5000)]
    assert set(either_feeder.outcomes(*records)) == {"new"}
    assert set(either_feeder.outcomes(*records)) == {"repeat"}
    assert len(stored(either_feeder, "id")) == 5000
    assert len(history(either_feeder)) == 5000


def test_a_database_that_is_away_is_said_so(feeder: Feeder) -> None:
    with feeder.runtime.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE dossier RENAME TO gone")
    answer = feeder.send(make_record())
    assert (answer.status_code, answer.get_json()["error"]) == (503, "storage")


def test_a_key_sealed_with_lost_field_keys_is_our_fault_not_the_senders(feeder: Feeder) -> None:
    other = Feeder(feeder.runtime, feeder.client, feeder.key)
    with feeder.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feed_key SET secret = 'not sealed with our keys'")
    assert other.send().status_code == 503


def test_each_call_leaves_one_line_of_counts_and_ids(feeder: Feeder) -> None:
    with structlog.testing.capture_logs() as lines:
        feeder.send(make_record(), make_record(), make_record(code="x"))
        feeder.send(make_record(status="0905123456"))
        feeder.post(b"{}", X_Feed_Signature="sha256=00")
    taken, form, unsigned = lines
    assert (taken["event"], taken["dossiers"], taken["key"]) == ("feed.taken", 3, feeder.key.id)
    assert (taken["new"], taken["repeat"], taken["refused"]) == (1, 1, 1)
    assert (form["event"], form["why"], form["fields"]) == ("feed.refused", "form", ["status"])
    assert (unsigned["why"], unsigned["key"]) == ("signature", None)
    for private in ("0905", "Thẩm định", CODE, feeder.key.secret):
        assert private not in json.dumps(lines, ensure_ascii=False)


def test_calls_and_dossiers_are_counted(feeder: Feeder) -> None:
    feeder.send(make_record(), make_record())
    feeder.send(make_record(status=0))
    text = feeder.runtime.metrics.render([]).decode()
    assert 'motcua_feed_requests_total{outcome="taken"} 1.0' in text
    assert 'motcua_feed_requests_total{outcome="form"} 1.0' in text
    assert 'motcua_feed_dossiers_total{outcome="repeat"} 1.0' in text
    assert "motcua_feed_seconds_count 2.0" in text


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ODD_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
FIELDS = [*make_record(), "local_code", "at_desk", "needed", "notify", "owner_name", "x"]
RECORDS = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | ODD_TEXT, max_size=4).map(
    lambda changes: {**make_record(), **changes}
)


@pytest.fixture(scope="module")
def shared_feeder(tmp_path_factory: pytest.TempPathFactory) -> Feeder:
    place = tmp_path_factory.mktemp("feed") / "bot.db"
    return make_feeder(make_runtime(f"sqlite:///{place}"))


@given(st.binary(max_size=200) | ANYTHING.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_body_whatever_is_our_fault(shared_feeder: Feeder, body: bytes) -> None:
    assert shared_feeder.post(body).status_code in (200, 400)
    assert shared_feeder.post(body, Content_Encoding="gzip").status_code in (200, 400)


@given(st.lists(RECORDS, max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_dossier_whatever_is_our_fault(
    shared_feeder: Feeder, records: list[dict[str, Any]]
) -> None:
    answer = shared_feeder.send(*records)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert len(answer.get_json()["results"]) == len(records)
