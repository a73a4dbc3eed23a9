import Glibc

/// What the system says of the machine and of this process, at this moment. A figure that cannot be had is nil.
package struct HostFigures: Sendable {
    package var cores: Int
    /// Over one, five and fifteen minutes; empty where the system keeps no such averages.
    package var loadAverages: [Double]
    package var processorMicroseconds: Int64?
    package var residentBytes: Int64?
    package var memoryBytes: Int64?
    package var availableMemoryBytes: Int64?
    package var diskBytes: Int64?
    package var freeDiskBytes: Int64?
    package var receivedBytes: Int64?
    package var sentBytes: Int64?

    /// `path` is on the disk that is asked about.
    package init(diskOf path: String) {
        cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var loads = [Double](repeating: 0, count: 3)
        let known = Int(getloadavg(&loads, 3))
        loadAverages = Array(loads.prefix(max(0, known)))
        processorMicroseconds = Self.processorTime
        residentBytes = ProcessMetrics.residentBytes
        let memory = Self.memory
        memoryBytes = memory["MemTotal"]
        availableMemoryBytes = memory["MemAvailable"]
        var disk = statvfs()
        if statvfs(path, &disk) == 0 {
            diskBytes = Int64(clamping: disk.f_blocks) * Int64(clamping: disk.f_frsize)
            freeDiskBytes = Int64(clamping: disk.f_bavail) * Int64(clamping: disk.f_frsize)
        }
        if let traffic = Self.traffic { (receivedBytes, sentBytes) = (traffic.received, traffic.sent) }
    }

    private static var processorTime: Int64? {
        var used = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 else { return nil }
        return Int64(used.tv_sec) * 1_000_000 + Int64(used.tv_nsec) / 1_000
    }

    /// The lines of meminfo, `MemTotal:  2030584 kB`, in bytes.
    private static var memory: [String: Int64] {
        var found: [String: Int64] = [:]
        for line in lines(of: "/proc/meminfo") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == ":" })
            if words.count >= 2, let kibibytes = Int64(words[1]) { found[String(words[0])] = kibibytes * 1024 }
        }
        return found
    }

    /// The sums over all interfaces but the loopback one: the first and the ninth number of their lines.
    private static var traffic: (received: Int64, sent: Int64)? {
        let interfaces = lines(of: "/proc/net/dev").compactMap { line -> (Int64, Int64)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) != "lo" else { return nil }
            let numbers = parts[1].split(separator: " ").compactMap { Int64($0) }
            return numbers.count > 8 ? (numbers[0], numbers[8]) : nil
        }
        return interfaces.isEmpty ? nil : interfaces.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    }

    private static func lines(of path: String) -> [Substring] {
        String(decoding: FileSystem.read(path, limit: 1 << 16) ?? [], as: UTF8.self).split(separator: "\n")
    }
}
