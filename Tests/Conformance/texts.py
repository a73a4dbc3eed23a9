"""Five hundred texts in which a tokenizer can go wrong."""

import random

COUNT = 500

# Texts of one kind each; they come as they are, and as the material of the others.
FRAGMENTS = [
    "Senior Swift engineer, distributed systems", "Bakers knead dough before the sun is up.", "C++/C# developer ($120,000+)",
    "naïve café Ünïcödé Ångström façade Žluťoučký kůň", "e\u0301 a\u0308 o\u0303 n\u0303 u\u030a combining marks",
    "İstanbul ILICA ışık", "STRASSE Straße ẞ ﬁ ﬀ ĳ", "ΟΔΥΣΣΕΥΣ Σίσυφος ὀδός ᾳ", "Привет мир, инженер ёлка",
    "日本語のテキストと漢字", "中文文本,没有空格", "한국어 텍스트 입니다", "안녕하세요 엔지니어", "カタカナ ﾊﾝｶｸ ｶﾞｷﾞ ゔ",
    "مرحبا بالعالم اَلْعَرَبِيَّةُ", "שָׁלוֹם עולם", "हिन्दी भाषा और काम", "ภาษาไทย งาน", "தமிழ் வேலை", "ქართული სამუშაო", "አማርኛ ሥራ",
    "😀 😂 👍🏽 👩‍👩‍👧‍👦 🇩🇪 ☃ ✈️", "→ ≠ ≤ ∑ √ ∞ ½ ² ™ © € £ ¥", "“quotes” ‘single’ «guillemets» — dash – en … ellipsis",
    "tab\tline\nfeed\rreturn", "nul\x00 bell\x07 escape\x1b delete\x7f", "soft\u00adhyphen zero\u200bwidth joiner\u200d mark\ufeff",
    "no\u00a0break\u2003em\u3000ideographic\u2028line\u2029paragraph", "private\ue000 use\uf8ff replacement\ufffd",
    "https://example.org/jobs?id=42&q=c%2B%2B#top", "someone@example.org +49 (0)30 123-456", "snake_case camelCase kebab-case",
    "a/b\\c|d`e~f^g", "[CLS] [SEP] [MASK] [UNK] [PAD]", "[cls] [SEP [ MASK ] ##ing ##", "豈更車 \U0002f800 \U00020000",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis", "1234567890 3.14159 1e-9 0xDEADBEEF",
    "don't won't it's rock'n'roll O'Brien", "Zażółć gęślą jaźń", "Tiếng Việt việc làm", "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝ",
]
EDGES = [
    "", " ", "\t\n\r", "\u0301", "\x01\x02", "x" * 100, "x" * 101, "é" * 100, "e\u0301" * 100, "x" * 5000, "." * 300,
    "engineer " * 600, "an experienced engineer works " * 150, "字" * 400, "😀" * 300, "한" * 120, "word" + "\u0301" * 300,
]
# Ranges of characters that are as old as the reference's tables.
RANGES = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x621, 0x64A), (0x905, 0x939),
          (0xE01, 0xE3A), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2190, 0x21FF), (0x3041, 0x3096), (0x30A1, 0x30FA),
          (0x4E00, 0x9FCC), (0xAC00, 0xD7A3), (0xFF01, 0xFF5E), (0x1F600, 0x1F64F), (0x1D400, 0x1D454)]


def texts(seed: int = 20) -> list[str]:
    chance = random.Random(seed)
    result = EDGES + FRAGMENTS
    while len(result) < COUNT - 100:
        parts = chance.choices(FRAGMENTS, k=chance.randint(2, 9))
        result.append(chance.choice([" ", ", ", "\n", ""]).join(part[: chance.randint(1, 80)] for part in parts))
    while len(result) < COUNT:
        length = chance.choice([1, 2, 5, 20, 80])
        ranges = chance.choices(RANGES, k=chance.randint(1, 3))
        result.append("".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(length)))
    return result
