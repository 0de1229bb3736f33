"""Gunicorn's entrance: `gunicorn cyberwehr.wsgi:app`."""

import os

from cyberwehr.app import app_from_environment

app = app_from_environment(dict(os.environ))
