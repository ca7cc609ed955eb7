"""Files of strangers and of other programs: photos, PDFs, images of pages, backups."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from cryptography.fernet import Fernet
from PIL import Image

from bot.backup_file import Manifest, open_backup, sealed_backup
from bot.sealed_stream import Broken, seal_stream
from receipts.barcode import Symbology
from receipts.photo.ladder import read_photo
from receipts.photo.picture import MOST_PIXELS, PhotoRefused, open_photo
from receipts.scanned import codes_in
from receipts.stamp.order import Order
from receipts.stamp.paper import stamp
from receipts.stamp.refusal import StampRefused
from tests.fuzz.target import Promise, Target
from tests.photos.sets import clear_photo
from tests.receipts.stamp.papers import A5, CODE, link_of, paper

PHOTO_CODE = "H56.14-240823-0001"
KEY = Fernet.generate_key().decode()
ORDERS = (
    Order(),
    Order(code=CODE, again=True, break_signature=True),
    Order(code=CODE, page=None, symbology=Symbology.CODE128),
)
PDF_WORDS = (
    "obj", "endobj", "stream", "endstream", "xref", "trailer", "startxref", "/Root", "/Pages",
    "/Kids", "/Count", "/MediaBox", "/CropBox", "/Rotate", "/Contents", "/Resources", "/AcroForm",
    "/Fields", "/FT /Sig", "/Perms", "/DocMDP", "/Annots", "/Rect", "/UserUnit", "/Encrypt",
    "/FlateDecode", "/Length", "/XObject", "/Parent", "null", "1e40", "-1", "[]", "<<>>",
)  # fmt: skip


def _reads_photos(_folder: Path) -> Promise:
    def promise(content: bytes) -> None:
        try:
            picture = open_photo(content)
        except PhotoRefused:
            return
        assert picture.mode == "L"
        assert picture.width * picture.height <= MOST_PIXELS
        reading = read_photo(picture, enough=lambda texts: bool(codes_in(texts).codes))
        assert set(codes_in(reading.texts).codes) <= {PHOTO_CODE}

    return promise


def _photos() -> Sequence[bytes]:
    return [clear_photo(PHOTO_CODE, form=form) for form in ("JPEG", "PNG", "WEBP", "HEIF")]


def _stamps(_folder: Path) -> Promise:
    """The first byte chooses the order."""

    def promise(data: bytes) -> None:
        order, content = ORDERS[(data[:1] or b"0")[0] % len(ORDERS)], data[1:]
        try:
            stamped = stamp(content, order, link_of)
        except StampRefused:
            return
        again = stamp(stamped.data, Order(code=stamped.code, break_signature=True), link_of)
        assert again.already
        assert again.data == stamped.data

    return promise


def _pdfs() -> Sequence[bytes]:
    plain, two = paper(A5, lines=2), paper(A5, lines=1, pages=2)
    return [b"\x00" + plain, b"\x01" + plain, b"\x02" + two, b"\x00%PDF-1.4\n"]


def _pictures() -> Sequence[bytes]:
    found = []
    for form in ("PNG", "JPEG", "TIFF"):
        written = BytesIO()
        Image.new("L", (500, 700), 255).save(written, form, dpi=(100, 100))
        found.append(b"\x01" + written.getvalue())
    return found


def _opens_backups(_folder: Path) -> Promise:
    """The first byte says whether the rest is a file, or what stands sealed within one."""

    def promise(data: bytes) -> None:
        content = data[1:]
        if data[:1] != b"r":
            content = b"".join(seal_stream(KEY, [content]))
        try:
            contents = open_backup([KEY], BytesIO(content))
            for _ in contents.dump:
                pass
        except Broken:
            return
        assert contents.manifest.made_at.tzinfo is not None

    return promise


def _records() -> Sequence[bytes]:
    manifest = Manifest(datetime(2026, 11, 25, tzinfo=UTC), "0.1.0", "sqlite", "0001", {"inbox": 1})
    sealed = b"".join(sealed_backup(KEY, manifest, b"A=1\n", iter([b"dump"])))
    plain = manifest.as_json()
    head = b"M" + len(plain).to_bytes(4, "big") + plain
    return [b"r" + sealed, b"s" + head, b"s" + head + b"D\x00\x00\x00\x01x", b"sM\xff\xff\xff\xff"]


TARGETS = (
    # What one photo may cost is bounded by its own process: bot/photo_reader.py, Limits.
    Target("photo", _reads_photos, _photos, most_bytes=60_000, seconds=8.0, mib=1_500),
    Target("pdf", _stamps, _pdfs, PDF_WORDS, most_bytes=60_000, seconds=10.0, mib=1_500),
    Target("picture", _stamps, _pictures, most_bytes=60_000, seconds=10.0, mib=1_500),
    Target("backup", _opens_backups, _records, ("form", "made_at", "kind", "counts", "M", "S")),
)
