"""`python -m receipts.photo MEMORY CPU`: reads photos off standard input, one after the other.

The process that opens strangers' pictures holds no secret, reaches no file and no database, and
may be killed at any moment. A photo comes as its length in four bytes and then its bytes; what
was read goes out as one line of JSON. Units: MEMORY in bytes, CPU in seconds for one photo.
"""

import json
import math
import os
import resource
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

from receipts.photo.ladder import read_photo
from receipts.photo.picture import PhotoRefused, Refusal, open_photo
from receipts.scanned import codes_in

_LENGTH = 4
_NICENESS = 5  # chat replies go first where the processor is short
_FOUND, _OTHER, _NOTHING = "found", "other", "nothing"


def _confine(memory: int) -> None:
    """Give up what reading a photo does not need."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow(cpu: int) -> None:
    """So many more seconds of the processor, then the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + cpu
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _holds_a_code(texts: Sequence[str]) -> bool:
    return bool(codes_in(texts).codes)


def _told(content: bytes) -> dict[str, Any]:
    """What is ours in the photo; no other text of it leaves this process."""
    try:
        reading = read_photo(open_photo(content), enough=_holds_a_code)
    except PhotoRefused as refused:
        return {"outcome": str(refused.why)}
    found = codes_in(reading.texts)
    outcome = _FOUND if found.codes else _OTHER if reading.texts else _NOTHING
    return {
        "outcome": outcome,
        "codes": found.codes,
        "links": found.links,
        "steps": reading.steps,
    }


def _answer(source: BinaryIO, sink: BinaryIO, cpu: int) -> bool:
    """Read one photo; False when there is none any more."""
    head = source.read(_LENGTH)
    if len(head) < _LENGTH:
        return False
    content = source.read(int.from_bytes(head, "big"))
    _allow(cpu)
    try:
        told = _told(content)
    except MemoryError:
        return False  # whoever asked sees the end of this process, and starts another
    except Exception:  # a decoder's fault: the bytes are a stranger's
        told = {"outcome": str(Refusal.BROKEN)}
    sink.write(json.dumps(told).encode() + b"\n")
    sink.flush()
    return True


def main() -> None:
    """Say that we are ready, then read until nobody sends any more."""
    memory, cpu = (int(value) for value in sys.argv[1:3])
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _confine(memory)
    sink.write(b"{}\n")
    sink.flush()
    while _answer(source, sink, cpu):
        pass


if __name__ == "__main__":
    main()
