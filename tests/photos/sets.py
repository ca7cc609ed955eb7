"""Sets of photos: the same seed gives the same photos on every machine."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pillow_heif import register_heif_opener

from tests.photos.camera import Shot, photograph
from tests.photos.paper import paper_without_code, qr_modules, slip

register_heif_opener()

SEED = 20261129
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo of a set; `text` is what its QR code holds, "" where there is none."""

    shot: Shot
    text: str


def hard_photos(count: int, seed: int = SEED) -> Iterator[Photo]:
    """Photos of slips, as bad as citizens' photos are."""
    for number in range(count):
        random = np.random.default_rng((seed, number))
        text = _link(random)
        yield Photo(photograph(slip(text, random), random), text)


def photos_without_code(count: int, seed: int = SEED) -> Iterator[Photo]:
    """Photos in which nothing is to be read."""
    for number in range(count):
        random = np.random.default_rng((seed, 1_000_000 + number))
        yield Photo(photograph(paper_without_code(random, number), random), "")


def clear_photo(*texts: str, form: str = "JPEG") -> bytes:
    """A photo that any reader reads: these QR codes beside each other on white."""
    drawn = [np.kron(np.pad(qr_modules(text), 4), np.ones((6, 6), dtype=bool)) for text in texts]
    tall = max(len(one) for one in drawn)
    sheets = [np.pad(one, ((0, tall - len(one)), (0, 24))) for one in drawn]
    image = Image.fromarray(np.where(np.hstack(sheets), 20, 240).astype(np.uint8)).convert("RGB")
    packed = io.BytesIO()
    image.save(packed, form)
    return packed.getvalue()


def _link(random: np.random.Generator) -> str:
    mark = "".join(random.choice(list(LETTERS), 10))
    code = (
        f"H56.{random.integers(10, 99)}-2611{random.integers(10, 29)}-{random.integers(1, 9999):04}"
    )
    return f"HTTPS://MOTCUA.TINHMAU.GOV.VN/T/{code}.{mark}"
