"""How gunicorn serves cyberwehr.wsgi:app. Settings come from cyberwehr.toml and the environment.

Imports nothing that opens sockets: workers must patch the standard library for gevent before psycopg is imported, or
one slow query would hold up every visitor of that worker.
"""

import os
import sys
from typing import Any

import gevent

from cyberwehr.config import load_config
from cyberwehr.patience import PatientSocket
from cyberwehr.supervisor import dying_with

_web = load_config(os.environ).web

bind = f"[{_web.host}]:{_web.port}" if ":" in _web.host else f"{_web.host}:{_web.port}"
workers = _web.workers
worker_class = "gevent"
worker_connections = 1000
preload_app = False
control_socket_disable = True

timeout = 30
graceful_timeout = 5
keepalive = 5

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# Which forwarded headers count is decided in one place, by the number of proxies (cyberwehr.web.security).
forwarded_allow_ips = ""
forwarder_headers = ""

accesslog = None
errorlog = "-"
loglevel = "warning"


def when_ready(server: Any) -> None:  # noqa: ARG001  (gunicorn's signature)
    """One line for whoever reads the log; gunicorn's own say nothing of the pages."""
    pages = os.environ.get("CYBERWEHR_AUDIENCE", "all")
    print(
        f"cyberwehr web: listening on http://{bind}, pages: {pages}, processes: {workers}", file=sys.stderr, flush=True
    )


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  (gunicorn's signature)
    """A worker that outlived a killed master would keep the port and answer with nobody to stop it."""
    dying_with(worker.ppid)()


def pre_request(worker: Any, req: Any) -> None:  # noqa: ARG001  (gunicorn's signature)
    """From here on only the body is read; the headers had `keepalive` seconds."""
    req.unreader.sock = PatientSocket(req.unreader.sock)


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:  # noqa: ARG001  (gunicorn's signature)
    """The connection may live on: its next request is waited for as gunicorn does."""
    if isinstance(req.unreader.sock, PatientSocket):
        req.unreader.sock = req.unreader.sock.sock


def post_worker_init(worker: Any) -> None:
    """Native work of many milliseconds (argon2) runs in gevent's thread pool; see cyberwehr.web.context.apart."""
    worker.wsgi.extensions["threadpool"] = gevent.get_hub().threadpool.apply
