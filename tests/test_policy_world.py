"""The world of the policy's tests is whole: a table without a row would be a page that nobody tries."""

from __future__ import annotations

import pytest
from django.apps import apps

from tests.world import World

pytestmark = pytest.mark.django_db
OURS = ("accounts", "mentorship", "sessions_app", "surveys")


def test_every_table_of_ours_has_a_row(world: World) -> None:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]

    empty = [model._meta.label for model in models if not model._base_manager.exists()]

    assert empty == []
