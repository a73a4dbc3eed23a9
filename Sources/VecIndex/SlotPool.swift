import CVecKernels
import Synchronization

/// Memory for segments, or for their codes: slots of one size, side by side in chunks, so that the system can serve
/// them in large pages.
///
/// With ordinary pages of 4 KB the processor spends a fifth of a scan, and more of a search over codes, on looking up
/// where the pages are. Large ones are made of what is there on demand, and not when memory is first written: a new
/// large page can take milliseconds, in which an index that is being filled should rather go on.
///
/// A slot's memory goes back to the system when the slot is given back, but for two that are kept for the next copies;
/// a chunk when all of its slots are.
final class SlotPool: Sendable {
    private static let page = 4096
    private static let chunk = 32 << 20
    private static let keptWarm = 2

    /// The bytes of a slot.
    let slot: Int
    private let state = Mutex(State())

    private struct Chunk {
        let base: UInt
        let slots: Int
        /// How many slots, from the first one on, were ever in use.
        var used = 0
        /// The offsets of those that are not any more.
        var free: [Int] = []
        /// The bytes, from the base on, that were made large pages.
        var large = 0

        mutating func take(_ slot: Int) -> UInt? {
            if let offset = free.popLast() { return base + UInt(offset) }
            guard used < slots else { return nil }
            used += 1
            return base + UInt((used - 1) * slot)
        }
    }

    private struct State {
        var chunks: [Chunk] = []
        /// Free slots that were wiped, and still have their room.
        var warm: [UInt] = []
    }

    /// - Parameter bytes: what a slot must hold.
    init(bytes: Int) {
        slot = (bytes + Self.page - 1) / Self.page * Self.page
    }

    deinit {
        state.withLock { state in
            for chunk in state.chunks { Self.memory(chunk.base).map { cvec_release($0, chunk.slots * slot) } }
        }
    }

    /// A slot of zeros.
    func take() -> UnsafeMutableRawPointer {
        let (address, isFirst) = state.withLock { state -> (UInt, isFirst: Bool) in
            // A warm one has its pages.
            if let warm = state.warm.popLast() { return (warm, true) }
            for index in state.chunks.indices {
                if let address = state.chunks[index].take(slot) { return (address, false) }
            }
            var chunk = makeChunk()
            let address = chunk.take(slot)
            state.chunks.append(chunk)
            return (address ?? 0, state.chunks.count == 1)
        }
        guard let memory = Self.memory(address) else { preconditionFailure("a chunk has a slot at least") }
        // The first may stay the only one, and nearly empty.
        if !isFirst { cvec_fill_up(memory, slot) }
        return memory
    }

    /// Takes a slot back that is all zeros.
    func give(_ memory: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: memory)
        state.withLock { state in
            if state.warm.count < Self.keptWarm { return state.warm.append(address) }
            guard let index = state.chunks.firstIndex(where: { $0.base <= address && address < $0.base + UInt($0.slots * slot) })
            else { return }
            if state.chunks[index].free.count + 1 < state.chunks[index].used {
                cvec_give_back(memory, slot)
                state.chunks[index].free.append(Int(address - state.chunks[index].base))
            } else {
                let chunk = state.chunks.remove(at: index)
                Self.memory(chunk.base).map { cvec_release($0, chunk.slots * slot) }
            }
        }
    }

    /// Makes large pages of what is in use, one at a time, so that nobody waits long for a slot meanwhile.
    func useLargePages() {
        var isDone = false
        while !isDone {
            isDone = state.withLock { state in
                let page = Int(CVEC_LARGE_PAGE)
                guard let index = state.chunks.firstIndex(where: { $0.large + page <= $0.used * slot }) else { return true }
                Self.memory(state.chunks[index].base + UInt(state.chunks[index].large)).map { _ = cvec_use_large_page($0) }
                state.chunks[index].large += page
                return false
            }
        }
    }

    /// The bytes that are reserved, for tests. Only those of slots in use take room.
    var reserved: Int {
        state.withLock { $0.chunks.reduce(0) { $0 + $1.slots * slot } }
    }

    private func makeChunk() -> Chunk {
        let slots = max(1, Self.chunk / slot)
        // Where there is no memory left, there is nothing to go on with either.
        guard let memory = cvec_reserve(slots * slot) else { preconditionFailure("out of memory") }
        return Chunk(base: UInt(bitPattern: memory), slots: slots)
    }

    private static func memory(_ address: UInt) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: address)
    }
}
