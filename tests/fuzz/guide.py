"""One target under atheris: python -m tests.fuzz.guide NAME FOLDER [libFuzzer's own arguments].

The process ends at the first broken promise and leaves the input where `-artifact_prefix` says.
"""

import sys
import warnings
from importlib import import_module
from pathlib import Path

import atheris

from tests.fuzz.quiet import quiet

# Whose lines are watched.
OURS = ["bot", "receipts", "webhooks", "console", "wsgi", "authlib", "joserfc"]


def main(name: str, folder: Path, arguments: list[str]) -> None:
    """Fuzz one target until the time is over; never returns."""
    quiet()
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=OURS):  # the product is loaded here and not before
        target = import_module("tests.fuzz.targets.table").TARGETS[name]
    (folder.parent / "loaded").touch()  # from here on the time counts
    atheris.Setup([sys.argv[0], *arguments], target.watched(folder))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
