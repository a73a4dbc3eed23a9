#!/usr/bin/env python3
"""Writes Sources/CEncoderKernels/unicode.c: what the encoder's tokenizer knows of characters.

    unicode_tables.py [--check]     --check compares instead of writing, and fails when the file is another

The rules are those of BERT's "uncased" models: control and format characters vanish, every kind of space is one,
CJK ideographs stand alone, accents are stripped (canonical decomposition without nonspacing marks), letters are lower
case, and punctuation stands alone. The characters' properties come from Python's `unicodedata`, and so that the same
script writes the same file everywhere, only the version that Debian 12 has is taken.
"""

import argparse
import pathlib
import sys
import unicodedata

VERSION = "14.0.0"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "Sources/CEncoderKernels/unicode.c"

KEEP, DROP, SPACE, PUNCTUATION, IDEOGRAPH, HANGUL, FIRST_REPLACEMENT = 0, 1, 2, 3, 4, 5, 16
BLOCK = 128

# The ranges that the models' own tokenizer puts spaces around; 2B820 to 2B91F is not among them.
IDEOGRAPHS = [
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
]
SPACES = {0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}


def folded(character: str) -> str:
    """Without accents and in lower case."""
    bare = "".join(part for part in unicodedata.normalize("NFD", character) if unicodedata.category(part) != "Mn")
    return "".join(part.lower() for part in bare)


def kind(code: int, replacements: dict[str, int], pool: list[int]) -> int:
    character = chr(code)
    if code in SPACES:
        return SPACE
    category = unicodedata.category(character)
    if code in (0, 0xFFFD) or category in ("Cc", "Cf", "Co", "Cs"):
        return DROP
    if 0xAC00 <= code <= 0xD7A3:
        return HANGUL
    result = folded(character)
    if not result:
        return DROP
    if result != character:
        if result not in replacements:
            replacements[result] = len(pool)
            pool += [len(result), *map(ord, result)]
        return FIRST_REPLACEMENT + replacements[result]
    if any(first <= code <= last for first, last in IDEOGRAPHS):
        return IDEOGRAPH
    # All signs of ASCII count, "$", "+" and "~" among them, which Unicode does not call punctuation.
    is_sign = 0x20 < code < 0x7F and not character.isalnum()
    return PUNCTUATION if is_sign or category in ("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po") else KEEP


def array(type_name: str, name: str, values: list[int]) -> str:
    lines, line = [], "   "
    for value in values:
        if len(line) + len(str(value)) + 2 > 118:
            lines.append(line)
            line = "   "
        line += f" {value},"
    return f"static const {type_name} {name}[{len(values)}] = {{\n" + "\n".join([*lines, line]) + "\n};\n"


def text() -> str:
    replacements, pool = {}, []
    kinds = [kind(code, replacements, pool) for code in range(0x110000)]
    blocks, places = [], {}
    index = []
    for start in range(0, len(kinds), BLOCK):
        block = tuple(kinds[start:start + BLOCK])
        if block not in places:
            places[block] = len(blocks)
            blocks.append(block)
        index.append(places[block])
    assert len(blocks) < 256 and max(kinds) < 65536 and max(pool) < 0x110000
    return f"""\
// What the tokenizer knows of characters. Written by Tests/Tools/unicode_tables.py from Unicode {VERSION}; see
// CEncoderKernels.h for the meaning of the numbers.

#include "CEncoderKernels.h"

// The block of each {BLOCK} characters.
{array("uint8_t", "block_of", index)}
// The blocks: one number a character.
{array("uint16_t", "kinds", [value for block in blocks for value in block])}
// What characters become: a count, then that many characters.
{array("uint32_t", "replacements", pool)}
uint32_t cenc_character(uint32_t scalar) {{
    if (scalar > 0x10FFFF) return CENC_DROP;
    return kinds[(size_t)block_of[scalar / {BLOCK}] * {BLOCK} + scalar % {BLOCK}];
}}

const uint32_t *cenc_replacement(uint32_t kind) {{ return replacements + (kind - CENC_REPLACED); }}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if unicodedata.unidata_version != VERSION:
        print(f"This Python knows Unicode {unicodedata.unidata_version}; the tables are made from {VERSION} "
              "(Python 3.11, Debian 12).", file=sys.stderr)
        return 1
    if not arguments.check:
        TARGET.write_text(text(), encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text():
        print(f"{TARGET.name} is not what this script writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
