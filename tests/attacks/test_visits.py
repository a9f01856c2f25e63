"""What a visit opens while it lasts, on every page: no other site, nothing for who left, nothing that is kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.attacks.elsewhere import EVIL, leads_home
from tests.policy import VISITORS, changed_since, fingerprint, visit
from tests.policy_table import PAGES
from tests.walk import Walk

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-word"


@pytest.mark.parametrize("label", ["C", "T", "S", "A"])
def test_no_form_and_no_page_leads_to_another_site(label: str, walk: Walk) -> None:
    surprises = []

    for name, form in walk.forms(label):
        for evil in EVIL[:2]:
            asked = "&" if "?" in form.action else "?"
            address = f"{form.action}{asked}next={quote(evil)}&back={quote(evil)}&go={quote(evil)}"
            with transaction.atomic():
                more = {field: [evil] for field in ("next", "back", "go", "return_to", "url")}
                response = walk.post(label, address, {**form.filled(), **more})
                if not leads_home(response):
                    surprises.append(f"{label} {name}: {response['Location']}")
                transaction.set_rollback(True)
    for name, page in PAGES.items():
        if page.get:
            response = visit(walk.clients[label], "get", page.address(name, walk.farm.own), data={"next": EVIL[0]})
            if not leads_home(response):
                surprises.append(f"{label} GET {name}: {response['Location']}")

    assert not surprises, "\n".join(surprises)


def test_person_who_left_is_out_at_once_on_every_page(walk: Walk) -> None:
    User.objects.filter(pk=walk.people["C"].pk).update(is_active=False)
    surprises = []

    for name, page in PAGES.items():
        if page.get and not page.is_open:
            response = visit(walk.clients["C"], "get", page.address(name, walk.farm.own))
            if response.status_code != 302 or not response["Location"].startswith(reverse("account_login")):
                surprises.append(f"{name}: {response.status_code}")

    assert surprises == []


@pytest.mark.parametrize("name", ["mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate"])
def test_second_step_without_the_first_signs_nobody_in_and_writes_nothing(name: str, walk: Walk) -> None:
    TOTP.activate(walk.farm.own.cast.coordinator, generate_totp_secret())
    before, client = fingerprint(), Client()

    for method, data in [("get", {}), ("post", {"code": "000000"}), ("post", {"code": "", "credential": "{}"})]:
        response = getattr(client, method)(reverse(name), data)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))

    assert "_auth_user_id" not in client.session
    assert changed_since(before) == []


def test_first_step_without_the_second_opens_no_page(walk: Walk) -> None:
    coordinator = walk.farm.own.cast.coordinator
    coordinator.set_password(PASSWORD)
    coordinator.save()
    TOTP.activate(coordinator, generate_totp_secret())
    client = Client()
    client.post(reverse("account_login"), {"login": coordinator.username, "password": PASSWORD})
    before, surprises = fingerprint(), []

    for name, page in PAGES.items():
        for method in ("get", "post"):
            if page.says(method) and not page.is_open:
                response = visit(client, method, page.address(name, walk.farm.own))
                if response.status_code != 302 or not response["Location"].startswith(reverse("account_login")):
                    surprises.append(f"{method} {name}: {response.status_code}")

    assert surprises == []
    assert changed_since(before) == []


@pytest.mark.parametrize("label", [label for label in VISITORS if label != "X"])
def test_no_page_of_somebody_signed_in_is_kept(label: str, walk: Walk) -> None:
    kept = []

    for name, page in PAGES.items():
        if page.get:
            response = visit(walk.clients[label], "get", page.address(name, walk.farm.own))
            if "no-store" not in response.get("Cache-Control", ""):
                kept.append(f"{name}: {response.get('Cache-Control')}")

    assert kept == []
