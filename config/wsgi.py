"""The web process: `gunicorn config.wsgi`."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.readiness import refuse_unready  # reads the settings

refuse_unready()
application = get_wsgi_application()
import_module("config.urls")  # now, and not while the first person waits
