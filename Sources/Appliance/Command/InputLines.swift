import Glibc
import Platform

/// The lines of a file or of standard input, one after another, with their numbers.
///
/// Only a line is in memory at a time, and one that is longer than any should be
/// is an error. Empty lines are left out.
struct InputLines: ~Copyable {
    /// The file's name, for messages.
    let name: String
    /// The number of the line that `next` returned last, from 1.
    private(set) var number = 0

    private let file: Int32
    private var buffer: [UInt8] = []
    /// Where in the buffer the next line begins, and from where on no end of it has been looked for.
    private var (start, searched) = (0, 0)
    private var hasEnded = false

    static let longest = 4 << 20

    init(_ path: String) throws(CommandFailure) {
        name = path == "-" ? "standard input" : path
        file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw CommandFailure("\(path): \(FileSystem.lastError())", exit: 2) }
    }

    deinit {
        if file != STDIN_FILENO { close(file) }
    }

    mutating func next() throws(CommandFailure) -> [UInt8]? {
        while let line = try lineOrEmpty() {
            number += 1
            if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return line }
        }
        return nil
    }

    private mutating func lineOrEmpty() throws(CommandFailure) -> [UInt8]? {
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                defer { (start, searched) = (end + 1, end + 1) }
                return Array(buffer[start..<end])
            }
            searched = buffer.count
            guard buffer.count - start <= Self.longest else {
                throw CommandFailure("\(name):\(number + 1): the line has more than \(Self.longest >> 20) MiB", exit: 2)
            }
            if hasEnded {
                guard start < buffer.count else { return nil }
                defer { (buffer, start, searched) = ([], 0, 0) }
                return Array(buffer[start...])
            }
            try fill()
        }
    }

    private mutating func fill() throws(CommandFailure) {
        buffer.removeSubrange(..<start)
        (start, searched) = (0, buffer.count)
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var count = read(file, &piece, piece.count)
        while count < 0, errno == EINTR { count = read(file, &piece, piece.count) }
        guard count >= 0 else { throw CommandFailure("\(name): \(FileSystem.lastError())") }
        hasEnded = count == 0
        buffer += piece[..<count]
    }
}
