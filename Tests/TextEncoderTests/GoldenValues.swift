/// What the reference implementation makes of a text. Written by Tests/Conformance/encoder.py --golden.
struct GoldenValue: Sendable {
    /// The text is this, so many times.
    let text: String
    let times: Int
    let tokens: Int
    /// The first numbers of the vector.
    let first: [Float]
    /// The sum over all numbers, the one at place i times i mod 7 - 3: so that the others count too.
    let weighed: Double
    let norm: Double

    // swift-format-ignore
    static let all = [
        GoldenValue(
            text: "", times: 1, tokens: 2,
            first: [-0.1188384, 0.0482988, -0.0025481, -0.0110112, 0.0519507, 0.0102918], weighed: 0.410174, norm: 1.000000),
        GoldenValue(
            text: "an experienced engineer works ", times: 150, tokens: 256,
            first: [-0.0486666, -0.0333480, 0.0141367, 0.0146444, -0.0531853, -0.0470901], weighed: 1.126889, norm: 1.000000),
        GoldenValue(
            text: "Senior Swift engineer, distributed systems", times: 1, tokens: 8,
            first: [-0.0283279, -0.0467845, -0.0169818, -0.0300827, -0.0150572, -0.1161027], weighed: -0.427452, norm: 1.000000),
        GoldenValue(
            text: "C++/C# developer ($120,000+)", times: 1, tokens: 16,
            first: [-0.0627173, 0.0108495, -0.0067686, 0.0217333, -0.0759156, -0.0358988], weighed: -2.176702, norm: 1.000000),
        GoldenValue(
            text: "e\u{301} a\u{308} o\u{303} n\u{303} u\u{30A} combining marks", times: 1, tokens: 9,
            first: [-0.0071136, 0.0022047, 0.0176244, -0.0130989, -0.0837696, 0.0197715], weighed: -3.027271, norm: 1.000000),
        GoldenValue(
            text: "STRASSE Straße ẞ ﬁ ﬀ ĳ", times: 1, tokens: 11,
            first: [0.0068744, 0.0309245, -0.0299347, -0.0047519, -0.0616824, 0.0536742], weighed: 1.445368, norm: 1.000000),
        GoldenValue(
            text: "Привет мир, инженер ёлка", times: 1, tokens: 22,
            first: [0.0033156, 0.0779733, -0.0383350, -0.0140426, -0.0957507, 0.0380911], weighed: -2.319155, norm: 1.000000),
        GoldenValue(
            text: "中文文本,没有空格", times: 1, tokens: 11,
            first: [0.0051156, 0.0699494, 0.0505186, 0.0378995, 0.0003924, 0.0681010], weighed: 1.800624, norm: 1.000000),
        GoldenValue(
            text: "안녕하세요 엔지니어", times: 1, tokens: 23,
            first: [-0.0114858, 0.0647058, 0.0433933, -0.0329943, -0.0311495, -0.0466610], weighed: -4.280970, norm: 1.000000),
        GoldenValue(
            text: "مرحبا بالعالم ا\u{64E}ل\u{652}ع\u{64E}ر\u{64E}ب\u{650}ي\u{64E}\u{651}ة\u{64F}", times: 1, tokens: 21,
            first: [0.0238184, 0.0426550, -0.0127672, 0.0107746, -0.0159006, 0.0306386], weighed: -2.280770, norm: 1.000000),
        GoldenValue(
            text: "हिन\u{94D}दी भाषा और काम", times: 1, tokens: 15,
            first: [-0.0514992, 0.0487283, 0.0449134, -0.0214825, -0.0434095, 0.0122318], weighed: -3.610023, norm: 1.000000),
        GoldenValue(
            text: "தமிழ\u{BCD} வேலை", times: 1, tokens: 7,
            first: [-0.0583356, 0.0792998, -0.0370123, 0.0507520, -0.0802784, -0.0253158], weighed: -2.767126, norm: 1.000000),
        GoldenValue(
            text: "አማርኛ ሥራ", times: 1, tokens: 4,
            first: [0.0040366, 0.0150922, 0.0804799, 0.0011475, 0.0150436, -0.0040859], weighed: -1.278430, norm: 1.000000),
        GoldenValue(
            text: "→ ≠ ≤ ∑ √ ∞ ½ ² ™ © € £ ¥", times: 1, tokens: 15,
            first: [0.0096195, 0.0568858, -0.0143656, 0.0234362, -0.0866281, -0.0329998], weighed: -1.413177, norm: 1.000000),
        GoldenValue(
            text: "tab\tline\nfeed\rreturn", times: 1, tokens: 6,
            first: [0.0244181, -0.0158168, -0.0516566, -0.0119860, -0.0582626, 0.0022267], weighed: 3.030044, norm: 1.000000),
        GoldenValue(
            text: "soft\u{AD}hyphen zero\u{200B}width joiner\u{200D} mark\u{FEFF}", times: 1, tokens: 13,
            first: [0.0048065, 0.0106579, 0.0617772, 0.0318338, 0.0131619, 0.0001927], weighed: 2.357565, norm: 1.000000),
        GoldenValue(
            text: "private\u{E000} use\u{F8FF} replacement�", times: 1, tokens: 5,
            first: [-0.0999656, 0.0528853, 0.0284953, -0.0304744, 0.0470417, 0.0637704], weighed: -2.303250, norm: 1.000000),
        GoldenValue(
            text: "someone@example.org +49 (0)30 123-456", times: 1, tokens: 17,
            first: [-0.0730733, 0.0360980, -0.0174444, -0.0148432, -0.0397508, 0.0015009], weighed: -1.031143, norm: 1.000000),
        GoldenValue(
            text: "a/b\\c|d`e~f^g", times: 1, tokens: 15,
            first: [-0.0127542, 0.0828121, 0.0052337, -0.0351744, 0.0184120, 0.0109041], weighed: -1.187558, norm: 1.000000),
        GoldenValue(
            text: "[cls] [SEP [ MASK ] ##ing ##", times: 1, tokens: 16,
            first: [0.0084316, 0.0576588, -0.0164585, -0.0528910, 0.0984654, -0.0137723], weighed: -0.836739, norm: 1.000000),
    ]
}
