"""The house in a file and out of it again: whole, of one moment, and nobody told twice."""

import fcntl
import os
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from sqlite3 import DatabaseError

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import insert, select

from bot.apologise import apologise_if_due
from bot.back_up import Busy, back_up, drop_old
from bot.backup_file import open_backup, read_whole, sealed_backup
from bot.core.backup_keeping import Keep
from bot.core.staff import Role
from bot.database import reading
from bot.database_load import NotEmpty
from bot.doctor_restored import restored_findings
from bot.health import readiness
from bot.messages import messages_about
from bot.notice_record import KEPT
from bot.postgres_tools import ToolFailed
from bot.release_gate import ReleaseGate
from bot.restore import CannotRestore, restore
from bot.restored_house import NotHeld, release, standing
from bot.sealed_stream import KEY_ID, MAGIC, MARK, PIECE, SALT, Broken, open_stream, seal_stream
from bot.staff import Added, NewAccount, add_account
from bot.store.announcement_tables import announcement
from bot.store.counter_tables import audit_entry
from bot.store.notice_tables import notice
from bot.store.tables import agency, inbox
from tests.bot.announcement_stage import PASSWORD
from tests.bot.owing import CHECKED, RECEIVED, RESULT, Place
from tests.conftest import StartChild
from tests.make import FIELD_KEY, NOW, HandClock, make_runtime
from tests.rig.child import wait_until
from tests.rig.postgres_server import PostgresServer
from tests.rig.programs import postgres_programs
from tests.rig.warm_child import WarmChild

BACKUP_KEY, OTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _postgres_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and psql of the server that the tests use."""
    folder = postgres_programs().folder
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def place(database_url: str) -> Place:
    built = Place(database_url)
    settings = built.runtime.settings.model_copy(update={"backup_keys": (BACKUP_KEY,)})
    built.runtime = replace(built.runtime, settings=settings)
    return built


@pytest.fixture
def empty_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the same kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'restored' / 'bot.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    request.addfinalizer(lambda: server.drop_database(name))  # noqa: PT021
    return server.url(name)


def backed_up(place: Place, tmp_path: Path) -> Path:
    """A backup of now."""
    settings = place.runtime.settings
    return back_up(settings, tmp_path / "kept", place.clock(), None).place


def brought_back(place: Place, file: Path, url: str, clock: HandClock) -> Place:
    """The house as it is after a restoring, held."""
    compared = restore((BACKUP_KEY,), file, url, (FIELD_KEY,), clock())
    assert (compared.differences, compared.readable) == ((), True)
    house = Place.__new__(Place)
    house.url, house.clock, house.bell = url, clock, place.bell
    house.runtime = make_runtime(url, clock, place.bell)
    return house


def states(place: Place) -> list[tuple[str, str]]:
    """What stands of each notice, in order."""
    return [(row.event, row.state) for row in place.rows()]


def test_a_backup_made_while_the_house_goes_on_comes_back_as_it_was_and_is_held(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    place.feed(RECEIVED, CHECKED)
    done = threading.Event()

    def go_on() -> None:
        number = 0
        while not done.is_set():
            number += 1
            with place.runtime.engine.begin() as connection:
                row = {"code": f"H99.{number}", "name": "mới", "created_at": NOW}
                connection.execute(insert(agency).values(**row))

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        made = back_up(place.runtime.settings, tmp_path / "kept", NOW, b"SECRET_KEY=abc\n")
    finally:
        done.set()
        writer.join()
    assert made.place.name == f"motcua-{NOW:%Y%m%dT%H%M%SZ}.backup"
    assert made.place.stat().st_mode & 0o777 == 0o600
    assert made.manifest.counts["notice"] == 2
    compared = restore((OTHER_KEY, BACKUP_KEY), made.place, empty_url, (FIELD_KEY,), LATER)
    assert (compared.manifest, compared.differences) == (made.manifest, ())
    told = messages_about(place.runtime, RECEIVED.code)
    assert ReleaseGate(place.runtime, "chat").is_open()
    back = make_runtime(empty_url, LATER)
    assert messages_about(back, RECEIVED.code) == told
    gate = ReleaseGate(back, "chat")
    assert not gate.lets(lambda: pytest.fail("a held lane does nothing"))
    assert "restored" in readiness(back).warnings
    assert [one.level for one in restored_findings(back)] == ["fail"]


def test_nobody_is_told_twice_of_what_the_lost_house_may_have_told(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    """Backed up at 9, lost at 11, restored at 12; told of at 10 and again by the feed at 12."""
    place.feed(RECEIVED)
    file = backed_up(place, tmp_path)
    clock = HandClock(LATER)
    house = brought_back(place, file, empty_url, clock)
    with house.runtime.engine.begin() as connection:
        row = {"carrier": "zalo", "event_key": "1", "event_name": "user_send_text", "own": True,
               "event_at": NOW, "arrived_at": NOW, "payload": b"", "due_at": NOW}  # fmt: skip
        connection.execute(insert(inbox).values(**row))
        evening = {"key": "later", "state": "held", "due_at": LATER, "expires_at": LATER + KEPT}
        first = connection.execute(select(notice)).mappings().one()
        connection.execute(insert(notice).values(**{**first, "id": None, **evening} | {"id": 99}))
    down = NOW + timedelta(hours=2)
    found = standing(house.runtime, down)
    assert found is not None
    assert dict(found.owed) == {"notices": 1, "replies": 0, "events": 1, "announcements": 0}
    release(house.runtime, down)
    assert ReleaseGate(house.runtime, "notice").is_open()
    assert states(house) == [("received", "unsure"), ("received", "held")]
    house.feed(replace(CHECKED, changed_at=NOW + timedelta(hours=1)))
    house.feed(replace(RESULT, changed_at=NOW + timedelta(hours=2, minutes=30)))
    assert {("step", "unsure"), ("result", "waiting")} < set(states(house))
    with reading(house.runtime.engine) as connection:
        assert connection.scalar(select(inbox.c.due_at)) is None
        deeds = set(connection.scalars(select(audit_entry.c.action)))
    assert "house.released" in deeds
    with pytest.raises(NotHeld):
        release(house.runtime, down)


def test_a_house_that_was_stopped_before_its_backup_goes_on_where_it_was(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    place.feed(RECEIVED)
    house = brought_back(place, backed_up(place, tmp_path), empty_url, HandClock(LATER))
    release(house.runtime, NOW - timedelta(minutes=1))
    house.feed(CHECKED)
    assert states(house) == [("received", "waiting"), ("step", "waiting")]


def test_an_evening_of_the_lost_house_is_not_apologised_for_again(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    place.feed(replace(CHECKED, times=replace(CHECKED.times, due_at=NOW + timedelta(days=1))))
    file = backed_up(place, tmp_path)
    clock = HandClock(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))  # seven in the evening
    house = brought_back(place, file, empty_url, clock)
    release(house.runtime, datetime(2026, 11, 25, 11, 0, tzinfo=UTC))
    assert apologise_if_due(house.runtime) is None
    assert ("apology", "unsure") in states(house)
    assert ("apology", "waiting") not in states(house)


def test_an_announcement_that_was_going_out_is_stopped(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    account = NewAccount("lan", frozenset({Role.ANNOUNCER}), "H32")
    author = add_account(place.runtime, None, account, PASSWORD)
    assert isinstance(author, Added)
    words = dict.fromkeys(("title", "text", "link", "audience", "roads", "plan_reached"), "")
    marks = dict.fromkeys(("content_mark", "text_mark", "audience_mark"), b"")
    row = {"agency_code": "H32", "kind": "other", "revision": 1, "clicks": 0, "state": "sending",
           "repeat_confirmed": False, "link_token": "a", "written_by": author.account.id,
           "created_at": NOW, "updated_at": NOW}  # fmt: skip
    with place.runtime.engine.begin() as connection:
        connection.execute(insert(announcement).values(**words, **marks, **row))
    house = brought_back(place, backed_up(place, tmp_path), empty_url, HandClock(LATER))
    release(house.runtime, LATER)
    with reading(house.runtime.engine) as connection:
        assert connection.scalar(select(announcement.c.state)) == "stopped"


# Into what may be restored


def test_nothing_is_restored_over_what_is_there(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    file = backed_up(place, tmp_path)
    with pytest.raises(NotEmpty, match=r"nothing is ever restored over|does not exist yet"):
        restore((BACKUP_KEY,), file, place.url, (FIELD_KEY,), LATER)
    other = "sqlite:///x.db" if place.url.startswith("postgresql") else "postgresql+psycopg://h/x"
    with pytest.raises(CannotRestore, match="cannot go into"):
        restore((BACKUP_KEY,), file, other, (FIELD_KEY,), LATER)
    newer = make_newer(file, tmp_path)
    with pytest.raises(CannotRestore, match=r"of schema 9999 .*, newer than"):
        restore((BACKUP_KEY,), newer, empty_url, (FIELD_KEY,), LATER)
    compared = restore((BACKUP_KEY,), file, empty_url, (OTHER_KEY,), LATER)
    assert compared.readable  # nothing was sealed yet
    assert not standing_of(empty_url).is_open()


def make_newer(file: Path, tmp_path: Path) -> Path:
    """The same backup as a version to come would write it."""
    with file.open("rb") as sealed:
        contents = open_backup((BACKUP_KEY,), sealed)
        manifest = replace(contents.manifest, schema="9999")
        place = tmp_path / "newer.backup"
        place.write_bytes(b"".join(sealed_backup(BACKUP_KEY, manifest, None, contents.dump)))
    return place


def standing_of(url: str) -> ReleaseGate:
    return ReleaseGate(make_runtime(url, LATER), "chat")


def test_a_restoring_that_fails_leaves_the_database_empty_for_another_try(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    file = backed_up(place, tmp_path)
    with file.open("rb") as sealed:
        contents = open_backup((BACKUP_KEY,), sealed)
        parts = list(contents.dump)
        half = b"".join(parts)[: sum(map(len, parts)) * 2 // 3]
        place_of_half = tmp_path / "half.backup"
        sealed_half = sealed_backup(BACKUP_KEY, contents.manifest, None, iter([half]))
        place_of_half.write_bytes(b"".join(sealed_half))
    with pytest.raises((ToolFailed, DatabaseError)):
        restore((BACKUP_KEY,), place_of_half, empty_url, (FIELD_KEY,), LATER)
    assert restore((BACKUP_KEY,), file, empty_url, (FIELD_KEY,), LATER).differences == ()


# Files that are not what they should be


def test_a_wrong_key_a_changed_byte_and_a_cut_are_each_named_before_anything_is_touched(
    place: Place, tmp_path: Path, empty_url: str
) -> None:
    file = backed_up(place, tmp_path)
    whole = file.read_bytes()

    def why(content: bytes, key: str = BACKUP_KEY) -> str:
        file.write_bytes(content)
        with pytest.raises(Broken) as broken:
            restore((key,), file, empty_url, (FIELD_KEY,), LATER)
        return str(broken.value)

    assert "was sealed with key" in why(whole, OTHER_KEY)
    assert why(b"PGDMP" + whole) == "is no backup of this product, or its beginning was changed"
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    assert "is damaged" in why(bytes(flipped))
    assert "cut off inside it" in why(whole[:-1])
    file.write_bytes(whole)
    assert restore((BACKUP_KEY,), file, empty_url, (FIELD_KEY,), LATER).differences == ()


def test_pieces_cannot_be_dropped_or_change_places() -> None:
    head, *pieces = seal_stream(BACKUP_KEY, iter([os.urandom(PIECE)] * 3))
    first, second, last = pieces
    assert (len(head), len(first)) == (len(MAGIC) + KEY_ID + SALT, PIECE + MARK)
    for parts, why in (
        ((first, second), "is cut off behind piece 2: its end is missing"),
        ((first, last), "piece 2 was changed"),
        ((second, first, last), "piece 1 was changed"),
        ((first, second, last, b"x"), "piece 3 was changed"),
        ((), "piece 1 was changed"),
    ):
        with pytest.raises(Broken, match=why):
            list(open_stream((BACKUP_KEY,), BytesIO(head + b"".join(parts))))
    assert len(list(open_stream((BACKUP_KEY,), BytesIO(head + b"".join(pieces))))) == 3


def test_a_backup_that_is_killed_leaves_no_half_file_under_a_backups_name(
    place: Place, tmp_path: Path, start_child: StartChild
) -> None:
    with place.runtime.engine.begin() as connection:
        rows = [{"code": f"A{n}", "name": "x", "created_at": NOW} for n in range(40_000)]
        connection.execute(insert(agency), rows)
    folder = tmp_path / "kept"
    environ = {**os.environ, "DATABASE_URL": place.url, "BACKUP_KEYS": BACKUP_KEY,
               "VAR_DIR": str(tmp_path)}  # fmt: skip
    command = [sys.executable, "-m", "bot", "backup", "--out", folder]
    child = start_child(command, env=environ, kind=WarmChild)
    wait_until(lambda: any(folder.glob("*.part")), "a backup under way", every=0.001)
    child.kill9()
    assert list((tmp_path / "backing-up").iterdir())
    assert not list(folder.glob("*.backup"))
    settings = place.runtime.settings.model_copy(update={"var_dir": tmp_path})
    made = back_up(settings, folder, NOW, None)
    assert [one.name for one in folder.iterdir()] == [made.place.name]
    assert not list((tmp_path / "backing-up").iterdir())
    assert read_whole((BACKUP_KEY,), made.place) == made.manifest


def test_two_backups_at_once_take_turns(place: Place, tmp_path: Path) -> None:
    settings = place.runtime.settings
    made = back_up(settings, tmp_path, NOW, None)
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(Busy, match="another backup"):
        back_up(settings, tmp_path, LATER, None)
    os.close(held)
    assert list(tmp_path.glob("*.backup")) == [made.place]


def test_old_backups_go_and_the_newest_of_each_period_stay(tmp_path: Path) -> None:
    for moment in [NOW - timedelta(hours=12 * back) for back in range(800)]:
        (tmp_path / f"motcua-{moment:%Y%m%dT%H%M%SZ}.backup").touch()
    (tmp_path / "of-somebody-else.backup").touch()
    drop_old(tmp_path, Keep(7, 4, 12), timezone(timedelta(hours=7)))
    left = sorted(path.name for path in tmp_path.glob("motcua-*"))
    assert left[-1] == f"motcua-{NOW:%Y%m%dT%H%M%SZ}.backup"
    assert len({name[7:13] for name in left}) == 12
    assert len(left) == 7 + 2 + 11  # two of the weeks, and one month, are among the days kept
    assert (tmp_path / "of-somebody-else.backup").exists()
