"""gunicorn's settings: `gunicorn` alone starts web. See https://gunicorn.org for what each means."""

import gc
import logging
import resource
import sys
from typing import Any

import log_lines
from config import ConfigError, Settings

try:
    _settings = Settings.from_environment()
except ConfigError as error:
    sys.exit(str(error))

wsgi_app = "app:create_web()"
bind = [f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"]
workers = _settings.web_workers
worker_class = "web_worker.Worker"
worker_connections = 3_000
"""Requests and listeners at a time in one process; at most 2,000 of them listen, so that there is room for requests."""
timeout = 60
graceful_timeout = 5
"""Seconds that requests under way get when web stops."""
keepalive = _settings.request_time_limit_s
"""Seconds that a connection may be idle, and in which headers have to arrive; web_worker gives the body as many."""
limit_request_line = 8_190
limit_request_fields = 100
limit_request_field_size = 8_190
forwarded_allow_ips = ""
"""Nobody's, not even loopback's: guards.proxies listens to what proxies say, and to TRUSTED_PROXIES alone."""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "info"

FILES = 16_384
"""Files and connections that a process may have open, where the system lets it; each listener is one."""
_now, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
if _now != resource.RLIM_INFINITY:
    _wanted = FILES if _most == resource.RLIM_INFINITY else min(FILES, _most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(_now, _wanted), _most))


COLLECT_AFTER = 50_000
"""Objects that come on top before the collector looks; 700 is Python's own figure. A page takes a tenth less by it."""


def post_worker_init(worker: Any) -> None:
    """End all streams as soon as the process is told to stop, since no request under way is waited for longer.

    What is logged begins with when, as gunicorn's own lines do. The first process also tells how the first admin gets
    in, and whether web connects to the database as somebody who may do too much; not of what is only measured beside
    the console.
    """
    worker.wsgi.extensions["console_live"].end_when(lambda: not worker.alive)
    if "console_settings" not in worker.wsgi.extensions:
        return
    log_lines.write(logging.WARNING)
    collect_rarely()
    if worker.age == 1:
        import logins  # here, once the worker has made what it imports cooperate
        from people import first_start
        from services.database_logins import Process

        logins.warn(worker.wsgi.config["SQLALCHEMY_DATABASE_URI"], Process.WEB)
        first_start.announce(worker.wsgi)


def collect_rarely() -> None:
    """Have the collector leave alone what the application is made of, and look at the rest less often.

    A list's page makes some ten thousand objects, nearly all of which go by themselves; as Python is set up, it would
    look at them dozens of times a page, and at all modules and views once in a few pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
