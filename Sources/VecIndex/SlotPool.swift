import CVecKernels
import Synchronization

/// Memory for segments, or for their codes: slots of one size, side by side in chunks, so that the system can serve them in large pages.
///
/// With ordinary pages of 4 KB the processor spends a fifth of a scan, and more of a search over codes, on looking up
/// where the pages are. A slot's memory goes back to the system when the slot is given back, but for two that are kept
/// for the next copies; a chunk when all of its slots are.
final class SlotPool: Sendable {
    private static let page = 4096
    /// The first chunk is small and has no large pages: an index of a few rows should take no megabytes.
    private static let firstChunk = 1 << 20
    private static let chunk = 32 << 20
    private static let keptWarm = 2

    /// The bytes of a slot.
    let slot: Int
    private let state = Mutex(State())

    private struct Chunk {
        let base: UInt
        let slots: Int
        /// The offsets of the slots that are free, lowest last.
        var free: [Int]
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
        let address = state.withLock { state in
            if let warm = state.warm.popLast() { return warm }
            for index in state.chunks.indices {
                if let offset = state.chunks[index].free.popLast() { return state.chunks[index].base + UInt(offset) }
            }
            var chunk = makeChunk(isFirst: state.chunks.isEmpty)
            let offset = chunk.free.popLast() ?? 0
            state.chunks.append(chunk)
            return chunk.base + UInt(offset)
        }
        guard let memory = Self.memory(address) else { preconditionFailure("a chunk at address 0") }
        return memory
    }

    /// Takes a slot back that is all zeros.
    func give(_ memory: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: memory)
        state.withLock { state in
            if state.warm.count < Self.keptWarm { return state.warm.append(address) }
            guard let index = state.chunks.firstIndex(where: { $0.base <= address && address < $0.base + UInt($0.slots * slot) })
            else { return }
            if state.chunks[index].free.count + 1 < state.chunks[index].slots {
                cvec_give_back(memory, slot)
                state.chunks[index].free.append(Int(address - state.chunks[index].base))
            } else {
                let chunk = state.chunks.remove(at: index)
                Self.memory(chunk.base).map { cvec_release($0, chunk.slots * slot) }
            }
        }
    }

    /// The bytes that are reserved, for tests. Only those of slots in use take room.
    var reserved: Int {
        state.withLock { $0.chunks.reduce(0) { $0 + $1.slots * slot } }
    }

    private func makeChunk(isFirst: Bool) -> Chunk {
        let slots = max(1, (isFirst ? Self.firstChunk : Self.chunk) / slot)
        // Where there is no memory left, there is nothing to go on with either.
        guard let memory = cvec_reserve(slots * slot, isFirst ? 0 : 1) else { preconditionFailure("out of memory") }
        return Chunk(base: UInt(bitPattern: memory), slots: slots, free: (0..<slots).reversed().map { $0 * slot })
    }

    private static func memory(_ address: UInt) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: address)
    }
}
