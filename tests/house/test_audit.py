"""The audit of dependencies claims nothing that did not happen, whatever answers in its place."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scripts import audit
from tests.rig.tree import CHECKOUT

TODAY = date(2026, 11, 27)
FLAW = {"id": "PYSEC-2021-66", "aliases": ["CVE-2020-28493"], "fix_versions": ["2.11.3"]}
KNOWN = {"name": "jinja2", "version": "2.11.2", "vulns": [FLAW]}
SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
UNKNOWN = {"name": "flask", "skip_reason": "not found"}
Answers = Mapping[str, Any]


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "constraints.txt"
    place.write_text("# pins\nflask==3.1.3\n", encoding="utf-8")
    monkeypatch.setattr(audit, "PINS", place)
    monkeypatch.setattr(audit, "KEPT", tmp_path / "audited.toml")
    monkeypatch.setattr("sys.argv", ["audit"])
    return place


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A stand-in for the auditing program, which says this of the canary and that of the rest."""

    def answers(canary: Any, rest: Any) -> None:
        told = json.dumps({"canary.txt": canary, "constraints.txt": rest})
        program = tmp_path / "pip_audit.py"
        program.write_text(
            "import json, pathlib, sys\n"
            f"told = json.loads({told!r})\n"
            "name = pathlib.Path(sys.argv[sys.argv.index('--requirement') + 1]).name\n"
            "print(json.dumps({'dependencies': told[name]}) if told[name] is not None else 'no')\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return answers


def test_an_audit_without_a_finding_is_written_down_for_these_pins_alone(
    pins: Path, service: Callable[..., None]
) -> None:
    service([KNOWN], [SOUND])
    assert audit.main() == 0
    assert "no flaw was known" in audit.status(audit.KEPT, pins, TODAY.replace(day=1))
    late = audit.status(audit.KEPT, pins, date(2036, 1, 1))
    assert "over a month ago" in late
    pins.write_text("flask==3.1.4\n", encoding="utf-8")
    assert "has changed since" in audit.status(audit.KEPT, pins, TODAY)


def test_a_known_flaw_is_named_with_the_version_that_mends_it(
    pins: Path, service: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    service([KNOWN], [SOUND | {"vulns": [FLAW]}])
    assert audit.main() == 1
    assert "flask 3.1.3: PYSEC-2021-66 CVE-2020-28493; mended in 2.11.3" in capsys.readouterr().out
    assert not audit.KEPT.exists()


@pytest.mark.parametrize(
    ("canary", "rest"),
    [
        ([UNKNOWN], [SOUND]),
        ([KNOWN | {"vulns": []}], [SOUND]),
        ([KNOWN], [UNKNOWN]),
        ([KNOWN], []),
        ([KNOWN], None),
        (None, [SOUND]),
    ],
    ids=["a mirror", "no advisories", "an unknown version", "left out", "no answer", "no service"],
)
def test_what_was_not_audited_is_never_green(
    pins: Path,
    service: Callable[..., None],
    canary: Any,
    rest: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service(canary, rest)
    assert audit.main() == 2
    assert "nothing was audited" in capsys.readouterr().err
    assert "never audited" in audit.status(audit.KEPT, pins, TODAY)


def test_the_checkouts_own_record_is_read() -> None:
    told = audit.status(CHECKOUT / "deploy" / "audited.toml", CHECKOUT / "constraints.txt", TODAY)
    assert told.startswith("audit: ")
