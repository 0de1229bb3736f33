"""For `gunicorn cyberwehr.wsgi:app` by hand in this folder; the settings lie in the package."""

from cyberwehr.gunicorn_conf import *  # noqa: F403
