"""What the doctor says of reading photos."""

import pytest

from bot.doctor_photos import photo_findings
from tests.make import make_settings


def test_a_reader_that_reads_is_well() -> None:
    [finding] = photo_findings(make_settings("sqlite://"))
    assert (finding.level, finding.what) == ("ok", "photo.reader")


def test_a_reader_that_does_not_start_fails_with_what_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    [finding] = photo_findings(make_settings("sqlite://"))
    assert (finding.level, finding.what) == ("fail", "photo.reader")
    assert "python -m receipts.photo" in finding.do


def test_a_house_that_fetches_from_nowhere_is_warned() -> None:
    [_, finding] = photo_findings(make_settings("sqlite://", zalo_media_hosts=()))
    assert (finding.level, finding.what) == ("warn", "photo.hosts")
