"""Makes .venv, or mends it, and installs the pinned requirements, one line for each step.

Called by scripts/setup with any Python from 3.11 on and nothing but its standard library.
"""
# Every command below is written here; no word of it comes from outside.
# ruff: noqa: S603

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
HOME_NOTE = VENV / "made-in"  # an environment that was moved with its checkout has stale scripts
UNFINISHED = VENV / "unfinished"  # there while pip works: what is half installed is not mended
FILES = {
    "runtime": "requirements.txt",
    "tests": "requirements-dev.txt",
    "fuzz": "requirements-fuzz.txt",
    "audit": "requirements-audit.txt",
}
HOLDS = {"tests": ("runtime",), "fuzz": ("tests", "runtime")}  # whose files a file begins with
LOG_LINES = 15
PIP_ENVIRONMENT = os.environ | {"PIP_USER": "0"}  # a user's habit that no environment allows


class Stop(Exception):
    """The set-up cannot go on; the text says what is wrong and what to type."""


def main(what: str, wanted: str) -> int:
    """Make .venv hold `what`, and note `wanted`, by which scripts/setup knows it again."""
    lock = os.open(CHECKOUT / "scripts", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once take turns
    try:
        if already(what, wanted):
            return 0
        make_environment()
        install(what)
    except Stop as stop:
        print(f"set-up: {stop}", file=sys.stderr)
        return 2
    for held in (what, *HOLDS.get(what, ())):
        (VENV / f"ready-{held}").write_text(wanted + "\n", encoding="utf-8")
    return 0


def already(what: str, wanted: str) -> bool:
    """True when another make has done it while we waited for our turn."""
    note = VENV / f"ready-{what}"
    return note.is_file() and note.read_text(encoding="utf-8").strip() == wanted and works()


def works() -> bool:
    """True when .venv starts, is new enough, has pip, and was finished the last time."""
    moved = HOME_NOTE.is_file() and HOME_NOTE.read_text(encoding="utf-8") != str(VENV)
    if moved or UNFINISHED.exists() or not PYTHON.exists():
        return False
    look = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return quiet([PYTHON, "-c", look])


def make_environment() -> None:
    """Make .venv anew unless it works; the first way that gives a working pip is taken."""
    if works():
        return
    version = ".".join(str(part) for part in sys.version_info[:3])
    with Step(f"making .venv with Python {version}"):
        for way in WAYS:
            shutil.rmtree(VENV, ignore_errors=True)
            way()
            if works():
                HOME_NOTE.write_text(str(VENV), encoding="utf-8")
                return
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    root = "" if os.geteuid() == 0 else "sudo "
    raise Stop(
        f"{name} here can make no environment with pip; type: {root}apt-get install -y {name}-venv"
    )


def with_venv() -> None:
    """The ordinary way; Debian splits what it needs off into a package of its own."""
    quiet([sys.executable, "-m", "venv", VENV])


def with_venv_package() -> None:
    """Debian's own package, where root can install it without a question."""
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or not quiet([*before, "true"]):
        return
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    waiting = ["-o", "DPkg::Lock::Timeout=120"]
    quiet([*apt, "update"])
    for package in (name, "python3-venv"):
        if quiet([*apt, *waiting, "install", "-y", "--no-install-recommends", package]):
            break
    with_venv()


def with_virtualenv() -> None:
    """The virtualenv program, which carries pip with it."""
    quiet(["virtualenv", "--python", sys.executable, VENV])


def with_uv() -> None:
    """The uv program; its --seed puts pip in."""
    quiet(["uv", "venv", "--seed", "--python", sys.executable, VENV])


def with_system_pip() -> None:
    """An empty environment, and the system's pip to install another one into it."""
    quiet([sys.executable, "-m", "venv", "--without-pip", VENV])
    quiet([sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"])


def with_packaged_wheel() -> None:
    """Debian's wheel of pip, which its package manager fetches for anybody; nothing is installed
    on the machine."""
    quiet([sys.executable, "-m", "venv", "--without-pip", VENV])
    with tempfile.TemporaryDirectory() as folder:
        fetch_pip_package(Path(folder))
        places = (Path("/usr/share/python-wheels"), Path(folder))
        for wheel in [found for place in places for found in place.rglob("pip-*.whl")]:
            if quiet([PYTHON, wheel / "pip", "install", "pip"]):
                return


def fetch_pip_package(folder: Path) -> None:
    """Fetch and unpack Debian's package of the pip wheel, with package lists of our own."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    own = ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
    if not quiet(["apt-get", "download", "python3-pip-whl"], folder):
        quiet(["apt-get", *own, "update"], folder)
        quiet(["apt-get", *own, "download", "python3-pip-whl"], folder)
    for package in folder.glob("*.deb"):
        quiet(["dpkg-deb", "-x", package, folder / "unpacked"])


WAYS: tuple[Callable[[], None], ...] = (
    with_venv,
    with_venv_package,
    with_virtualenv,
    with_uv,
    with_system_pip,
    with_packaged_wheel,
)


def install(what: str) -> None:
    """Install one requirements file at the pinned versions; Errors: Stop with pip's last words."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off", "-r", FILES[what], "-c", "constraints.txt"]
    UNFINISHED.touch()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        with Step(f"installing {FILES[what]} (a minute or two the first time)"):
            done = subprocess.run(
                command, cwd=CHECKOUT, stdout=log, stderr=log, env=PIP_ENVIRONMENT, check=False
            )
        if done.returncode:
            log.seek(0)
            print("".join(log.readlines()[-LOG_LINES:]), file=sys.stderr, end="")
            raise Stop(
                f"pip could not install {FILES[what]} (its last lines are above);"
                " check the connection to your package index and type the same make again"
            )
    UNFINISHED.unlink()


def quiet(command: Sequence[str | Path], folder: Path = CHECKOUT) -> bool:
    """Run without a word; True when it was there and ended well."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


class Step:
    """One line that says what is being done, and how long it took."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = time.monotonic()

    def __enter__(self) -> None:
        print(f"set-up: {self._what} ... ", end="", flush=True)

    def __exit__(self, *_: object) -> None:
        print(f"{time.monotonic() - self._began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
