"""Asks an advisory service about every version of constraints.txt: python -m scripts.audit.

Exit codes: 0 nothing is known against any of them, 1 something is, 2 nothing was audited. Before
the pins a version with known flaws is asked about: a service, or a mirror in its place, that knows
of none there says nothing about the others either. Only a whole audit is written down, in
deploy/audited.toml: its day, its service, and the digest of the pins that it was of.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
PINS = CHECKOUT / "constraints.txt"
KEPT = CHECKOUT / "deploy" / "audited.toml"
CANARY = "jinja2==2.11.2"  # CVE-2020-28493 and later ones
SERVICES = ("pypi", "osv")
SECONDS = 20  # for one answer
MOST_DAYS = 35  # the level-3 rules ask for patching every month


class NotAudited(Exception):
    """Nothing can be said; the text tells why and what to do."""


def main() -> int:
    """Audit, or tell with --status what the last audit was of."""
    parser = argparse.ArgumentParser(prog="python -m scripts.audit", description=__doc__)
    parser.add_argument("--service", choices=SERVICES, default=SERVICES[0])
    parser.add_argument("--status", action="store_true", help="tell of the last audit; no network")
    asked = parser.parse_args()
    today = datetime.now(UTC).date()
    if asked.status:
        print(status(KEPT, PINS, today))
        return 0
    try:
        told = audited(asked.service, PINS)
    except NotAudited as fault:
        print(f"audit: nothing was audited: {fault}", file=sys.stderr)
        return 2
    flaws = list(flaws_of(told))
    if flaws:
        print("\n".join(flaws))
        return 1
    write_down(KEPT, PINS, asked.service, len(told), today)
    print(f"audit: {len(told)} versions, none with a known flaw; written into {KEPT.name}")
    return 0


def audited(service: str, pins: Path) -> list[dict[str, Any]]:
    """What the service says of each pinned version.

    Errors: NotAudited when it does not know the canary's flaws, or does not know a version.
    """
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(CANARY + "\n", encoding="utf-8")
        if not list(flaws_of(asked_about(service, canary))):
            raise NotAudited(
                f"the service {service!r} knows of no flaw in {CANARY}, which has several; "
                "a mirror of packages carries no advisories: try --service osv, or another network"
            )
    told = asked_about(service, pins)
    unknown = [f"{one['name']} ({one['skip_reason']})" for one in told if "skip_reason" in one]
    if unknown:
        raise NotAudited(f"the service does not know {', '.join(unknown)[:1_000]}")
    missing = pinned(pins) - len(told)
    if missing > 0:
        raise NotAudited(f"the service left {missing} versions out")
    return told


def asked_about(service: str, pins: Path) -> list[dict[str, Any]]:
    """The service's answer for each line of a requirements file; Errors: NotAudited."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(pins), "--no-deps",
        "--disable-pip", "--format", "json", "--progress-spinner", "off",
        "--timeout", str(SECONDS), "--vulnerability-service", service,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise NotAudited(f"the service {service!r} did not answer: {last[:300]}") from None
    if not isinstance(found, list):
        raise NotAudited(f"the service {service!r} answered in another form")
    return found


def flaws_of(told: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One line for each known flaw: what, which, and the versions in which it is mended."""
    for one in told:
        for flaw in one.get("vulns", ()):
            mended = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
            names = " ".join([flaw["id"], *flaw.get("aliases", ())])
            yield f"{one['name']} {one['version']}: {names}; mended in {mended}"


def pinned(pins: Path) -> int:
    """How many versions a file of pins holds."""
    lines = pins.read_text(encoding="utf-8").splitlines()
    return sum("==" in line and not line.startswith("#") for line in lines)


def digest_of(pins: Path) -> str:
    """What a file of pins is known by: SHA-256 in hex."""
    return sha256(pins.read_bytes()).hexdigest()


def write_down(kept: Path, pins: Path, service: str, versions: int, day: date) -> None:
    """Keep that these very pins were audited on this day."""
    kept.write_text(
        "# Written by `make audit` after a whole audit, and by nothing else.\n"
        f'day = {day.isoformat()}\nservice = "{service}"\nversions = {versions}\n'
        f'pins_sha256 = "{digest_of(pins)}"\n',
        encoding="utf-8",
    )


def status(kept: Path, pins: Path, today: date) -> str:
    """One line about the last audit; it claims nothing that did not happen."""
    if not kept.is_file():
        return "audit: these pins were never audited; type: make audit"
    told = tomllib.loads(kept.read_text(encoding="utf-8"))
    when = f"{told['day']:%Y-%m-%d} by {told['service']}"
    if told["pins_sha256"] != digest_of(pins):
        return f"audit: constraints.txt has changed since its audit of {when}; type: make audit"
    if (today - told["day"]).days > MOST_DAYS:
        return f"audit: the last one is of {when}, over a month ago; type: make audit"
    return f"audit: these pins were audited on {when}, and no flaw was known then"


if __name__ == "__main__":
    sys.exit(main())
