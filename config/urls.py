"""Every address begins here. Names are plain, and a page is called noun_kind."""

from allauth.account import views as sign_in
from django.urls import include, path, re_path

from config.health import healthz
from config.home import home

# allauth's pages one by one: what we do not offer (sign-up, own e-mail addresses) has no address.
account_patterns = [
    path("login/", sign_in.login, name="account_login"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", sign_in.account_inactive, name="account_inactive"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/done/", sign_in.password_reset_done, name="account_reset_password_done"),
    # No dash in the first part: the key has dashes of its own.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("accounts/", include(account_patterns)),
    path("", include("accounts.urls")),
    path("", include("mentorship.urls")),
    path("", include("sessions_app.urls")),
    path("", include("surveys.urls")),
]
