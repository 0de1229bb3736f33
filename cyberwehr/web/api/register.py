"""The JSON API, version 1: flask-smorest and marshmallow, OpenAPI 3.1 at /api/v1/openapi.json."""

from typing import Any

from flask import Flask
from flask_smorest import Api

from cyberwehr.web.api import openapi, repeatable
from cyberwehr.web.api.alarms import alarms
from cyberwehr.web.api.calls import calls
from cyberwehr.web.api.demand import demand
from cyberwehr.web.api.incidents import incidents
from cyberwehr.web.api.regions import meta_pages, regions

SETTINGS: dict[str, Any] = {
    "API_TITLE": "Cyberwehr",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
}


def register_api(app: Flask) -> None:
    app.config.update(SETTINGS)
    api = Api(app)
    for blueprint in (calls, incidents, alarms, regions, meta_pages, demand):
        api.register_blueprint(blueprint)
    openapi.describe(app, api)
    repeatable.init(app)
