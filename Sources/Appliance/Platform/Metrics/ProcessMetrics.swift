import Glibc

/// What the system says of this process.
package struct ProcessMetrics: MetricsSource {
    private let version: String
    private let startedAt: Timestamp

    package init(version: String, startedAt: Timestamp) {
        self.version = version
        self.startedAt = startedAt
    }

    package func write(into writer: inout MetricsWriter) {
        writer.family("jobraker_build_info", .gauge, "The release that is running; always 1.") { $0.sample(1, ["version": version]) }
        writer.seconds("process_start_time_seconds", .gauge, "When the process started.", microseconds: startedAt.microseconds)
        var used = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 {
            let time = Int64(used.tv_sec) * 1_000_000 + Int64(used.tv_nsec) / 1_000
            writer.seconds("process_cpu_seconds_total", .counter, "Processor time used.", microseconds: time)
        }
        if let resident = Self.residentBytes {
            writer.value("process_resident_memory_bytes", .gauge, "Memory in use.", resident)
        }
        if let open = Self.openFiles {
            writer.value("process_open_fds", .gauge, "Open files and sockets.", open)
        }
    }

    /// The second number of statm(5) counts pages.
    static var residentBytes: Int64? {
        guard let text = FileSystem.read("/proc/self/statm", limit: 4096) else { return nil }
        let words = String(decoding: text, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int64(words[1]).map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }

    private static var openFiles: Int64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count: Int64 = 0
        while readdir(directory) != nil { count += 1 }
        // Two of them are "." and "..", and one is the directory itself.
        return max(0, count - 3)
    }
}
