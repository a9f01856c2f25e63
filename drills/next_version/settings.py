"""The settings of the program, with the app whose migration is to come."""

from config.settings import *  # noqa: F403  # whatever they are
from config.settings import INSTALLED_APPS as TODAYS_APPS

INSTALLED_APPS = [*TODAYS_APPS, "drills.next_version"]
