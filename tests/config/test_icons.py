import re

from django.conf import settings

from config.navigation import HELP, OWN, PLACES

SPRITE = settings.BASE_DIR / "build" / "vendor" / "icons" / "icons.svg"


def test_every_icon_that_a_page_names_is_in_the_sprite():
    pages = [path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    named = {name for page in pages for name in re.findall(r'icon\.html" with name="([^"]+)"', page)}
    named |= {place.icon for place in [*PLACES, *OWN, HELP]}

    drawn = set(re.findall(r'<symbol[^>]* id="([^"]+)"', SPRITE.read_text()))

    assert "house" in named
    assert named - drawn == set()
