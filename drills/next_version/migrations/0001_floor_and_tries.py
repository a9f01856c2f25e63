"""As a careful migration does it: a column that the running version need not know, an index that is built aside."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # an index is built aside outside transactions only

    dependencies = [("sessions_app", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE sessions_app_booking ADD COLUMN floor smallint NOT NULL DEFAULT 0",
            "ALTER TABLE sessions_app_booking DROP COLUMN floor",
        ),
        migrations.RunSQL(
            "ALTER TABLE accounts_message ADD COLUMN tries smallint NOT NULL DEFAULT 0",
            "ALTER TABLE accounts_message DROP COLUMN tries",
        ),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY next_version_booking_floor ON sessions_app_booking (floor, starts_at)",
            "DROP INDEX CONCURRENTLY next_version_booking_floor",
        ),
    ]
