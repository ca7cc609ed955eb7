"""What the product is made of: every library it runs with, as CycloneDX 1.5, on standard output.

Read from the environment it is called in, so that it tells what is there and not what was meant.
Only packages that requirements.txt pulls in are named: tools of the tests never run in production.
Source: CycloneDX 1.5 (bom-1.5.schema.json); purl-spec, "pypi".
"""

import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import UUID

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print the bill; exit code 2 and one line for what is named and not installed."""
    try:
        bill = bill_of(datetime.now(UTC))
    except PackageNotFoundError as fault:
        print(f"sbom: {fault.name} is not installed here; type: make setup", file=sys.stderr)
        return 2
    print(json.dumps(bill, indent=1, ensure_ascii=False))
    return 0


def bill_of(now: datetime) -> dict[str, Any]:
    """The whole bill; the same packages give the same serial number.

    Errors: PackageNotFoundError for a requirement that is not installed.
    """
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    found = brought_by(asked)
    root = f"{project['name']}@{project['version']}"
    depends = {root: sorted(_ref(found[canonicalize_name(one.name)]) for one in asked)}
    for one in found.values():
        wanted = {canonicalize_name(other.name) for other in _requirements(one, set())}
        depends[_ref(one)] = sorted(_ref(found[name]) for name in wanted & found.keys())
    components = [_component(found[name]) for name in sorted(found)]
    mark = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).digest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{UUID(bytes=mark[:16], version=4)}",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
            },
        },
        "components": components,
        "dependencies": [
            {"ref": ref, "dependsOn": others} for ref, others in sorted(depends.items())
        ],
    }


def brought_by(asked: list[Requirement]) -> Mapping[str, Distribution]:
    """What these requirements bring on this machine, by canonical name, all they pull in too."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    wanted = list(asked)
    while wanted:
        one = wanted.pop()
        name, extras = canonicalize_name(one.name), frozenset(one.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] = distribution(one.name)
        wanted += _requirements(found[name], set(extras))
    return found


def _requirements(installed: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for line in installed.requires or ():
        one = Requirement(line)
        if not one.marker or any(one.marker.evaluate({"extra": e}) for e in extras or {""}):
            yield one


def _component(installed: Distribution) -> dict[str, Any]:
    name = canonicalize_name(installed.metadata["Name"])
    told = {
        "type": "library",
        "bom-ref": _ref(installed),
        "name": name,
        "version": installed.version,
        "purl": f"pkg:pypi/{name}@{installed.version}",
        "description": _first(installed, "Summary"),
        "licenses": list(_licences(installed)),
    }
    home = _first(installed, "Home-page")
    if home.startswith("https://"):
        told["externalReferences"] = [{"type": "website", "url": home}]
    return told


def _licences(installed: Distribution) -> Iterator[dict[str, Any]]:
    """As the package says it: an SPDX expression, else its words, without the full text."""
    expression = _first(installed, "License-Expression")
    if expression:
        yield {"expression": expression}
        return
    names = [
        line.rpartition(" :: ")[2]
        for line in installed.metadata.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    words = _first(installed, "License").strip().splitlines()
    if not names and words:
        names = [words[0][:80]]
    for name in dict.fromkeys(names):
        yield {"license": {"name": name}}


def _first(installed: Distribution, field: str) -> str:
    return str((installed.metadata.get_all(field) or [""])[0])


def _ref(installed: Distribution) -> str:
    return f"{canonicalize_name(installed.metadata['Name'])}@{installed.version}"


if __name__ == "__main__":
    sys.exit(main())
