"""The formats of token files by name, for whoever needs their names alone."""

from typing import Literal, TypeAlias, get_args

Format: TypeAlias = Literal["jsonl", "tsv", "bed", "parquet", "npz", "gtok"]
FORMATS: tuple[Format, ...] = get_args(Format)
ONE_DOCUMENT: tuple[Format, ...] = ("gtok",)  # these hold a single document
BINARY: tuple[Format, ...] = ("parquet", "npz", "gtok")  # these need a sink that can seek
WITH_ROWS: tuple[Format, ...] = ("jsonl", "parquet", "npz")  # these can keep which ids belong to which region
