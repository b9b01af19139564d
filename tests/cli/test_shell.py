"""The command among others: completion in a shell, manual pages, pipes with bedtools."""

import os
import subprocess
import sys

import click
import pytest

from cli.desk import environment
from genotok.cli.app import COMMANDS, genotok
from genotok.cli.manual import manual_pages
from genotok.cli.motif import COMMANDS as MOTIF_COMMANDS
from genotok.cli.vq import COMMANDS as VQ_COMMANDS

pytestmark = pytest.mark.native

NAMES = (*COMMANDS, *(f"motif-{name}" for name in MOTIF_COMMANDS), *(f"vq-{name}" for name in VQ_COMMANDS))

BASH = """
source <(genotok completion bash)
COMP_WORDS=({words}) COMP_CWORD={place}
_genotok_completion genotok
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def shell(desk):
    """Give a folder with the command on the PATH, and bash in it."""
    script = desk.write("bin/genotok", f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n')
    script.chmod(0o755)
    found = environment(PATH=f"{script.parent}:{os.environ['PATH']}")

    def run(line):
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], cwd=desk.folder, env=found, capture_output=True, timeout=60
        )

    run.desk = desk
    return run


def complete(shell, words):
    found = shell(BASH.format(words=" ".join(f"'{word}'" for word in words), place=len(words) - 1))
    assert found.returncode == 0, found.stderr
    return found.stdout.decode().split()


def test_bash_completes_commands_options_and_choices(shell):
    """What TAB gives, by bash itself."""
    assert complete(shell, ["genotok", "t"]) == ["tokenize"]
    assert {"universe", "doctor", "completion"} <= set(complete(shell, ["genotok", ""]))
    assert complete(shell, ["genotok", "universe", "--min"]) == ["--min-width"]
    assert complete(shell, ["genotok", "tokenize", "--format", "j"]) == ["jsonl"]
    assert complete(shell, ["genotok", "universe", "--order", ""]) == ["natural", "text"]
    assert complete(shell, ["genotok", "man", "uni"]) == ["universe"]
    assert complete(shell, ["genotok", "man", "motif", "sc"]) == ["scan"]
    assert complete(shell, ["genotok", "motif", "sc"]) == ["scan"]
    assert complete(shell, ["genotok", "man", "vq", "de"]) == ["decode", "describe"]
    assert complete(shell, ["genotok", "motif", "fit", "--preset", ""]) == ["paper", "strict"]


@pytest.mark.parametrize(
    "words",
    [
        ["tokenize", "q"],
        ["tokenize", "-u", "u"],
        ["tokenize", "-o", "x"],
        ["tokenize", "--from-file", "l"],
        ["universe", "q"],
        ["universe", "--chrom-sizes", "h"],
        ["info", "u"],
        ["convert", "q"],
        ["convert", "q.gtok", "q"],
        ["motif", "fit", "q"],
        ["motif", "encode", "-t", "m"],
    ],
)
def test_paths_are_left_to_the_shell(words):
    """Where a path belongs, the shell completes paths."""
    from click.shell_completion import ShellComplete

    completer = ShellComplete(genotok, {}, "genotok", "_GENOTOK_COMPLETE")
    found = completer.get_completions(words[:-1], words[-1])
    assert [item.type for item in found] == ["file"]


def test_completing_is_light():
    """TAB waits for it: no NumPy, no rich."""
    code = "import sys; from genotok.cli.app import run; run([]); print(*sys.modules, file=sys.stderr)"
    words = environment(COMP_WORDS="genotok universe --c", COMP_CWORD="2", _GENOTOK_COMPLETE="bash_complete")
    done = subprocess.run([sys.executable, "-c", code], env=words, capture_output=True, timeout=60)
    assert done.stdout == b"plain,--cutoff\nplain,--chrom-sizes\n"
    assert not set(done.stderr.decode().split()) & {"numpy", "rich"}


def test_each_shell_gets_its_own_script(desk, monkeypatch):
    """The shell in use is the default; what is no shell we know is asked for."""
    assert b"complete -o nosort -F _genotok_completion genotok" in desk.here("completion", "bash").out
    assert b"compdef _genotok_completion genotok" in desk.here("completion", "zsh").out
    assert b"complete --no-files --command genotok" in desk.here("completion", "fish").out
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert desk.here("completion").out == desk.here("completion", "fish").out
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    refused = desk.here("completion")
    assert (refused.code, refused.out) == (2, b"")
    assert "which shell? name one of bash, zsh, fish" in refused.err


def test_every_option_stands_in_the_manual():
    """A page for each command, with all of its options, examples, exit codes and the other pages."""
    pages = manual_pages(genotok)
    assert set(pages) == {"genotok", *(f"genotok-{name}" for name in NAMES)}
    root = click.Context(genotok, info_name="genotok")
    for name in NAMES:
        first, _, second = name.partition("-")
        command = genotok.get_command(root, first)
        command = command.get_command(root, second) if second else command
        page = pages[f"genotok-{name}"].replace(r"\-", "-")
        for option in (each for each in command.params if isinstance(each, click.Option)):
            assert all(flag in page for flag in option.opts), (name, option)
        assert page.count("\ngenotok ") + page.count("\nzcat ") >= 2 or name in ("info", "serve")
        assert ".SH EXIT STATUS" in page
        assert "\b" not in page


def test_the_manual_is_sound_roff(desk):
    """groff, with every warning on, has nothing to say."""
    assert desk.here("man", "-o", "man1").code == 0
    pages = sorted((desk.folder / "man1").iterdir())
    assert [page.name for page in pages] == sorted(["genotok.1", *(f"genotok-{name}.1" for name in NAMES)])
    for page in pages:
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-K", "utf8", page], capture_output=True, check=True)
        assert done.stderr == b"", page.name
        assert b"OPTIONS" in done.stdout


def test_the_manual_is_printed(desk):
    found = desk.here("man", "universe")
    assert found.code == 0
    assert found.out.startswith(b'.TH "GENOTOK\\-UNIVERSE" "1"')
    assert desk.here("man").out.startswith(b'.TH "GENOTOK" "1"')
    refused = desk.here("man", "univers")
    assert refused.code == 2
    assert "there is no command 'univers'; there are tokenize, fragments, anndata, universe" in refused.err


def test_tokens_of_what_bedtools_chose(shell):
    """bedtools before genotok: the peaks outside a blacklist, as tokens."""
    shell.desk.write("black.bed", "chr2\t0\t100\n")
    done = shell("bedtools intersect -v -a q.bed -b black.bed | genotok tokenize -q -u u.bed -")
    assert (done.returncode, done.stdout) == (0, b'{"id":"stdin","input_ids":[0,1]}\n')


def test_bedtools_reads_what_genotok_writes(shell):
    """genotok between two of bedtools: lines with ids and texts are BED still."""
    line = (
        "bedtools sort -i q.bed | genotok tokenize -q -u u.bed --format bed - | bedtools groupby -g 1 -c 5 -o collapse"
    )
    done = shell(line)
    assert (done.returncode, done.stdout) == (0, b"chr1\t0,1,.\nchr2\t3\n")


def test_a_consensus_agrees_with_bedtools(shell):
    """The regions of at least two of three files, by genotok and by multiinter and merge, streamed both times."""
    for number in range(3):
        rows = [
            f"chr{1 + at % 2}\t{10 * at + 7 * number}\t{10 * at + 9 + 11 * number}\n" for at in range(0, 40, 1 + number)
        ]
        shell.desk.write(f"f{number}.bed", "".join(rows))
    ours = shell("genotok universe f?.bed --cutoff 2 --order text -q | bedtools merge -i - | sort -k1,1 -k2,2n")
    theirs = shell(
        "for each in f?.bed; do bedtools sort -i $each | bedtools merge -i - > m.$each; done; "
        "bedtools multiinter -i m.f?.bed | awk '$4 >= 2' | bedtools merge -i -"
    )
    assert (ours.returncode, theirs.returncode) == (0, 0)
    assert ours.stdout == theirs.stdout != b""
