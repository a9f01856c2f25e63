"""User names are unique in the installation, and made from names: whoever makes some stands in line."""

from django.db import connection

# Any number will do.
USER_NAME_LOCK = 7_267_837


def stand_in_line_for_user_names() -> None:
    """Wait until nobody else makes user names; until the end of the transaction it is our turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [USER_NAME_LOCK])
