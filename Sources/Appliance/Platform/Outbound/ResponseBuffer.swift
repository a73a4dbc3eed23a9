/// The part of a body that has arrived and not been read.
///
/// A value that takes what the transfer and the reader do and says what follows
/// from it. It takes whole pieces while it is below its capacity, so it holds at
/// most the capacity and one piece of the transfer (16 KiB).
struct ResponseBuffer: Sendable {
    enum Offer: Equatable {
        case taken
        /// Not taken: the transfer must pause and offer the piece again after the next read.
        case full
        /// Nobody will read it any more.
        case closed
    }

    enum Read: Equatable {
        /// `resume`: the transfer was paused and may go on.
        case bytes([UInt8], resume: Bool)
        case ended
        case failed(OutboundError)
        case nothingYet
    }

    private let capacity: Int
    private var bytes: [UInt8] = []
    private var isPaused = false
    private var end: Read?

    init(capacity: Int = 64 << 10) { self.capacity = capacity }

    mutating func offer(_ piece: some Collection<UInt8>) -> Offer {
        guard end == nil else { return .closed }
        guard bytes.count < capacity else {
            isPaused = true
            return .full
        }
        bytes += piece
        return .taken
    }

    mutating func read() -> Read {
        guard bytes.isEmpty else {
            defer {
                bytes = []
                isPaused = false
            }
            return .bytes(bytes, resume: isPaused)
        }
        return end ?? .nothingYet
    }

    /// The transfer is over. What has arrived can still be read; then comes the end, or the error.
    mutating func finish(_ error: OutboundError?) {
        guard end == nil else { return }
        end = error.map { .failed($0) } ?? .ended
    }

    /// The reader goes away. True if the transfer was still under way.
    mutating func abandon() -> Bool {
        guard end == nil else { return false }
        bytes = []
        end = .failed(.cancelled)
        return true
    }
}
