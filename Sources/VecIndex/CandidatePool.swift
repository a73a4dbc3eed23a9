import CVecKernels

/// The rows with the highest bounds of a scan over codes: more than are needed are taken in and, now and then,
/// the lowest dropped. Then they are taken out one by one, highest first.
struct CandidatePool: ~Copyable {
    /// The rows that stay when others are dropped.
    let size: Int
    /// A row below this was, or need not be, taken in.
    private(set) var floor: Float = -.infinity
    /// Whether a row was dropped, so that there may be more than those that are in here.
    private(set) var isPartial = false
    private var count = 0
    private let room: Int
    private let memory: UnsafeMutablePointer<cvec_candidate>

    /// - Parameter step: the most rows that are taken in at once.
    init(size: Int, step: Int) {
        self.size = size
        room = size + max(size, step)
        memory = UnsafeMutablePointer.allocate(capacity: room)
    }

    deinit {
        memory.deallocate()
    }

    /// Lets a scan write up to `step` candidates, whose number it returns.
    mutating func take(step: Int, _ scan: (_ floor: Float, _ candidates: UnsafeMutablePointer<cvec_candidate>) -> Int) {
        if count + step > room { keepBest() }
        count += scan(floor, memory + count)
    }

    /// Arranges what is in here so that `popFirst` can be called.
    mutating func arrange() {
        if count > size { keepBest() }
        for start in stride(from: count / 2 - 1, through: 0, by: -1) { siftDown(from: start) }
    }

    /// The highest bound that was not taken out yet.
    var first: Float? {
        count > 0 ? memory[0].bound : nil
    }

    mutating func popFirst() -> Int? {
        guard count > 0 else { return nil }
        let row = memory[0].row
        count -= 1
        memory[0] = memory[count]
        siftDown(from: 0)
        return Int(row)
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        let moved = memory[start]
        while 2 * parent + 1 < count {
            var child = 2 * parent + 1
            if child + 1 < count, memory[child + 1].bound > memory[child].bound { child += 1 }
            guard memory[child].bound > moved.bound else { break }
            memory[parent] = memory[child]
            parent = child
        }
        if parent != start { memory[parent] = moved }
    }

    /// Moves the `size` highest to the front (quickselect) and drops the rest.
    private mutating func keepBest() {
        guard count > size else { return }
        var (low, high) = (0, count - 1)
        while low < high {
            let pivot = median(memory[low].bound, memory[(low + high) / 2].bound, memory[high].bound)
            var (left, right) = (low, high)
            while left <= right {
                while memory[left].bound > pivot { left += 1 }
                while memory[right].bound < pivot { right -= 1 }
                if left <= right {
                    (memory[left], memory[right]) = (memory[right], memory[left])
                    left += 1
                    right -= 1
                }
            }
            // low...right are not below the pivot, left...high not above it.
            if size - 1 <= right {
                high = right
            } else if size - 1 >= left {
                low = left
            } else {
                break
            }
        }
        count = size
        isPartial = true
        floor = memory[0].bound
        for index in 1..<size { floor = min(floor, memory[index].bound) }
    }

    private func median(_ a: Float, _ b: Float, _ c: Float) -> Float {
        max(min(a, b), min(max(a, b), c))
    }
}
