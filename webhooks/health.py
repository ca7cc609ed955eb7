"""`/healthz`, `/readyz`, `/metrics`: for load balancers and the people who watch."""

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from bot.health import present_metrics, readiness
from bot.runtime import Runtime
from bot.watch_gauges import watch_gauges
from webhooks.proxies import networks, within


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("health", __name__)
    readers = networks(runtime.settings.metrics_from)

    @routes.get("/healthz")
    def alive() -> Response:
        return jsonify(ok=True)

    @routes.get("/readyz")
    def ready() -> tuple[Response, int]:
        found = readiness(runtime)
        body = jsonify(ready=found.ready, missing=found.missing, warnings=found.warnings)
        return body, 200 if found.ready else 503

    @routes.get("/metrics")
    def metrics() -> Response:
        if not within(request.remote_addr or "", readers):
            abort(403)
        try:
            present = [*present_metrics(runtime), *watch_gauges(runtime)]
        except SQLAlchemyError:
            present = []  # counters are still worth reading while the database is away
        return Response(runtime.metrics.render(present), content_type=CONTENT_TYPE_LATEST)

    return routes
