"""``genotok motif list``: the motifs of a set, with their thresholds."""

import json
from typing import TYPE_CHECKING, Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option, reading_options, threshold_options
from genotok.cli.places import check_places

if TYPE_CHECKING:  # they load NumPy
    from genotok.values.motifs import MotifSet
    from genotok.values.thresholds import Thresholds


@click.command("list", short_help="List motifs with their thresholds.")
@click.argument("motifs", metavar="[FILE|jaspar2022]", default="jaspar2022")
@threshold_options
@reading_options
@json_option
def list_(motifs: str, background: str | None, as_json: bool, **options: Any) -> int:
    """List the motifs of a file, or of JASPAR, with length, threshold, its chance, and whether any word reaches it.

    Scores are hundredths of a bit. The chance is exact, of a random word at the threshold. Tab-separated.

    \b
    Examples:
      genotok motif list | head -n 5
      genotok motif list motifs.meme --pvalue 1e-4 --json
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.motif.opening import open_motifs, read_background, rule_of, tell_motifs  # --help needs no NumPy
    from genotok.values.thresholds import thresholds_of

    check_places([("motifs", motifs)], [])
    if background == "genome":
        raise click.UsageError("--background genome needs a genome, and there is none; give four shares")
    rule = rule_of(options["pvalue"], options["relative"])
    found = open_motifs(motifs, invalid=options["invalid"], versions=options["versions"])
    found = found if background is None else found.against(read_background(background, []))
    rows = _rows(found, thresholds_of(found, rule))
    if as_json:
        told = {"motifs": rows, "credit": found.credit, "digest": found.digest, "notes": tell_motifs(found)}
        click.echo(json.dumps(told, indent=2))
        return DONE
    lines = ["\t".join(rows[0])]
    for row in rows:
        cells = row | {"p_value": f"{row['p_value']:.3g}", "reachable": "yes" if row["reachable"] else "no"}
        lines.append("\t".join(map(str, cells.values())))
    click.echo("\n".join(lines))
    for note in tell_motifs(found):
        click.echo(f"note: {note}", err=True)
    return DONE


def _rows(motifs: "MotifSet", thresholds: "Thresholds") -> list[dict[str, Any]]:
    columns = (
        motifs.ids,
        motifs.names,
        motifs.lengths.tolist(),
        thresholds.min_score.tolist(),
        thresholds.max_score.tolist(),
        thresholds.threshold.tolist(),
        thresholds.p_value.tolist(),
        thresholds.reachable.tolist(),
    )
    names = ("id", "name", "length", "min_score", "max_score", "threshold", "p_value", "reachable")
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
