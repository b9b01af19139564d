"""``genotok motif convert``: files of motifs from one format to another."""

from pathlib import Path

import click

from genotok.cli.codes import DONE, SKIPPED
from genotok.cli.motif.options import reading_options
from genotok.cli.places import check_places

FORMATS = ("jaspar", "meme", "transfac", "npz")
_ENDINGS = {".jaspar": "jaspar", ".pfm": "jaspar", ".meme": "meme", ".transfac": "transfac", ".npz": "npz"}


@click.command(short_help="Convert motifs between formats.")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False))
@click.option("--from", "read_as", type=click.Choice(FORMATS), help="Default: what the file looks like.")
@click.option("--to", "write_as", type=click.Choice(FORMATS), help="Default: the ending of OUT.")
@reading_options
def convert(source: str, target: str, read_as: str | None, write_as: str | None, invalid: str, versions: str) -> int:
    """Convert motifs between JASPAR, MEME, TRANSFAC and .npz; IN may be jaspar2022, OUT may end in .gz.

    MEME keeps shares and one number of sites, so that scores made of it may differ; the others keep counts as they are.

    \b
    Examples:
      genotok motif convert jaspar2022 vertebrates.jaspar
      genotok motif convert motifs.meme motifs.npz
    """  # noqa: D301  # click wants the character itself
    check_places([("IN", source)], [("OUT", target)])
    form = write_as or _ENDINGS.get(Path(target.removesuffix(".gz")).suffix.lower())
    if form is None:
        raise click.UsageError(f"{target!r} tells no format: end it in {', '.join(_ENDINGS)}, or add --to")
    from genotok.cli.motif.opening import open_motifs, tell_motifs  # here: --help and usage errors need no NumPy
    from genotok.cli.report import count
    from genotok.io.motifs import write_motifs

    motifs = open_motifs(source, format=read_as, invalid=invalid, versions=versions)
    write_motifs(target, motifs, format=form)  # type: ignore[arg-type]  # one of the choices
    skipped = sum(motifs.report.skipped.values())
    click.echo(f"{count(len(motifs), 'motif')} written to {target}", err=True)
    for words in tell_motifs(motifs):
        click.echo(f"note: {words}", err=True)
    return SKIPPED if skipped else DONE
