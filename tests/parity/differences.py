"""Where we mean to differ from gtars 0.10, by case: why, and what our answer holds instead."""

_TWO = [["chr1:10-20", 0], ["chr1:15-30", 1]]
_FOUR = [*_TWO, ["chr1:30-40", 2], ["chr2:5-9", 3]]
_ROLES = ("<unk>", "<pad>", "<mask>", "<cls>", "<eos>", "<bos>", "<sep>")


def _vocab(regions):
    return {"vocab": [*regions, *([text, len(regions) + place] for place, text in enumerate(_ROLES))]}


_SHIFTED = "a repeated row doubles a hit and shifts every later token in gtars; here it is one entry"
_VALID = "valid BED, which gtars refuses"

DIFFERENCES = {
    "chrom/empty_in_bed5": (
        "a row without a chromosome name is a damaged row; gtars takes the name to be empty",
        {
            "error": "BedError",
            "message": "u.bed:1: the chromosome name is empty; the first column names the chromosome",
        },
    ),
    "dup/chr2-1": (_SHIFTED, {"input_ids": [2], "tokens": ["chr2:1-5"]}),
    "dup/two_strands": (_SHIFTED, {"input_ids": [1], "tokens": ["chr1:30-40"]}),
    "dup/leading_zeros_are_distinct": (
        "0010 and 10 are one number, hence one region, with the text that came first",
        {"input_ids": [0], "tokens": ["chr1:0010-20"]},
    ),
    **{f"random_dup/{number}": (_SHIFTED, {}) for number in (1, 2, 3, 4, 5, 6, 9)},
    "special/roberta_style": (
        "roles that share a text share an id; gtars gives them one that is out of range",
        {
            "vocab": [*_FOUR, ["<unk>", 4], ["<pad>", 5], ["<mask>", 6], ["<s>", 7], ["</s>", 8]],
            "size": 9,
            "specials": {
                "unk": ["<unk>", 4],
                "pad": ["<pad>", 5],
                "mask": ["<mask>", 6],
                "cls": ["<s>", 7],
                "eos": ["</s>", 8],
                "bos": ["<s>", 7],
                "sep": ["</s>", 8],
            },
        },
    ),
    "special/unk_is_a_region": (
        "a special text that is also a region's would take its id away, as it does in gtars",
        {
            "error": "VocabularyError",
            "message": "the special token 'chr1:10-20' is also the text of region 0; choose another text",
        },
    ),
    "format/cr_only": ("lines may end with CR; gtars panics", _vocab(_TWO)),
    "format/inner_blank_line": (_VALID, _vocab(_TWO)),
    "format/comment_inside": (_VALID, _vocab(_TWO)),
    "format/header_without_hash": ("a first line of column names is a header; gtars panics", _vocab(_FOUR)),
    "format/track_line": (_VALID, _vocab(_FOUR)),
    "format/chrom_called_track1": (_VALID, _vocab([["track1:10-20", 0]])),
    "format/bed4": (_VALID, _vocab(_TWO)),
    "format/trailing_tab": (_VALID, _vocab(_TWO)),
    "format/upper_case_ext": ("a file is what it holds, whatever its name", _vocab(_FOUR)),
    "format/gz_without_gz_name": ("gzip is found by content, whatever the name", _vocab(_FOUR)),
    "format/bom": (
        "a byte order mark is no part of the first name; in gtars the first row can never match",
        {"input_ids": [0], "tokens": ["chr1:10-20"]},
    ),
    "queryfile/first_row_2^32": (
        "a bad first row is an error; gtars drops it in silence as a header",
        {
            "error": "IntervalError",
            "message": "q.bed:1: start 4294967296 exceeds 4,294,967,295; no chromosome is this long",
        },
    ),
    "queryfile/trailing_blank_line": ("blank lines are skipped", {"input_ids": [3], "tokens": ["chr2:5-9"]}),
    "convert/special_tokens_mask/ids_refused": ("ids are taken as well as texts", {"value": [0, 0]}),
    "fragments/four_columns": ("four columns tell all that is needed; gtars wants five", {"value": {"AAA": [0, 1]}}),
}
