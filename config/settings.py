"""All settings in one place; every value that differs between two machines comes from the environment.

Read `.env.example` for what a real school sets. With DEBUG off nothing is guessed: a missing value is one sentence.
"""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from config import embedded, log_lines
from config.content_policy import content_policy
from config.environment import BASE_DIR, flag, is_field_key, listed, new_field_key, read_env_file
from config.mail_server import mail_settings
from config.sign_in_providers import FORM_TARGETS, sign_in_providers

read_env_file()

TESTING = "PYTEST_VERSION" in os.environ  # set by pytest itself, and seen by the worker that a test starts
DEBUG = flag("DEBUG", default=TESTING)
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / ("var/test" if TESTING else "var")).resolve()

REQUIRED = ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "EMAIL_URL", "STUDY_KEY_DIR", "FIELD_KEYS"]
if not DEBUG and (missing := [name for name in REQUIRED if not os.environ.get(name)]):
    raise ImproperlyConfigured(
        "Flipside does not start: with DEBUG off it needs "
        + ", ".join(missing)
        + " in the environment. See .env.example; for a trial on your own machine set DEBUG=1."
    )


def kept_secret(name: str, make: Callable[[], str] = get_random_secret_key) -> str:
    """A secret of this folder only, made at first use, for development: production sets its own."""
    path = VAR_DIR / name
    try:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(make())
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret("secret_key")
# What encrypts learner flags and second factors, the newest key first; see accounts/field_key.py.
FIELD_KEYS = listed("FIELD_KEYS") or [kept_secret("field_key", new_field_key)]
for place, key in enumerate(FIELD_KEYS, start=1):
    if not is_field_key(key):  # the key itself stands in no error
        raise ImproperlyConfigured(f"Key {place} of FIELD_KEYS is not 32 bytes in URL-safe base64. See .env.example.")
STUDY_KEY_DIR = Path(os.environ.get("STUDY_KEY_DIR") or VAR_DIR / "study_keys")
if DEBUG and not os.environ.get("STUDY_KEY_DIR"):
    STUDY_KEY_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
CLOCK_OFFSET_FILE = VAR_DIR / "clock_offset"  # read with DEBUG on only, see accounts/clock.py

ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
# Where links in mail lead.
HOME = f"http://localhost:{os.environ.get('PORT') or 8000}" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
SITE_URL = (os.environ.get("SITE_URL") or HOME).rstrip("/")

INSTALLED_APPS = [
    "config",
    "surveys",
    "sessions_app",
    "mentorship",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "pgtrigger",
    "pghistory",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_linear_migrations",
]

MIDDLEWARE = [
    "config.error_pages.plain_error_pages",
    "config.methods.only_known_methods",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SessionAgeMiddleware",
    "accounts.middleware.PersonMiddleware",
    "accounts.middleware.TrailMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.NotKeptMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context_processors.reading",
                "config.navigation.navigation",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Where things are kept. Without a URL (DEBUG only) a service of its own is started from a wheel.
DATABASE_URL = os.environ.get("DATABASE_URL") or embedded.start_postgres(VAR_DIR, durable=not TESTING)
DATABASES = {"default": {**dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}}
if test_name := os.environ.get("TEST_DATABASE_NAME"):
    DATABASES["default"]["TEST"] = {"NAME": test_name}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "config.cache.WaitingDatabaseCache",
        "LOCATION": "cache_entry",
        # Beyond this some entries are thrown away, and with them the count of somebody's wrong passwords.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# Hours that a visit may rest, and last, by hat. Students sit at computers that others use after them.
SESSION_HOURS = {"teacher": (7 * 24, 14 * 24), "student": (4, 12), "coordinator": (4, 12), "admin": (2, 12)}
SESSION_SEEN_SECONDS = 10 * 60  # how often a visit is noted
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # what a page says stays on the server
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # one tick for each person of a roster

# Celery carries nudges only: what must happen is a row in the database.
OUTBOX_SCAN_SECONDS = float(os.environ.get("OUTBOX_SCAN_SECONDS", "60"))
CELERY_BROKER_URL = os.environ.get("REDIS_URL") or embedded.start_valkey(VAR_DIR)
CELERY_BROKER_TRANSPORT_OPTIONS = {  # for a publisher: a page must not wait for a broker that is away
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 1.5,  # longer than the second that a worker waits for the next task
    "retry_on_timeout": False,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULER = "config.beat:SteadyScheduler"  # keeps no file: scans read what is due from the tables
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None

# People and sign-in.
AUTH_USER_MODEL = "accounts.User"
# auth.W004: the user name is unique without regard to capitals, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["accounts.backends.PersonBackend"]
PASSWORD_HASHERS = ["config.hashers.OwaspArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "given_name", "family_name", "email")},
    },
    {"NAME": "accounts.passwords.SchoolWordsValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # the subject says it all
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody learns by a mail, or by its absence, who is in the school
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# A whole school comes from one address, so limits by address are wide and the limit by name is narrow.
# The one by name stands first: what it refuses is not counted for the address, or one name tried on and on would close
# the sign-in of a whole school.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "5/5m/key,200/m/ip",
    "sign_in_card": "10/5m/key,200/m/ip",
    "reset_password": "60/m/ip,5/m/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # how long after the password a second factor may be changed
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))

# The second factor: a code from an app, a passkey, or a spare code.
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # PIN, finger or face: having the device is not enough
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.forms.second_factor.AuthenticateForm",
    "reauthenticate": "accounts.forms.second_factor.ReauthenticateForm",
    "activate_totp": "accounts.forms.second_factor.ActivateTOTPForm",
}

# Google and Microsoft let in whom the school knows, where the environment has keys for them.
SOCIALACCOUNT_ADAPTER = "accounts.adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = sign_in_providers(os.environ)
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# Languages and time. Times are stored in UTC and shown in the school's time zone.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: our own, and those that set-up copied from npm.
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "build" / "static")
if DEBUG:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder, though it is not used
STATICFILES_DIRS = [path for path in (BASE_DIR / "static", BASE_DIR / "build/vendor") if path.is_dir()]
WHITENOISE_USE_FINDERS = DEBUG and not TESTING  # each client of a test would look for all files anew
WHITENOISE_AUTOREFRESH = DEBUG and not TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

if email_url := os.environ.get("EMAIL_URL"):
    globals().update(mail_settings(email_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = float(os.environ.get("EMAIL_TIMEOUT", "10"))  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Flipside <flipside@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"  # right side of Message-IDs and of calendar UIDs

# What a browser may do with our pages.
CONTENT_SECURITY_POLICY = content_policy(FORM_TARGETS[name] for name in SOCIALACCOUNT_PROVIDERS)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEBUG
if not DEBUG:
    # The prefix binds a cookie to this host, to TLS and to the whole site.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, without TLS
    if flag("BEHIND_TLS_PROXY"):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = log_lines.LOGGING

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
