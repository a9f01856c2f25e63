"""What must be in place before the web process, the worker or beat may start with DEBUG off."""

import stat
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SAMPLE = "sample"  # the secret and the key in .env.example begin with this word


def refuse_unready() -> None:
    """Refuse to start with a sample secret or key, or without a private folder for the studies' keys."""
    reasons = [] if settings.DEBUG else [*_sample_secret(), *_key_folder()]
    if reasons:
        raise ImproperlyConfigured("Flipside does not start: " + "; ".join(reasons) + ".")


def _sample_secret() -> list[str]:
    given = {"SECRET_KEY": [settings.SECRET_KEY], "FIELD_KEYS": settings.FIELD_KEYS}
    return [
        f"{name} is still the sample of .env.example"
        for name, secrets in given.items()
        if any(secret.lower().startswith(SAMPLE) for secret in secrets)
    ]


def _key_folder() -> list[str]:
    folder = Path(settings.STUDY_KEY_DIR)
    if not folder.is_dir():
        return [f"the folder STUDY_KEY_DIR={folder} does not exist"]
    if stat.S_IMODE(folder.stat().st_mode) != 0o700:
        return [f"the folder STUDY_KEY_DIR={folder} must have mode 700, so that nobody else reads the studies' keys"]
    return []
