"""gunicorn's settings: `gunicorn` alone starts web. See https://gunicorn.org for what each means."""

import resource
import sys
from typing import Any

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


def post_worker_init(worker: Any) -> None:
    """End all streams as soon as the process is told to stop, since no request under way is waited for longer.

    The first process also tells how the first admin gets in, and whether web connects to the database as somebody who
    may do too much; not of what is only measured beside the console.
    """
    worker.wsgi.extensions["console_live"].end_when(lambda: not worker.alive)
    if worker.age == 1 and "console_settings" in worker.wsgi.extensions:
        import logins  # here, once the worker has made what it imports cooperate
        from people import first_start
        from services.database_logins import Process

        logins.warn(worker.wsgi.config["SQLALCHEMY_DATABASE_URI"], Process.WEB)
        first_start.announce(worker.wsgi)
