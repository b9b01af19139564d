"""How Sphinx makes the docs from these pages, from docstrings and from the command line's own parser."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "pkg"), str(HERE / "_ext")]

from genotok import __version__  # noqa: E402  # needs the path above

project = "genotok"
release = version = __version__
copyright = "the genotok authors, BSD-3-Clause"  # noqa: A001  # Sphinx' name for it
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_click", "commands", "compact", "identity", "reference"]
exclude_patterns = ["requirements.txt"]
templates_path = ["_templates"]

html_theme = "furo"
html_title = "genotok"
html_static_path = ["_static"]
html_favicon = "../icons/genotok.svg"
html_css_files = ["identity.css", "docs.css"]  # the first is made of the page's own sheets
html_copy_source = html_show_sourcelink = html_use_index = False  # the search finds more than an index
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"

myst_enable_extensions = ["colon_fence", "deflist"]
smartquotes = False  # they would make dashes of the options' hyphens
myst_heading_anchors = 3
nb_execution_mode = "off"  # the notebooks hold what they gave; a test runs them
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # these would come from another host

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_mock_imports = ["transformers", "datasets", "pyarrow", "torch", "anndata"]  # none is needed to read
python_use_unqualified_type_names = True
default_role = "code"  # docstrings put code into single backticks too
