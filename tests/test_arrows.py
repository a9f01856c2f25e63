"""Foreign keys follow the arrows too: an app knows the apps to its right, never one to its left."""

from django.apps import apps

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
