"""A convolutional tokenizer by its definition: plain loops over tokens, channels and places, in Python floats."""

from math import pi, sqrt, tanh


def gelu(x):
    return 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))


def norm(row, weights, name):
    mean = sum(row) / len(row)
    variance = sum((each - mean) ** 2 for each in row) / len(row)
    pairs = zip(row, weights[f"{name}.weight"].tolist(), weights[f"{name}.bias"].tolist(), strict=True)
    return [(each - mean) / sqrt(variance + 1e-6) * weight + bias for each, weight, bias in pairs]


def linear(row, weights, name):
    matrix, bias = weights[f"{name}.weight"].tolist(), weights[f"{name}.bias"].tolist()
    return [
        sum(a * b for a, b in zip(line, row, strict=True)) + start for line, start in zip(matrix, bias, strict=True)
    ]


def stem(bases, weights, first, n):
    """Give n tokens their channels; the stem of token t begins at base ``first + t S``; bases outside add nothing."""
    shape, rows = weights.shape, []
    kernel, bias = weights["stem.conv.weight"].tolist(), weights["stem.conv.bias"].tolist()
    for token in range(n):
        row = list(bias)
        for place in range(shape.kernel):
            at = first + token * shape.stride + place
            if 0 <= at < len(bases) and bases[at] < 4:
                row = [each + kernel[channel][bases[at]][place] for channel, each in enumerate(row)]
        row = [gelu(each) for each in norm(row, weights, "stem.norm")]
        rows.append(linear(row, weights, "stem.proj") if "stem.proj.weight" in weights else row)
    return rows


def block(rows, weights, name):
    """Send tokens through a block; beyond the ends there is 0."""
    kernel, bias = weights[f"{name}.depthwise.weight"].tolist(), weights[f"{name}.depthwise.bias"].tolist()
    after = []
    for token, row in enumerate(rows):
        mixed = list(bias)
        for place in range(7):
            if 0 <= token + place - 3 < len(rows):
                near = rows[token + place - 3]
                mixed = [each + kernel[channel][place] * near[channel] for channel, each in enumerate(mixed)]
        wide = linear(norm(mixed, weights, f"{name}.norm"), weights, f"{name}.expand")
        narrow = linear([gelu(each) for each in wide], weights, f"{name}.shrink")
        after.append([a + b for a, b in zip(row, narrow, strict=True)])
    return after


def count(bases, shape, ends):
    if ends == "same":
        return -(-len(bases) // shape.stride)
    return max((len(bases) - shape.kernel) // shape.stride + 1, 0)


def encode(bases, weights, ends="same"):
    """List the rows of each tap."""
    shape = weights.shape
    rows = stem(bases, weights, -shape.lead if ends == "same" else 0, count(bases, shape, ends))
    taps = []
    for number in range(shape.blocks + 1):
        rows = block(rows, weights, f"blocks.{number - 1}") if number else rows
        for tap, after in enumerate(shape.taps):
            if after == number:
                taps.append(
                    [linear(row, weights, f"taps.{tap}") for row in rows] if "taps.0.weight" in weights else rows
                )
    return taps


def decode(rows, weights, length, lead):
    """List the logits of each base."""
    shape = weights.shape
    if "decoder.proj.weight" in weights:
        rows = [linear(row, weights, "decoder.proj") for row in rows]
    for number in range(shape.decoder_blocks):
        rows = block(rows, weights, f"decoder.blocks.{number}")
    kernel, bias = weights["decoder.out.weight"].tolist(), weights["decoder.out.bias"].tolist()
    logits = [list(bias) for _ in range(length)]
    for token, row in enumerate(rows):
        for place in range(shape.kernel):
            at = token * shape.stride + place - lead
            if 0 <= at < length:
                for letter in range(4):
                    logits[at][letter] += sum(each * kernel[d][letter][place] for d, each in enumerate(row))
    return logits


def nearest(row, codebook):
    """Return the nearest code, the lowest of equals, and how much farther the second is, squared."""
    distances = sorted((sum((a - b) ** 2 for a, b in zip(row, e, strict=True)), k) for k, e in enumerate(codebook))
    return distances[0][1], distances[1][0] - distances[0][0]


def hrq(taps, codebooks):
    """List the codes of each level by H(n) = 2 Z(n) - e(M(n - 1))."""
    codes = [[] for _ in codebooks]
    for rows in zip(*taps, strict=True):
        rest = rows[0]
        for level, codebook in enumerate(codebooks):
            code, _ = nearest(rest, codebook)
            codes[level].append(code)
            if level + 1 < len(codebooks):
                rest = [2 * z - e for z, e in zip(rows[level + 1], codebook[code], strict=True)]
    return codes
