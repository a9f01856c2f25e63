from django.db import migrations


def set_up_stations(apps, schema_editor):
    Playground = apps.get_model("sessions_app", "PlaygroundSession")
    Station = apps.get_model("sessions_app", "Station")
    Station.objects.bulk_create(
        Station(playground=playground, tool=tool, position=position)
        for playground in Playground.objects.prefetch_related("tools")
        for position, tool in enumerate(sorted(playground.tools.all(), key=lambda tool: tool.name))
    )


def name_tools(apps, schema_editor):
    for station in apps.get_model("sessions_app", "Station").objects.select_related("playground"):
        station.playground.tools.add(station.tool_id)


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0004_stations'),
    ]

    operations = [
        migrations.RunPython(set_up_stations, name_tools),
        migrations.RemoveField(
            model_name='playgroundsession',
            name='tools',
        ),
    ]
