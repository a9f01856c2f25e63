"""Tags for putting pages together."""

from functools import cache

from django import template
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.safestring import SafeString

from accounts.panels import Panel

register = template.Library()


@register.simple_tag(takes_context=True)
def show_panel(context: RequestContext, panel: Panel) -> SafeString:
    """Render one piece of the home page: its own context on top of the page's."""
    assert context.template is not None  # a tag runs inside a template
    piece = context.template.engine.get_template(panel.template)
    with context.push(**panel.context):
        return piece.render(context)


@register.simple_tag
@cache
def sprite() -> str:
    """The address of the file of icons, worked out once: a page names it twenty times."""
    return static("icons/icons.svg")
