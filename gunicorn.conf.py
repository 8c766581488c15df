"""gunicorn's settings: `gunicorn` alone starts web. See https://gunicorn.org for what each means."""

import sys

from config import ConfigError, Settings

try:
    _settings = Settings.from_environment()
except ConfigError as error:
    sys.exit(str(error))

wsgi_app = "app:create_app()"
bind = [f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"]
workers = _settings.web_workers
worker_class = "gevent"
worker_connections = 2_000
"""Requests and idle listeners at a time in one process."""
timeout = 60
graceful_timeout = 5
"""Seconds that requests under way get when web stops."""
keepalive = 30
limit_request_line = 8_190
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "info"
