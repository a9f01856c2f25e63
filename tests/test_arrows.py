"""Foreign keys follow the arrows too: an app knows the apps to its right, never one to its left."""

import re

from django.apps import apps
from django.conf import settings

ORDER = ["surveys", "sessions_app", "mentorship", "accounts"]


def test_no_relation_points_to_an_app_further_left() -> None:
    ours = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ORDER]

    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in ours
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) < ORDER.index(model._meta.app_label)
    ]

    assert len(ours) > 30
    assert wrong == []


def test_every_relation_is_drawn_and_nothing_else() -> None:
    text = (settings.BASE_DIR / "docs" / "data.md").read_text()
    ours = [model for model in apps.get_models() if model._meta.app_label in ORDER]

    drawn = {frozenset(pair) for pair in re.findall(r"^    (\w+) [|}][|o]--[|o][|{] (\w+) :", text, re.MULTILINE)}
    there = {
        frozenset({model.__name__, field.related_model.__name__})
        for model in ours
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created
    }

    assert len(there) > 60
    assert {tuple(sorted(pair)) for pair in there ^ drawn} == set()


def test_constraints_are_named_after_their_app() -> None:
    prefixes = {
        "accounts": "accounts_",
        "mentorship": "mentorship_",
        "sessions_app": "sessions_",
        "surveys": "surveys_",
    }

    wrong = [
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in prefixes
        for constraint in model._meta.constraints
        if not constraint.name.startswith(prefixes[model._meta.app_label])
    ]

    assert wrong == []
