"""A passkey in a real browser, under our Content-Security-Policy, with the authenticator that Chromium plays."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Program
from tests.e2e.visitor import PASSWORD, PHONE, Visitor, signed_in, visitor

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def as_before(program: Program) -> Iterator[None]:
    """The teacher of the demo school has no second factor, whatever happened here: other tests sign in as her."""
    yield
    program.shell(
        "from allauth.mfa.models import Authenticator; Authenticator.objects.filter(user__username='teacher').delete()"
    )


def with_device(person: Visitor) -> None:
    """Give the browser a device that asks for a finger and always gets it."""
    devtools = person.page.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_in_the_browser_and_signs_in(program: Program, browser: Browser) -> None:
    person = signed_in(browser, program.address, "teacher", size=PHONE)
    with_device(person)
    person.go("/accounts/second-factor/")
    person.page.get_by_role("link", name="Passkeys").click()
    person.page.fill("#id_password", PASSWORD)
    person.press("Go on")

    person.tap("Add it", role="button")  # the device answers first, then the form is sent
    person.sees("Here are your spare codes")
    person.check()
    person.page.locator("summary", has_text="Menu of").click()
    person.page.get_by_role("button", name="Sign out").click()
    person.page.wait_for_url("**/accounts/login/**")
    person.check()
    person.page.get_by_role("button", name="Sign in with a passkey").click()
    person.page.wait_for_url(f"{program.address}/")

    assert "Ms" in person.page.locator("header").inner_text() or person.page.locator(".me").count() == 1
    person.leave()


def test_without_the_device_the_page_says_so_and_the_code_still_lets_in(program: Program, browser: Browser) -> None:
    program.shell(
        "from accounts.models import User; from allauth.mfa.totp.internal.auth import TOTP; "
        "from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes; "
        "person = User.objects.get(username='teacher'); TOTP.activate(person, 'JBSWY3DPEHPK3PXP'); "
        "RecoveryCodes.activate(person)"
    )
    code = program.shell(
        "from allauth.mfa.models import Authenticator; "
        "rows = Authenticator.objects.filter(user__username='teacher', type='recovery_codes'); "
        "print(rows.get().wrap().get_unused_codes()[0])"
    ).strip()
    person = visitor(browser, program.address)
    with_device(person)  # one that holds no passkey: without any, the browser would wait for somebody to plug one in
    person.page.goto(f"{program.address}/accounts/login/")
    person.page.fill("#id_login", "teacher")
    person.page.fill("#id_password", PASSWORD)
    person.page.get_by_role("button", name="Sign in", exact=True).click()
    person.sees("Second step")
    person.check()

    person.page.get_by_role("button", name="Use a passkey").click()
    person.page.get_by_text("That did not work, or it was stopped").wait_for()
    person.page.fill("#id_code", code)
    person.page.get_by_role("button", name="Sign in", exact=True).click()
    person.page.wait_for_url(f"{program.address}/")
    person.leave()
