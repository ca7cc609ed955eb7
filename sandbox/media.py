"""Files the sandbox keeps: attachments citizens sent, and what the OA uploaded (manual 3.5)."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

ATTACHMENT_LIFE = 3600  # unstated by Zalo; short, because the manual says: download at once
UPLOAD_LIFE = 7 * 86_400
KEPT_BYTES = 200 * 1024 * 1024  # the oldest files leave first

MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF8", "image/gif", "gif"),
    (b"RIFF", "image/webp", "webp"),
    (b"%PDF-", "application/pdf", "pdf"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored file."""

    id: str
    content: bytes
    content_type: str
    extension: str
    name: str
    expires_at: float

    @property
    def md5(self) -> str:
        """The checksum Zalo gives for files."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def kind_of(content: bytes) -> tuple[str, str]:
    """Content type and extension read from the first bytes."""
    for magic, content_type, extension in MAGIC:
        if content.startswith(magic):
            return content_type, extension
    return "application/octet-stream", "bin"


class Media:
    """All stored files, by id, bounded in size."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def keep(self, content: bytes, name: str, expires_at: float) -> Kept:
        """Store one file until `expires_at` on the sandbox's clock."""
        content_type, extension = kind_of(content)
        kept = Kept(secrets.token_hex(16), content, content_type, extension, name, expires_at)
        self._files[kept.id] = kept
        self._bytes += len(content)
        while self._bytes > KEPT_BYTES and len(self._files) > 1:
            self._bytes -= len(self._files.popitem(last=False)[1].content)
        return kept

    def get(self, media_id: str) -> Kept | None:
        """The file with this id, also when it has expired."""
        return self._files.get(media_id)
