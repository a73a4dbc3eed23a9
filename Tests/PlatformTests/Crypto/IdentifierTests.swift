import Testing

@testable import Platform

@Suite struct IdentifierTests {
    private struct FixedRandom: RandomSource {
        var byte: UInt8
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
    }

    @Test("Version 7 has the layout of RFC 9562: milliseconds, version, fraction, variant, noise")
    func layout() {
        // The moment of the example in RFC 9562, appendix A.6, and half a millisecond.
        let time = Timestamp(microseconds: 1_645_557_742_000_500)
        #expect(Identifier(v7: time, random: FixedRandom(byte: 0xFF)).description == "017f22e2-79b0-7800-bfff-ffffffffffff")
        #expect(Identifier(v7: time, random: FixedRandom(byte: 0)).description == "017f22e2-79b0-7800-8000-000000000000")
    }

    @Test("A time before 1970 counts as 1970")
    func beforeTheEpoch() {
        let early = Identifier(v7: Timestamp(microseconds: -5), random: FixedRandom(byte: 0))
        #expect(early.description == "00000000-0000-7000-8000-000000000000")
    }

    @Test("Identifiers sort by the microsecond in which they were made, in every form")
    func order() {
        let random = SeededRandom(3)
        let start: Int64 = 1_795_425_612_770_374
        let steps: [Int64] = [0, 1, 2, 625, 626, 999, 1000, 1001, 1_000_000, 86_400_000_000]
        let identifiers = steps.map { Identifier(v7: Timestamp(microseconds: start + $0), random: random) }
        #expect(identifiers.shuffled().sorted() == identifiers)
        #expect(identifiers.map(\.description).sorted() == identifiers.map(\.description))
        for (earlier, later) in zip(identifiers, identifiers.dropFirst()) {
            #expect(earlier.bytes.lexicographicallyPrecedes(later.bytes))
            #expect(!(later < earlier))
        }
    }

    @Test("Within one microsecond only the lower half decides")
    func orderOfTheLowerHalf() throws {
        let low = try #require(Identifier("00000000-0000-7000-8000-000000000001"))
        let high = try #require(Identifier("00000000-0000-7000-8000-000000000002"))
        #expect(low < high)
        #expect(!(low < low))
    }

    @Test("The dashed form, 32 digits, upper case and sixteen bytes are the same identifier")
    func forms() throws {
        let text = "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506"
        let identifier = try #require(Identifier(text))
        #expect(identifier.description == text)
        #expect(identifier.hex == "0192f3a45b6c7d8e9fa0b1c2d3e4f506")
        #expect(Identifier(identifier.hex) == identifier)
        #expect(Identifier(text.uppercased()) == identifier)
        #expect(Identifier(bytes: identifier.bytes) == identifier)
        #expect(Hex.encode(identifier.bytes) == identifier.hex)
        #expect(Set([identifier, identifier]).count == 1)
    }

    @Test(
        "Anything else is no identifier",
        arguments: [
            "", "0", "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f50", "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f5066",
            "0192f3a45-b6c-7d8e-9fa0-b1c2d3e4f506", "0192f3a4_5b6c-7d8e-9fa0-b1c2d3e4f506",
            "g192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506", "0192f3a45b6c7d8e9fa0b1c2d3e4f50-",
            "{0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f5}", "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f5é",
        ])
    func notIdentifiers(text: String) {
        #expect(Identifier(text) == nil)
    }

    @Test("Fifteen or seventeen bytes are no identifier")
    func wrongLength() {
        #expect(Identifier(bytes: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(Identifier(bytes: [UInt8](repeating: 0, count: 17)) == nil)
    }

    @Test("The lowest identifier of a moment is below all that are made in its millisecond, and above all before that")
    func lowest() {
        let moment = Timestamp(microseconds: 1_795_425_612_770_374)
        let lowest = Identifier(lowestAt: moment)
        #expect(lowest <= Identifier(v7: moment, random: FixedRandom(byte: 0)))
        #expect(lowest <= Identifier(v7: Timestamp(microseconds: 1_795_425_612_770_000), random: FixedRandom(byte: 0)))
        #expect(lowest > Identifier(v7: Timestamp(microseconds: 1_795_425_612_769_999), random: FixedRandom(byte: 0xFF)))
        #expect(
            Identifier(lowestAt: Timestamp(microseconds: -5)) == Identifier(v7: Timestamp(microseconds: 0), random: FixedRandom(byte: 0)))
    }
}
