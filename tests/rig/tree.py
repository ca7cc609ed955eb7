"""The checkout's own files, as the rules about the code read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@cache
def our_files() -> tuple[Path, ...]:
    """Every file git tracks or would track, relative to the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=True)
    names = {Path(name.decode()) for name in told.stdout.split(b"\0") if name}
    return tuple(sorted(path for path in names if (CHECKOUT / path).is_file()))


def python_files(*folders: str) -> list[Path]:
    """Our Python files under these folders, or at these paths."""
    wanted = tuple(Path(folder) for folder in folders)
    return [
        path
        for path in our_files()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in wanted)
    ]


def text_of(path: Path) -> str:
    """The text of one of our files; what is no UTF-8 (an image, a font) reads as empty."""
    try:
        return (CHECKOUT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def syntax_of(path: Path) -> ast.Module:
    """The syntax tree of one of our Python files."""
    return ast.parse(text_of(path), filename=str(path))
