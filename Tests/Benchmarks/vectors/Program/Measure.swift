import Glibc

/// A moment by the clock and by the processor time of this process.
struct Moment {
    let seconds: Double
    let cpuSeconds: Double

    static var now: Moment {
        Moment(seconds: read(CLOCK_MONOTONIC), cpuSeconds: read(CLOCK_PROCESS_CPUTIME_ID))
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// How fast this processor's one thread reads memory that is in no cache.
enum Bandwidth {
    private static let bytes = 256 << 20
    private static let largePage = 2 << 20
    private static let rounds = 9

    /// The median of some passes over a quarter of a gigabyte, in GB/s.
    static func measure() -> Double {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: largePage)
        defer { memory.deallocate() }
        // As the index keeps its vectors.
        madvise(memory, bytes, MADV_HUGEPAGE)
        memory.initializeMemory(as: UInt8.self, repeating: 1, count: bytes)
        var rates: [Double] = []
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            let began = Moment.now.seconds
            sum &+= pass(memory)
            rates.append(Double(bytes) / (Moment.now.seconds - began) / 1e9)
        }
        // The sum is of use to nobody, but without it the passes would be left out.
        return sum == 1 ? 0 : rates.sorted()[rounds / 2]
    }

    private static func pass(_ memory: UnsafeMutableRawPointer) -> UInt64 {
        var (a, b, c, d) = (SIMD8<UInt64>.zero, SIMD8<UInt64>.zero, SIMD8<UInt64>.zero, SIMD8<UInt64>.zero)
        for offset in stride(from: 0, to: bytes, by: 256) {
            a ^= memory.load(fromByteOffset: offset, as: SIMD8<UInt64>.self)
            b ^= memory.load(fromByteOffset: offset + 64, as: SIMD8<UInt64>.self)
            c ^= memory.load(fromByteOffset: offset + 128, as: SIMD8<UInt64>.self)
            d ^= memory.load(fromByteOffset: offset + 192, as: SIMD8<UInt64>.self)
        }
        return (a ^ b ^ c ^ d).wrappedSum()
    }
}

/// The memory that this process holds.
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 128)
    guard fgets(&buffer, 128, file) != nil else { return 0 }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

func flushOutput() {
    fflush(nil)
}

func fail(_ message: String) {
    let text = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(1)
}
