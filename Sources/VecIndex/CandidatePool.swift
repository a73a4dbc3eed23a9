import CVecKernels

/// The rows that scans over codes found, on the way to being scored, those with the highest bounds first. There is
/// room for some more than are needed; when it is full, what need not be scored is dropped.
struct CandidatePool: ~Copyable {
    /// The rows that stay when it is still full after that: those with the highest bounds.
    let size: Int
    /// A row with a lower bound need not be taken in.
    private(set) var floor: Float = -.infinity
    /// Whether a row was dropped that might have been needed.
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

    /// Whether there is room for a step.
    func hasRoom(for step: Int) -> Bool {
        count + step <= room
    }

    /// Lets a scan write candidates, and returns how many. There is room for a step.
    mutating func take(_ scan: (_ floor: Float, _ candidates: UnsafeMutablePointer<cvec_candidate>) -> Int) {
        count += scan(floor, memory + count)
    }

    /// Arranges what is in here, so that it can be taken out in order.
    mutating func arrange() {
        for start in stride(from: count / 2 - 1, through: 0, by: -1) { siftDown(from: start) }
    }

    /// Drops what lies below a floor, and then the lowest until there is room. Ends the arrangement.
    mutating func drop(below floor: Float) {
        self.floor = max(self.floor, floor)
        var kept = 0
        for index in 0..<count where memory[index].bound >= floor {
            memory[kept] = memory[index]
            kept += 1
        }
        count = kept
        if count > size { keepBest() }
    }

    /// The one with the highest bound, of those that were not taken out yet.
    var first: cvec_candidate? {
        count > 0 ? memory[0] : nil
    }

    /// Takes it out.
    mutating func popFirst() {
        guard count > 0 else { return }
        count -= 1
        memory[0] = memory[count]
        siftDown(from: 0)
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
        floor = .infinity
        for index in 0..<size { floor = min(floor, memory[index].bound) }
    }

    private func median(_ a: Float, _ b: Float, _ c: Float) -> Float {
        max(min(a, b), min(max(a, b), c))
    }
}
