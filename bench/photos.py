"""Photos of slips: how many are read, how surely and how fast, against zxing-cpp alone.

Each photo goes to zxing-cpp alone, then to the first pass, then, where that found nothing, to the
patient pass; times are of the processor, one thread, from the photo's bytes.
"""

import io
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from time import process_time

from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats, read_barcodes

from bench.row import Row
from receipts.photo.ladder import first_pass, read_photo
from receipts.photo.picture import open_photo
from receipts.scanned import codes_in
from tests.photos.sets import hard_photos, photos_without_code

PHOTOS, WITHOUT = 400, 100
MORE_POINTS, MORE_BY_PATIENCE = 6.0, 1.0
MOST_TIMES = 2.5
PATIENCE = 1.0
_QR = BarcodeFormats(BarcodeFormat.QRCode)


@dataclass(slots=True)
class Tally:
    """What came of the set. Units: seconds of the processor, in total and the longest."""

    photos: int = 0
    alone: int = 0
    first: int = 0
    patient: int = 0
    wrong: int = 0
    false: int = 0
    alone_seconds: float = 0.0
    first_seconds: float = 0.0
    patient_seconds: float = 0.0
    patient_photos: int = 0
    longest: float = 0.0

    def look(self, content: bytes, text: str) -> None:
        """Read one photo in all three ways; `text` is what its QR holds, "" for none."""
        self.photos += 1
        began = process_time()
        alone = _zxing_alone(content)
        at_first = process_time()
        image = open_photo(content)
        first = first_pass(image)
        after = process_time()
        self.alone_seconds += at_first - began
        self.first_seconds += after - at_first
        patient = first
        if not first.steps:
            patient = read_photo(image)
            took = process_time() - after
            self.patient_seconds += took
            self.patient_photos += 1
            self.longest = max(self.longest, took)
        if not text:
            self.false += bool(first.texts or codes_in(patient.texts).codes)
            return
        self.alone += text in alone
        self.first += text in first.texts
        self.patient += text in patient.texts
        self.wrong += any(read != text for read in patient.texts)


def _zxing_alone(content: bytes) -> list[str]:
    with Image.open(io.BytesIO(content)) as image:
        image.draft("L", image.size)
        return [one.text for one in read_barcodes(image.convert("L"), formats=_QR)]


def run() -> list[Row]:
    """Measure the whole set in a process with one thread for arithmetic, as photos are read."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.photos"],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return _rows(Tally(**json.loads(told)))


def _rows(tally: Tally) -> list[Row]:
    alone, first, patient = (
        100 * read / PHOTOS for read in (tally.alone, tally.first, tally.patient)
    )
    times = tally.first_seconds / tally.alone_seconds
    mean = tally.patient_seconds / max(1, tally.patient_photos)
    return [
        Row(
            f"photos read, first pass, of {PHOTOS}",
            f"{first:.1f} %",
            f"zxing-cpp alone {alone:.1f} %",
            f"{first - alone:+.1f} points",
            f"≥ {MORE_POINTS:+.0f} points",
            first - alone >= MORE_POINTS,
        ),
        Row(
            f"… false on {WITHOUT} without a code, and wrong texts",
            f"{tally.false} and {tally.wrong}",
            bar="0",
            reached=not tally.false + tally.wrong,
        ),
        Row(
            f"… mean time over all {tally.photos}",
            f"{1000 * tally.first_seconds / tally.photos:.1f} ms",
            f"zxing-cpp alone {1000 * tally.alone_seconds / tally.photos:.1f} ms",
            f"{times:.2f}",
            f"≤ {MOST_TIMES}",
            times <= MOST_TIMES,
        ),
        Row(
            "photos read with patience",
            f"{patient:.1f} %",
            f"first pass {first:.1f} %",
            f"{patient - first:+.1f} points",
            f"≥ {MORE_BY_PATIENCE:+.0f} point",
            patient - first >= MORE_BY_PATIENCE,
        ),
        Row(
            f"… time for each of the {tally.patient_photos} left",
            f"mean {mean:.2f} s, longest {tally.longest:.2f} s",
            bar=f"mean ≤ {PATIENCE:.0f} s",
            reached=mean <= PATIENCE,
        ),
    ]


def main() -> None:
    """Print the tally as JSON."""
    tally = Tally()
    for photo in hard_photos(PHOTOS):
        tally.look(photo.shot.content, photo.text)
    for photo in photos_without_code(WITHOUT):
        tally.look(photo.shot.content, "")
    print(json.dumps(asdict(tally)))


if __name__ == "__main__":
    main()
