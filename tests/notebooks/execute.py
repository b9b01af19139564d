"""Runs the notebooks of the documentation; as a script it keeps in them what they give now."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "web/docs/notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
QUIET = {"PYTHONWARNINGS": "ignore:IProgress not found", "HF_HUB_OFFLINE": "1"}  # no page shows bars, no cell fetches


def read(path):
    """Read a notebook as it is kept."""
    return nbformat.read(path, as_version=4)


def execute(path):
    """Run a notebook where it stands, in a kernel of its own; what comes back holds what the cells gave."""
    notebook = read(path)
    place = {"metadata": {"path": str(path.parent)}}
    words = {"timeout": 240, "kernel_name": "python3", "record_timing": False, "coalesce_streams": True}
    NotebookClient(notebook, resources=place, **words).execute(env=os.environ | QUIET)
    notebook.metadata.pop("language_info", None)  # names the version of Python, of which nothing depends
    return notebook


if __name__ == "__main__":
    for each in PATHS:
        nbformat.write(execute(each), each)
