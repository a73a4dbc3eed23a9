import Testing

@testable import VecIndex

@Suite struct SlotPoolTests {
    @Test("slots are apart from each other and all zeros, also when they are used again")
    func slots() {
        let pool = SlotPool(bytes: 400_000)
        #expect(pool.slot == 401_408)
        var generator = SeededGenerator(seed: 31)
        var taken: [UnsafeMutableRawPointer] = []
        for step in 0..<400 {
            if step % 100 == 50 { pool.useLargePages() }
            if step < 150 || taken.count < 10 || generator.next() % 2 == 0 {
                let memory = pool.take()
                let numbers = memory.bindMemory(to: Int.self, capacity: pool.slot / 8)
                #expect(numbers[0] == 0 && numbers[pool.slot / 8 - 1] == 0)
                (numbers[0], numbers[pool.slot / 8 - 1]) = (step + 1, step + 1)
                taken.append(memory)
            } else {
                let memory = taken.remove(at: Int(generator.next() % UInt64(taken.count)))
                let numbers = memory.assumingMemoryBound(to: Int.self)
                #expect(numbers[0] == numbers[pool.slot / 8 - 1] && numbers[0] > 0)
                (numbers[0], numbers[pool.slot / 8 - 1]) = (0, 0)
                pool.give(memory)
            }
        }
        #expect(Set(taken).count == taken.count)
        let marks = taken.map { $0.load(as: Int.self) }
        #expect(Set(marks).count == taken.count && !marks.contains(0))
    }

    @Test("chunks go back when all of their slots do")
    func givesBack() {
        let pool = SlotPool(bytes: 1 << 20)
        #expect(pool.reserved == 0)
        let slots = (0..<100).map { _ in pool.take() }
        #expect(pool.reserved >= 100 << 20 && pool.reserved <= 132 << 20)
        for memory in slots { pool.give(memory) }
        // Two are kept warm; they may lie in two chunks.
        #expect(pool.reserved <= 64 << 20)
    }
}
