"""The web application: a table of contents. It never touches the database."""

from flask import Flask

from cyberwehr.config import Config, load_config, prepare
from cyberwehr.instance import Instance, open_instance
from cyberwehr.web import context, drain, health, policy, problems, security
from cyberwehr.web.api.register import register_api
from cyberwehr.web.desk import desk
from cyberwehr.web.office import office
from cyberwehr.web.provider import provider
from cyberwehr.web.public import public

AUDIENCES = ("public", "desk", "all")


def create_app(config: Config, audience: str = "all", instance: Instance | None = None) -> Flask:
    """The app for one audience: `public` (forms, alarm links, API for partners), `desk` (everything else) or `all`."""
    app = Flask("cyberwehr.web", static_folder="static", template_folder="templates")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(
        MAX_CONTENT_LENGTH=config.limits.body_kb * 1024,
        MAX_FORM_MEMORY_SIZE=config.limits.body_kb * 1024,
        TRUSTED_HOSTS=list(config.security.trusted_hosts) or None,
    )
    context.init(app, instance or open_instance(config))
    security.init(app, config)
    app.register_blueprint(health.health)
    app.register_blueprint(public)
    app.register_blueprint(provider)
    app.register_blueprint(desk)
    app.register_blueprint(office)
    register_api(app)
    problems.init(app)
    drain.init(app)
    policy.init(app, audience)
    return app


def app_from_environment(environ: dict[str, str]) -> Flask:
    """What gunicorn serves: settings from the environment and the file it names."""
    config = prepare(load_config(environ))
    return create_app(config, environ.get("CYBERWEHR_AUDIENCE", "all"))
