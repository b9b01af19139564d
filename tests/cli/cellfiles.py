"""Files of three cells for the desk's universe."""

import anndata
import numpy as np
import pandas as pd

FRAGMENTS = b"""# three cells
chr1\t18\t19\tAAAC-1\t2
chr1\t90\t95\tCCGT-1\t1
chr1\t35\t50\tAAAC-1\t3
chr2\t0\t6\tGGGG-1\t1
chr1\t0\t12\tCCGT-1\t4
"""


def write_h5ad(path):
    """Write the same cells as a matrix of reads."""
    features = ["chr1:18-19", "chr1:90-95", "chr1:35-50", "chr2:0-6", "chr1:0-12"]
    reads = np.array([[2, 0, 3, 0, 0], [0, 1, 0, 0, 4], [0, 0, 0, 1, 0]], dtype=np.float32)
    obs, var = pd.DataFrame(index=["AAAC-1", "CCGT-1", "GGGG-1"]), pd.DataFrame(index=features)
    adata = anndata.AnnData(reads, obs=obs, var=var)
    adata.layers["counts"] = np.where(reads > 1, reads, 0)
    adata.write_h5ad(path)
