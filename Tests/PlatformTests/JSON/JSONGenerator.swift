@testable import Platform

/// A source of arbitrary JSON values that a seed determines.
struct JSONGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    mutating func value(depth: Int) -> JSONValue {
        switch below(depth > 0 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .integer(below(2_000_000_000) - 1_000_000_000)
        case 3: return .decimal(Double(below(1_000_000) - 500_000) / Double(below(999) + 1))
        case 4: return .string(text())
        case 5: return .array((0..<below(6)).map { _ in value(depth: depth - 1) })
        default: return .object(JSONObject((0..<below(6)).map { _ in (text(), value(depth: depth - 1)) }))
        }
    }

    private mutating func text() -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<below(12) {
            let limits = [0x20, 0x80, 0x80, 0x800, 0xD800, 0x11_0000]
            scalars.append(Unicode.Scalar(UInt32(below(limits[below(limits.count)]))) ?? "\u{FFFD}")
        }
        return String(scalars)
    }
}
