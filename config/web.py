"""How gunicorn runs: `gunicorn config.wsgi --config python:config.web`."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.readiness import refuse_unready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

worker_class = "gthread"
preload_app = True  # loaded once for all workers: a quicker start, and memory in common
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# With more, one worker took all clicks of a rush into its own queue while the other worker's core was idle.
worker_connections = 2 * threads
timeout = 60
graceful_timeout = 5
keepalive = 1  # seconds; an idle connection counts among those above, so it may not linger
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
loglevel = "warning"

try:
    refuse_unready()
except ImproperlyConfigured as error:
    sys.exit(str(error))
