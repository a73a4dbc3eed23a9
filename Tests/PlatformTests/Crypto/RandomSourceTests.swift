import Testing

@testable import Platform

@Suite struct RandomSourceTests {
    @Test("The system's source gives as many bytes as asked for, and others each time")
    func system() {
        let random = SystemRandom()
        #expect(random.bytes(0) == [])
        #expect(random.bytes(7).count == 7)
        #expect(random.bytes(32) != random.bytes(32))
    }

    @Test("The kernel's own bytes are a source of the same kind")
    func kernel() {
        #expect(SystemRandom.kernelBytes(0) == [])
        #expect(SystemRandom.kernelBytes(32).count == 32)
        #expect(SystemRandom.kernelBytes(32) != SystemRandom.kernelBytes(32))
    }

    @Test("A seeded source repeats itself, and another seed gives other bytes")
    func seeded() {
        let first = SeededRandom(5)
        let second = SeededRandom(5)
        for length in [0, 1, 8, 9, 31] {
            let bytes = first.bytes(length)
            #expect(bytes.count == length)
            #expect(bytes == second.bytes(length))
        }
        #expect(SeededRandom(5).bytes(16) != SeededRandom(6).bytes(16))
    }

    @Test("A seeded source is SplitMix64, low byte first")
    func splitMix() {
        #expect(Hex.encode(SeededRandom(0).bytes(8)) == "afcd1d7b39a820e2")
    }
}
