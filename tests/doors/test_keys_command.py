"""`keys rotate` at the shell."""

from pathlib import Path

from cryptography.fernet import Fernet

from bot.index_key import index_key
from tests.doors.command import make_shell
from tests.make import FIELD_KEY, make_runtime

NEW = Fernet.generate_key().decode()


def test_a_new_key_comes_into_use_and_the_old_one_is_dropped(tmp_path: Path) -> None:
    shell = make_shell(tmp_path)
    index_key(make_runtime(shell.environ["DATABASE_URL"]))
    told = shell.bot("keys", "rotate", FIELD_KEYS=f"{NEW},{FIELD_KEY}")
    assert (told.code, told.err) == (0, "")
    counts, verdict = told.out.splitlines()
    assert counts == "data_key.sealed\tsealed anew 1\tin all 1"
    assert "may be dropped" in verdict
    again = shell.bot("keys", "rotate", FIELD_KEYS=NEW)
    assert (again.code, again.out.splitlines()[0]) == (
        0,
        "data_key.sealed\tsealed anew 0\tin all 1",
    )


def test_a_key_dropped_too_early_is_named_and_ends_with_a_finding(tmp_path: Path) -> None:
    shell = make_shell(tmp_path)
    index_key(make_runtime(shell.environ["DATABASE_URL"]))
    told = shell.bot("keys", "rotate", FIELD_KEYS=NEW)
    assert told.code == 1
    assert "data_key.sealed: none of FIELD_KEYS opens 1 fields" in told.err
    assert "may be dropped" not in told.out
