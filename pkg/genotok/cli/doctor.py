"""``genotok doctor``: what is installed, what is missing, and whether the answers are right."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from genotok.cli.codes import DATA_ERROR, DONE


@click.command(short_help="Check the installation: versions, extras, folders, answers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> int:
    """Check the installation: versions, extras, folders, and a sample's ids against recorded ones.

    Extras that are not installed are named with the pip command that brings them; they are no fault. The exit code is 1
    if the self-check fails or a required package is missing or too old.

    \b
    Examples:
      genotok doctor
      genotok doctor --json > doctor.json
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.installation import describe_installation  # here, so that --help needs no NumPy
    from genotok.cli.selfcheck import check_sample

    found = describe_installation()
    found["check"] = list(check_sample())
    sound = all(each["ok"] for each in found["check"]) and all(each["fits"] for each in found["packages"].values())
    found["ok"] = sound
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(_render(found)))
    return DONE if sound else DATA_ERROR


def _render(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text form."""
    package, python = found["genotok"], found["python"]
    yield f"genotok {package['version']} in {package['path']}" + (" (a checkout)" if package["checkout"] else "")
    yield _entry("command", package["command"] or "not on the PATH; python -m genotok works")
    yield _entry("python", f"{python['version']}, {python['bits']} bit, {python['executable']}")
    yield _entry("system", python["platform"])
    yield _entry("packages", _render_packages(found["packages"]), alarm=not _all_fit(found["packages"]))
    for name, extra in found["extras"].items():
        cure = f"; {extra['install']}" if extra["install"] else ""
        yield _entry(f"[{name}]", _render_packages(extra["packages"]) + cure)
    for folder in found["folders"]:
        yield _entry(folder["name"], _render_folder(folder), alarm=not folder["writable"])
    for step in found["check"]:
        yield _entry("check", f"{step['name']}: {step['problem'] or 'as recorded'}", alarm=not step["ok"])
    yield "all is well" if found["ok"] else click.style("something is wrong", fg="red")


def _all_fit(packages: Mapping[str, Any]) -> bool:
    return all(each["fits"] for each in packages.values())


def _render_packages(packages: Mapping[str, Any]) -> str:
    words = []
    for name, each in packages.items():
        if each["version"] is None:
            words.append(f"{name} is missing")
        else:
            words.append(f"{name} {each['version']}" + ("" if each["fits"] else f" is too old for {each['wanted']}"))
    return ", ".join(words)


def _render_folder(folder: Mapping[str, Any]) -> str:
    if not folder["writable"]:
        return f"{folder['path']} can't be written: {folder['problem']}; {folder['purpose']}"
    made = "" if folder["exists"] else ", made when needed"
    return f"{folder['path']} takes files{made}, {folder['free_bytes'] / 2**30:,.1f} GiB free"


def _entry(word: str, text: str, *, alarm: bool = False) -> str:
    return click.style(f"  {word:<10} {text}", fg="yellow" if alarm else None)
