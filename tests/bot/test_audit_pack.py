"""What the auditor is handed: complete, checkable, and nobody's data or secret in it."""

import hashlib
import io
import os
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from bot.audit_pack import INDEX, audit_pack
from bot.find_dossiers import find_dossiers
from bot.open_dossier import open_dossier
from tests.bot.counter_place import Counter
from tests.make import NOW
from tests.rig.warm_python import warm_run


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


def environ(counter: Counter) -> dict[str, str]:
    settings = counter.runtime.settings
    return {
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "FIELD_KEYS": ",".join(settings.field_keys),
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def files(counter: Counter) -> dict[str, str]:
    made = audit_pack(counter.runtime, environ(counter), NOW - timedelta(days=366))
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        return {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}


def test_it_tells_accounts_deeds_checks_and_terms_and_no_person_or_secret(counter: Counter) -> None:
    code = counter.take_in().code
    open_dossier(counter.runtime, counter.lan, code)
    find_dossiers(counter.runtime, counter.lan, "0905 123 456")
    found = files(counter)
    assert "lan,clerk,H32.15" in found["tai-khoan.csv"]
    assert f"dossier.opened,H32.15,dossier,{code}" in found["nhat-ky-thao-tac.csv"]
    assert '"whole": true' in found["nhat-ky-nguyen-ven.json"]
    assert "notice_person,notice," in found["han-luu.csv"]
    assert 'SECRET_KEY,"(bí mật, đã đặt)",có' in found["thiet-lap.csv"]
    assert "SQLAlchemy,2." in found["thu-vien.csv"]
    assert "settings.ZALO_APP_ID,is not set" in found["kiem-tra.csv"]
    everything = "\n".join(found.values())
    secrets = (counter.runtime.settings.secret_key, *counter.runtime.settings.field_keys)
    for hidden in ("905123456", "Bình", "038199012345", *secrets):
        assert hidden not in everything


def test_the_index_names_each_file_with_its_digest(counter: Counter) -> None:
    made = audit_pack(counter.runtime, environ(counter), NOW - timedelta(days=1))
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        index = file.read(INDEX).decode()
        for name in set(file.namelist()) - {INDEX}:
            said = index.partition(f"{name}\n")[2].split("SHA-256 ")[1][:64]
            assert said == hashlib.sha256(file.read(name)).hexdigest()


def packed_at(counter: Counter, place: Path) -> "subprocess.CompletedProcess[bytes]":
    """The command as an operator types it."""
    words = ("bot", "audit", "pack", "--out", str(place))
    return warm_run(words, {**os.environ, **environ(counter)})


def test_the_command_writes_a_new_file_for_its_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    counter, place = Counter(sqlite_url), tmp_path / "ho-so.zip"
    told = packed_at(counter, place)
    assert (told.returncode, told.stdout) == (0, b"")
    assert os.stat(place).st_mode & 0o777 == 0o600
    again = packed_at(counter, place)
    assert again.returncode == 2
    assert "cannot be written" in again.stderr.decode()
    wrong = packed_at(counter, tmp_path / "x.txt")
    assert (wrong.returncode, ".zip" in wrong.stderr.decode()) == (2, True)
