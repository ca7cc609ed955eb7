"""The process that reads photos: what harms it ends with it, and the next photo is read."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from bot.photo_reader import Limits, Outcome, PhotoReader, PhotoReading
from tests.photos.hostile import PICTURES, png
from tests.photos.sets import clear_photo, hard_photos
from tests.slips import slip_link

CODE = "H56.14-240823-0001"
MEGABYTE = 1024 * 1024
HEAVY = png(5_000, 5_000, 8, 2)  # 73 kB that unpack to 75 MB, as many pixels as are allowed


@pytest.fixture(scope="module")
def reader() -> Iterator[PhotoReader]:
    """A reader as the worker has it."""
    with closing(PhotoReader()) as kept:
        yield kept


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_send_is_read(reader: PhotoReader, form: str) -> None:
    link = slip_link(CODE)
    found = reader.read(clear_photo(link, form=form))
    assert found == PhotoReading(Outcome.FOUND, (CODE,), (link,), 1)


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_picture_is_answered_by_the_same_process(reader: PhotoReader, name: str) -> None:
    build, outcome = PICTURES[name]
    reader.read(clear_photo(CODE))
    process = reader.pid
    assert reader.read(build()).outcome == outcome
    assert reader.pid == process


def test_only_codes_and_slip_links_leave_the_process(reader: PhotoReader) -> None:
    secret = f"https://motcua.vn/tra-cuu?MHS={CODE}&SGT=056099001234"
    found = reader.read(clear_photo(secret))
    assert (found.outcome, found.codes, found.links) == (Outcome.FOUND, (CODE,), ())
    assert "056099001234" not in repr(found)
    other = reader.read(clear_photo("Nguyễn Thị Mai, 0905123456"))
    assert other == PhotoReading(Outcome.OTHER)


def test_too_much_memory_ends_the_process_and_the_next_photo_is_read() -> None:
    with closing(PhotoReader(Limits(memory=200 * MEGABYTE))) as poor:
        assert poor.read(clear_photo(CODE)).codes == (CODE,)
        first = poor.pid
        assert poor.read(HEAVY).outcome is Outcome.READER_ENDED
        assert poor.read(clear_photo(CODE)).codes == (CODE,)
        assert poor.pid != first


def test_too_much_of_the_processor_ends_the_process_and_the_next_photo_is_read() -> None:
    with closing(PhotoReader(Limits(cpu=0))) as hasty:
        # The system counts whole seconds: one of these begins in the last part of one.
        assert any(hasty.read(HEAVY).outcome is Outcome.READER_ENDED for _ in range(12))
        assert hasty.read(b"no picture").outcome is Outcome.FORMAT
    with closing(PhotoReader(Limits(cpu=1))) as calm:
        for _ in range(3):  # the allowance is each photo's own
            assert calm.read(clear_photo(CODE)).codes == (CODE,)


def test_a_process_that_hangs_is_given_up_and_the_next_photo_is_read() -> None:
    with closing(PhotoReader(Limits(seconds=1.0))) as reader:
        reader.read(clear_photo(CODE))
        assert reader.pid is not None
        os.kill(reader.pid, signal.SIGSTOP)
        assert reader.read(clear_photo(CODE)).outcome is Outcome.TOO_SLOW
        assert reader.read(clear_photo(CODE)).codes == (CODE,)


def test_a_process_that_was_killed_is_replaced(reader: PhotoReader) -> None:
    reader.read(clear_photo(CODE))
    assert reader.pid is not None
    psutil.Process(reader.pid).kill()
    outcomes = {reader.read(clear_photo(CODE)).outcome for _ in range(2)}
    assert Outcome.FOUND in outcomes
    assert outcomes <= {Outcome.FOUND, Outcome.READER_ENDED}


def test_the_process_holds_no_secret_and_may_write_no_file(
    reader: PhotoReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret of the house")
    with closing(PhotoReader()) as fresh:
        fresh.read(clear_photo(CODE))
        assert fresh.pid is not None
        process = psutil.Process(fresh.pid)
        assert not {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "PATH"} & set(process.environ())
        assert process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert process.open_files() == []
        assert process.net_connections() == []


OWNER = """
import time
from bot.photo_reader import PhotoReader
reader = PhotoReader()
reader.read(b"")
print(reader.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_worker_leaves_no_reader_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        process = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    process.wait(timeout=20)


def test_a_closed_reader_starts_nothing_more() -> None:
    reader = PhotoReader()
    reader.read(clear_photo(CODE))
    process = reader.pid
    reader.close()
    assert process is not None
    assert not psutil.pid_exists(process)
    assert reader.read(clear_photo(CODE)).outcome is Outcome.READER_ENDED
    assert reader.pid is None


def test_photos_of_several_threads_are_not_mixed_up(reader: PhotoReader) -> None:
    codes = [f"H56.14-240823-{number:04}" for number in range(1, 7)]
    read: dict[str, tuple[str, ...]] = {}

    def ask(code: str) -> None:
        read[code] = reader.read(clear_photo(code)).codes

    threads = [threading.Thread(target=ask, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == {code: (code,) for code in codes}


def test_a_hard_photo_is_read_within_its_limits(reader: PhotoReader) -> None:
    outcomes = [reader.read(photo.shot.content).outcome for photo in hard_photos(5, seed=3)]
    assert set(outcomes) <= {Outcome.FOUND, Outcome.NOTHING}
    assert Outcome.FOUND in outcomes
