"""Is this process alive, is this instance ready, and what do its figures say."""

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import ServiceUnavailable

from cyberwehr.services import figures, heartbeats
from cyberwehr.storage import StorageAway
from cyberwehr.web.context import the_instance

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """This process answers. Says nothing about anything else."""
    return jsonify(status="alive")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 if a call would be received and an alarm would leave now, else 503 with what is missing."""
    try:
        state = heartbeats.readiness(the_instance())
    except StorageAway:
        state = {"database": False, "schema": False, "regions": bool(the_instance().regions), "engine": False}
    return jsonify(state), 200 if all(state.values()) else ServiceUnavailable.code


@health.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, read from the database at the moment of asking."""
    return Response(figures.exposition(the_instance()), content_type="text/plain; version=0.0.4; charset=utf-8")
