"""Check a table of known overlaps of large real files: count and SHA-256 of every pair, through `encode_rows`.

    python tests/benchmarks/known_overlaps.py --data FOLDER

FOLDER holds ``regions/known_good_real_overlaps/overlaps.tsv`` and the files that it names.
"""

import argparse
import sys
import time
from pathlib import Path

from measure import CHECKOUT, use_checkout

use_checkout()
sys.path.insert(0, str(CHECKOUT / "tests"))

from parity.known import find_overlaps, read_table  # noqa: E402  # needs the paths above


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["bits", "ailist"], default="bits")
    options = parser.parse_args()
    regions = options.data / "regions"
    wrong = 0
    for universe, query, known in read_table(regions / "known_good_real_overlaps" / "overlaps.tsv"):
        begin = time.perf_counter()
        paths = [regions / name.removeprefix("public/") for name in (universe, query)]
        found = find_overlaps(*paths, options.engine)
        verdict = "same" if found == known else f"DIFFERS: {known._asdict()}"
        wrong += found != known
        took = time.perf_counter() - begin
        print(f"{paths[0].name}\t{paths[1].name}\t{found.pairs:,} pairs\t{took:.1f} s\t{verdict}", flush=True)
    print(f"{wrong} pairs of files differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
