"""What a killed process had not begun to send is known, and goes again the same way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.send_journal import KEPT_SECONDS, LONG, SendJournal, never_begun
from tests.rig.tree import CHECKOUT

BEGUN, NOT_BEGUN = "a" * 32, "b" * 32


@pytest.fixture
def journal(tmp_path: Path) -> SendJournal:
    """A process's journal with one call in it."""
    journal = SendJournal(tmp_path / "sending", "c0ffee")
    journal.open()
    journal.mark(BEGUN)
    return journal


def unbegun(journal: SendJournal, claimer: str = "c0ffee") -> set[str]:
    return never_begun(journal.folder, claimer, {BEGUN, NOT_BEGUN})


def test_nothing_is_said_of_a_process_that_lives(journal: SendJournal) -> None:
    assert unbegun(journal) == set()


def test_what_a_killed_process_had_begun_is_known_from_what_it_had_not(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from bot.send_journal import SendJournal\n"
        "journal = SendJournal(Path(sys.argv[1]), 'dead'); journal.open()\n"
        f"journal.mark({BEGUN!r}); print('marked', flush=True); time.sleep(60)"
    )
    place = tmp_path / "sending"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(place)], stdout=subprocess.PIPE, cwd=CHECKOUT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"marked\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert never_begun(place, "dead", {BEGUN, NOT_BEGUN}) == {NOT_BEGUN}


def test_a_process_of_another_machine_left_nothing_to_judge_by(journal: SendJournal) -> None:
    assert unbegun(journal, "elsewhere") == set()
    assert unbegun(journal, "../../etc") == set()


def test_a_clean_end_leaves_no_file_and_an_unclean_one_does(journal: SendJournal) -> None:
    journal.close()
    assert unbegun(journal) == {NOT_BEGUN}
    again = SendJournal(journal.folder, "c0ffee")
    again.open()
    again.close(clean=True)
    assert not list(journal.folder.iterdir())


def test_a_long_journal_is_emptied_at_rest_and_a_short_one_is_not(journal: SendJournal) -> None:
    place = journal.folder / "c0ffee"
    journal.rest()
    assert BEGUN in place.read_text()
    for _ in range(LONG // 33 + 1):
        journal.mark(NOT_BEGUN)
    journal.rest()
    assert NOT_BEGUN not in place.read_text()
    journal.close()
    assert unbegun(journal) == {BEGUN, NOT_BEGUN}


def test_journals_that_nobody_can_ask_for_are_removed(journal: SendJournal) -> None:
    journal.close()
    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(journal.folder / "c0ffee", (long_ago, long_ago))
    SendJournal(journal.folder, "fresh").open()
    assert [one.name for one in journal.folder.iterdir()] == ["fresh"]


def test_a_place_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "sending").write_text("a file where the folder should be")
    journal = SendJournal(tmp_path / "sending", "c0ffee")
    journal.open()
    journal.mark(BEGUN)
    journal.rest()
    journal.close(clean=True)
    assert unbegun(journal) == set()


# A journal that may lack marks says nothing


FULL = """
import resource, sys
from pathlib import Path
from bot.send_journal import SendJournal, never_begun
folder, begun, other = Path(sys.argv[1]), "a" * 32, "b" * 32
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

def full(is_full):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0 if is_full else soft, hard))

def left(journal):
    journal.close()
    return sorted(name[0] for name in never_begun(folder, journal.claimer, {begun, other}))

def opened(name):
    journal = SendJournal(folder, name)
    journal.open()
    return journal

one = opened("one")
full(True)
print("goes ahead", one.mark(begun))
full(False)
print("and says nothing", left(one))

two = opened("two")
full(True)
two.mark(other)
full(False)
two.rest()
two.open()
two.mark(begun)
print("begins anew", left(two))

three = opened("three")
(folder / "three").unlink()
(folder / "three").mkdir()  # what nobody can unlink
full(True)
print("has to wait", three.mark(begun))
"""


def test_on_a_full_disk_a_journal_is_withdrawn_rather_than_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path / "sending")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT)
    told = [line for line in done.stdout.splitlines() if "sending.no_journal" not in line]
    assert told == ["goes ahead True", "and says nothing []", "begins anew ['b']",
                    "has to wait False"], done.stderr  # fmt: skip


def test_a_journal_of_before_a_power_cut_says_nothing(journal: SendJournal) -> None:
    journal.close()
    place = journal.folder / "c0ffee"
    assert unbegun(journal) == {NOT_BEGUN}
    whole = place.read_text()
    place.write_text(whole.replace("boot ", "boot 0"))
    assert unbegun(journal) == set()
    for cut in (0, 3, len(whole) - 40, len(whole) - 1):
        place.write_text(whole[:cut])
        assert unbegun(journal) == set()
