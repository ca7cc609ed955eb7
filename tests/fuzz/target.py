"""What a guided fuzzer is pointed at: where bytes go in, and what has to hold whatever they are."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rig.tree import CHECKOUT

FOUND = CHECKOUT / "tests" / "fuzz" / "found"
Promise = Callable[[bytes], None]
"""Takes one input; raises when the product broke its word."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place where strangers' bytes come in.

    Shape: `open` is handed an empty folder of its own and gives the promise; `seeds` are inputs
           to begin with; `words` are what inputs are put together from.
    Units: `most_bytes` of an input; `seconds` of the processor that one input may take, `mib` of
           memory that the process may reach.
    """

    name: str
    open: Callable[[Path], Promise]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[str] = ()
    most_bytes: int = 4_096
    seconds: float = 2.0
    mib: int = 1_024

    def watched(self, folder: Path) -> Promise:
        """The promise, which is also broken by an input that takes too long."""
        promise = self.open(folder)

        def keep(data: bytes) -> None:
            began = time.thread_time()
            promise(data)
            took = time.thread_time() - began
            assert took <= self.seconds, f"{took:.1f} s of the processor for {len(data)} bytes"

        return keep

    def found(self) -> list[Path]:
        """Inputs that broke the promise once, kept so that they never do again."""
        return sorted((FOUND / self.name).glob("*"))
