"""Multipart uploads of the OA, and the addresses under which files are served (manual 3.5)."""

from aiohttp import web

from sandbox.drafts import RefusedError
from sandbox.gate import Call, Json
from sandbox.media import UPLOAD_LIFE, kind_of
from sandbox.world import WORLD

MEGABYTE = 1024 * 1024
LIMITS = {"image": MEGABYTE, "gif": 5 * MEGABYTE, "file": 5 * MEGABYTE}
EXTENSIONS = {"image": ("jpg", "png"), "gif": ("gif",), "file": ("pdf", "doc", "docx", "csv")}


async def upload(call: Call) -> Json:
    """POST /v2.0/oa/upload/image|gif|file with the form field `file`."""
    kind = call.request.path.rsplit("/", 1)[-1]
    part = (await call.request.post()).get("file")
    if not isinstance(part, web.FileField):
        raise RefusedError(-201, "file is invalid")
    content = part.file.read()
    if len(content) > LIMITS[kind]:
        raise RefusedError(-210, f"file exceeds {LIMITS[kind] // MEGABYTE} MB")
    extension = part.filename.rsplit(".", 1)[-1].lower() if kind == "file" else kind_of(content)[1]
    if not content or extension not in EXTENSIONS[kind]:
        raise RefusedError(-201, "file type is invalid")
    kept = call.world.media.keep(content, part.filename, call.world.clock.now() + UPLOAD_LIFE)
    call.summary = f"upload {kind} · {len(content)} bytes"
    return {"data": {"token" if kind == "file" else "attachment_id": kept.id}}


async def media(request: web.Request) -> web.Response:
    """GET /media/<id>: the file while it lives, 410 afterwards."""
    world = request.app[WORLD]
    kept = world.media.get(request.match_info["id"])
    if kept is None:
        return web.Response(status=404, text="no such file\n")
    if kept.expires_at <= world.clock.now():
        return web.Response(status=410, text="expired\n")
    headers = {"X-Content-Type-Options": "nosniff"}
    return web.Response(body=kept.content, content_type=kept.content_type, headers=headers)
