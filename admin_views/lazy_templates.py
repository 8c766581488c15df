"""Templates of macros that are only made where a page uses one: most pages need few of those that may be asked for."""

from typing import Any

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context


def init_app(app: Flask) -> None:
    """Give templates `{% set lib = lazily("admin/lib.html") %}`, which is as if it were imported with context."""
    app.jinja_env.globals["lazily"] = lazily


@pass_context
def lazily(context: Context, name: str) -> "LazyTemplate":
    """The macros of a template, for the page that the context is of."""
    return LazyTemplate(context, name)


class LazyTemplate:
    """The module of a template, made at its first use with all that the page knows."""

    def __init__(self, context: Context, name: str) -> None:
        self._context, self._name = context, name

    def __getattr__(self, macro: str) -> Any:
        template = self._context.environment.get_template(self._name)
        self.__dict__ |= vars(template.make_module(self._context.get_all(), shared=True))
        return object.__getattribute__(self, macro)
