import Glibc
import Platform
import Synchronization

/// Shows how far a long command is: a bar that redraws itself on a terminal,
/// plain lines at every tenth elsewhere.
final class ProgressLine: Sendable {
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let lastTenth: Mutex<Int> = Mutex(-1)

    init(
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        write: @escaping @Sendable (String) -> Void = { Terminal.write($0, to: STDERR_FILENO) }
    ) {
        self.isTerminal = isTerminal
        self.write = write
    }

    func show(_ progress: CommandProgress) {
        let total = max(progress.total, 1)
        if isTerminal {
            let filled = min(30, progress.done * 30 / total)
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
            write("\r\(progress.step) [\(bar)] \(progress.done)/\(progress.total)" + (progress.done >= progress.total ? "\n" : ""))
            return
        }
        let tenth = progress.done * 10 / total
        let isNew = lastTenth.withLock { last in
            defer { last = tenth }
            return tenth != last
        }
        if isNew { write("\(progress.step): \(progress.done) of \(progress.total)\n") }
    }
}
