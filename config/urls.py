"""Every address begins here. Names are plain, and a page is called noun_kind."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as spare_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe

from accounts.views.provider import provider_callback, provider_disconnect, provider_login, provider_refused
from accounts.views.second_factor import passkey_edit, passkey_remove
from config.erasures import erasure_list, person_erase
from config.health import healthz
from config.home import home
from config.my_data import erasure_ask, erasure_take_back, my_data, my_data_download
from config.retention import retention_report_list, retention_settings

# allauth's pages one by one: what we do not offer (sign-up, own e-mail addresses) has no address.
account_patterns = [
    path("login/", sign_in.login, name="account_login"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", sign_in.account_inactive, name="account_inactive"),
    path("reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
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

second_factor_patterns = [
    path("", second_factor.index, name="mfa_index"),
    path("authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("app/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("spare-codes/", require_safe(spare_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("spare-codes/new/", spare_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("spare-codes/file/", require_safe(spare_codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("passkeys/", passkey.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/new/", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/reauthenticate/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/login/", passkey.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/", passkey_edit, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", passkey_remove, name="mfa_remove_webauthn"),
]

provider_patterns = [
    path("google/", provider_login, {"provider": "google"}, name="google_login"),
    path("google/login/callback/", provider_callback, {"provider": "google"}, name="google_callback"),
    path("microsoft/", provider_login, {"provider": "microsoft"}, name="microsoft_login"),
    path("microsoft/login/callback/", provider_callback, {"provider": "microsoft"}, name="microsoft_callback"),
    path("not-let-in/", provider_refused, name="socialaccount_login_error"),
    path("connected/<int:pk>/", provider_disconnect, name="provider_disconnect"),
]

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("accounts/", include(account_patterns)),
    path("accounts/", include(provider_patterns)),
    path("accounts/second-factor/", include(second_factor_patterns)),
    path("me/data/", my_data, name="my_data"),
    path("me/data/download/", my_data_download, name="my_data_download"),
    path("me/data/erasure/", erasure_ask, name="erasure_ask"),
    path("me/data/erasure/take-back/", erasure_take_back, name="erasure_take_back"),
    path("erasures/", erasure_list, name="erasure_list"),
    path("people/<int:pk>/erase/", person_erase, name="person_erase"),
    path("school/retention/", retention_settings, name="retention_settings"),
    path("school/retention/reports/", retention_report_list, name="retention_report_list"),
    path("", include("accounts.urls")),
    path("", include("mentorship.urls")),
    path("", include("sessions_app.urls")),
    path("", include("surveys.urls")),
]

handler500 = "config.error_pages.server_error"
