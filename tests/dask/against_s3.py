"""Inputs on S3, against moto's server; by hand, as s3fs and moto bring much: pip install s3fs 'moto[server,s3]'.

python tests/dask/against_s3.py
"""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

PEAKS = "chr1\t18\t19\nchr1\t90\t95\nchr2\t0\t6\n"


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    secrets = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ |= secrets | {"AWS_ENDPOINT_URL": endpoint}
    store = boto3.client("s3", endpoint_url=endpoint)
    store.create_bucket(Bucket="lab")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "u.bed").write_text("chr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\n")
        for number in range(9):
            text = PEAKS * (number + 1)
            (here / f"{number}.bed").write_text(text)
            store.put_object(Bucket="lab", Key=f"peaks/{number}.bed", Body=text.encode())
        _run(here, "one", *(f"{number}.bed" for number in range(9)))
        _run(here, "away", "s3://lab/peaks/*.bed")
        _run(here, "many", "s3://lab/peaks/*.bed", "--dask", "local", "--jobs", "2")
        trees = [_tree(here / name) for name in ("one", "away", "many")]
        assert len(trees[0]) == 10
        assert trees[0] == trees[1] == trees[2]
        missing = _call(here, "none", "s3://lab/none.bed")
        assert missing.stderr == b"error: s3://lab/none.bed: no such file; check the URL\n", missing.stderr
    server.stop()
    print("S3: one process, URLs and a cluster that reads URLs write the same bytes")


def _call(here: Path, output: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "genotok", "tokenize", "-q", "-u", "u.bed", "-o", f"{output}/", *words]
    return subprocess.run([*command, "--format", "parquet"], cwd=here, capture_output=True, check=False)


def _run(here: Path, output: str, *words: str) -> None:
    done = _call(here, output, *words)
    assert done.returncode == 0, done.stderr.decode()


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


if __name__ == "__main__":
    main()
