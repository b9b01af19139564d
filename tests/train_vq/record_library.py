"""Record what vector-quantize-pytorch 1.32.0 answers, for tests that must run without it.

Run in an environment that has it, with ``pkg`` and ``tests`` in the path:
``python record_library.py ../golden/vq/vector_quantize_pytorch.npz``.
"""

import sys

import numpy as np
import torch
from vector_quantize_pytorch import FSQ, ResidualVQ, VectorQuantize

from train_vq.worlds import rows

WIDTH, CODES, ROWS, STEPS, DECAY = 6, 12, 240, 50, 0.9


def record_ema(answers):
    quantiser = VectorQuantize(
        dim=WIDTH, codebook_size=CODES, decay=DECAY, threshold_ema_dead_code=0, rotation_trick=False
    ).train()
    book, start = quantiser._codebook, torch.from_numpy(rows(CODES, WIDTH, 1000))[None]
    book.embed.data.copy_(start)
    book.embed_avg.data.copy_(start)
    codes, commitments = [], []
    for step in range(STEPS):
        _, found, commitment = quantiser(torch.from_numpy(rows(ROWS, WIDTH, step))[None])
        codes.append(found[0].numpy().astype(np.uint8))
        commitments.append(commitment.item())
        if step in (0, 9, STEPS - 1):
            answers[f"ema_vectors_{step}"] = book.embed[0].numpy().copy()
            answers[f"ema_counts_{step}"] = book.cluster_size[0].numpy().copy()
    answers["ema_codes"] = np.stack(codes)
    answers["ema_commitment"] = np.array(commitments, np.float32)


def record_residual(answers):
    quantiser = ResidualVQ(
        dim=WIDTH, num_quantizers=2, codebook_size=8, rotation_trick=False, threshold_ema_dead_code=0
    ).eval()
    vectors = rows(16, WIDTH, 2000)
    for number, layer in enumerate(quantiser.layers):
        scaled = vectors[8 * number : 8 * number + 8] * np.float32((1, 0.4)[number])
        layer._codebook.embed.data.copy_(torch.from_numpy(scaled)[None])
    output, codes, _ = quantiser(torch.from_numpy(rows(64, WIDTH, 3000))[None])
    answers["rvq_codes"] = codes[0].T.numpy().astype(np.uint8)
    answers["rvq_output"] = output[0].detach().numpy()


def record_grid(answers):
    output, codes = FSQ(levels=[8, 5, 4, 3])(torch.from_numpy(rows(64, 4, 4000) * np.float32(1.5))[None])
    answers["fsq_codes"] = codes[0].numpy().astype(np.uint16)
    answers["fsq_output"] = output[0].detach().numpy()


if __name__ == "__main__":
    answers = {}
    for record in (record_ema, record_residual, record_grid):
        record(answers)
    np.savez_compressed(sys.argv[1], **answers)
