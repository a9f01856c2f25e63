import re
import time

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from kombu.exceptions import OperationalError

from config.celery import app


@pytest.mark.django_db
def test_healthz_answers_a_stranger(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response.headers["Cache-Control"] or "no-cache" in response.headers["Cache-Control"]


def test_healthz_can_not_be_posted_to(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_set_password", "mfa_trust", "mfa_signup_webauthn"]
)
def test_what_we_do_not_offer_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.django_db
def test_pages_forbid_foreign_scripts_frames_and_inline_styles(client: Client) -> None:
    policy = client.get(reverse("account_login")).headers["Content-Security-Policy"]

    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert re.fullmatch(r"'self'( 'nonce-[^']+')?", rules["script-src"])
    assert re.fullmatch(r"'self'( 'nonce-[^']+')?", rules["style-src"])
    assert (rules["frame-ancestors"], rules["object-src"], rules["form-action"]) == ("'none'", "'none'", "'self'")


def test_publishing_to_a_broker_that_is_away_fails_at_once() -> None:
    with app.connection_for_write("redis://127.0.0.1:1/0") as away:
        app.send_task  # noqa: B018  # load the machinery before the clock starts
        began = time.monotonic()
        with pytest.raises(OperationalError):
            app.send_task("nothing.at.all", connection=away, retry=False)

    assert time.monotonic() - began < 5  # Celery's own settings try for 20 s and more


def test_every_timer_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()

    timed = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert timed
    assert timed - set(app.tasks) == set()
