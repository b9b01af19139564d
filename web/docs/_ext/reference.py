"""The directive ``public``: documents each name that a module offers, so that no list of them is kept by hand."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.ext.autodoc.mock import mock
from sphinx.util.docutils import SphinxDirective

# Classes that are not genotok's: what they bring along is described by their own references.
FOREIGN = "object, BaseException, Exception, ValueError, OSError, ImportError, UserWarning, UserDict, MutableMapping"
ARRAY = re.compile(r"~?numpy\.ndarray\[tuple\[~?typing\.Any, \.\.\.\], ~?numpy\.dtype\[~?(?:numpy|typing)\.(\w+)\]\]")


def public_names(module: ModuleType) -> list[str]:
    """List what ``__all__`` names, else the classes and functions that are defined there without an underscore."""
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not name.startswith("_")]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
    ]


class Public(SphinxDirective):
    """``.. public:: genotok.hf`` with ``:except: name, name``."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"except": directives.unchanged, "only": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Let autodoc write each name."""
        with mock(self.config.autodoc_mock_imports):
            module = import_module(self.arguments[0])
            lines = StringList(list(self._lines(module)), source=module.__file__ or module.__name__)
        holder = nodes.section()
        holder.document = self.state.document
        self.state.nested_parse(lines, 0, holder)
        return holder.children

    def _lines(self, module: ModuleType) -> Iterator[str]:
        for name in self._chosen(module):
            value = getattr(module, name)
            kind = "exception" if _is_error(value) else "class" if inspect.isclass(value) else "function"
            yield f".. auto{kind}:: {module.__name__}.{name}"
            if kind != "function":
                yield from ("   :members:", f"   :inherited-members: {FOREIGN}")
            yield ""

    def _chosen(self, module: ModuleType) -> list[str]:
        named, left_out = (
            [name.strip() for name in self.options.get(option, "").split(",") if name.strip()]
            for option in ("only", "except")
        )
        public = public_names(module)
        if unknown := {*named, *left_out} - set(public):
            raise self.error(f"{module.__name__} has no public {', '.join(sorted(unknown))}")
        return named or [name for name in public if name not in left_out]


def _is_error(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, BaseException)


def _shorten(_app: Sphinx, *about: Any) -> tuple[str | None, str | None]:
    """Spell arrays in a signature as ``NDArray[int32]``, and defaults that are made anew as Sphinx can parse them."""
    *_, signature, returns = about
    short = [each and ARRAY.sub(r"NDArray[\1]", each).replace("<factory>", "...") for each in (signature, returns)]
    return short[0], short[1]


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the directive, and write signatures as they are read."""
    app.add_directive("public", Public)
    app.connect("autodoc-process-signature", _shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
