"""The Ray Data recipe, run for real; by hand, as Ray brings much: pip install 'ray[data]' and genotok.

python tests/recipes/try_ray.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.dataset

from genotok import IntervalTokenizer

RECIPE = Path(__file__).parent / "ray/tokenize_files.py"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "u.bed").write_text("chr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n")
        names = [f"{number}.bed" for number in range(20)]
        for number, name in enumerate(names):
            (here / name).write_text("chr1\t18\t19\nchr2\t0\t6\n" * (number + 1))
        words = [sys.executable, RECIPE, "u.bed", "tokens", *names]
        done = subprocess.run(words, cwd=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        table = pyarrow.dataset.dataset(here / "tokens").to_table()
        tokenizer = IntervalTokenizer(here / "u.bed")
        found = {row["id"]: row["tokens"] for row in table.to_pylist()}
        assert found == {name: tokenizer.encode(here / name) for name in names}
        print(table.schema.remove_metadata())
        print(f"Ray Data: {table.num_rows} documents, the ids and tokens of one process")


if __name__ == "__main__":
    main()
