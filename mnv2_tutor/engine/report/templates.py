"""The one Jinja environment: every page, report and question is drawn from a template by it."""

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, Template
from markupsafe import Markup, escape


@cache
def template(package: str, name: str) -> Template:
    """The template of that name that lies in a package; what it is given is escaped."""
    source = files(package) / f"{name}.html.j2"
    return _environment().from_string(source.read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["code"] = with_code
    return environment


def with_code(text: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped
