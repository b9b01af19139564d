"""How pandas reads a table of ours: by itself from version 3 on, before it through pyarrow."""

import pandas as pd
import pyarrow as pa


def in_pandas(table):
    """Make a data frame of whatever speaks Arrow; AnnData still keeps some machines on pandas 2."""
    return pd.DataFrame.from_arrow(table) if hasattr(pd.DataFrame, "from_arrow") else pa.table(table).to_pandas()
