"""Zalo's three hosts as base paths of one server: /oauth, /openapi, /business."""

from aiohttp import web

from sandbox import articles, business, oauth, openapi_people, openapi_send, uploads
from sandbox.gate import openapi, zbs

GONE = ("/v3.0/oa/message/transaction", "/v3.0/oa/message/promotion")
SENDS = {
    "/v3.0/oa/message/cs": openapi_send.cs,
    "/v3.0/oa/message/template": openapi_send.template,
    "/v2.0/oa/message": openapi_send.v2_message,
}


def add_routes(routes: web.UrlDispatcher) -> None:
    """Put the three hosts into the app; an unknown path of theirs is an "Empty api"."""
    routes.add_get("/oauth/v4/oa/permission", oauth.permission)
    routes.add_get("/oauth/v4/oa/permission/allow", oauth.allow)
    routes.add_post("/oauth/v4/oa/access_token", oauth.access_token)
    _add_openapi(routes)
    _add_business(routes)
    for host in ("oauth", "openapi", "business"):
        routes.add_route("*", f"/{host}/{{path:.*}}", _empty_api)


def _add_openapi(routes: web.UrlDispatcher) -> None:
    for path, view in SENDS.items():
        routes.add_post(f"/openapi{path}", openapi(view, sends=True))
    for path, post in openapi_people.POSTS.items():
        routes.add_post(f"/openapi{path}", openapi(post))
    for path, get in openapi_people.GETS.items():
        routes.add_get(f"/openapi{path}", openapi(get))
    for path, post in (("create", articles.create), ("verify", articles.verify)):
        routes.add_post(f"/openapi/v2.0/article/{path}", openapi(post))
    for kind in uploads.LIMITS:
        routes.add_post(f"/openapi/v2.0/oa/upload/{kind}", openapi(uploads.upload))
    for path in GONE:
        routes.add_post(f"/openapi{path}", openapi(openapi_send.gone))


def _add_business(routes: web.UrlDispatcher) -> None:
    for path, send in business.SENDS.items():
        routes.add_post(f"/business{path}", zbs(send, sends=True))
    for path, get in business.GETS.items():
        routes.add_get(f"/business{path}", zbs(get))


async def _empty_api(_request: web.Request) -> web.Response:
    return web.json_response({"error": 404, "message": "Empty api"})
