/// Splits a `text/event-stream` into the data of its events, as the bytes arrive.
///
/// Follows the WHATWG definition: lines end with CR, LF or both, several `data`
/// lines of one event are joined by LF, comments and other fields are passed
/// over, a byte order mark at the start too. An event that the stream ends in
/// the middle of is not one. Lines and events are bounded, since the sender
/// decides when they end.
struct SSEParser: Sendable {
    struct TooLong: Error, Equatable {}

    private let maximumLineBytes: Int
    private let maximumEventBytes: Int
    private var line: [UInt8] = []
    private var data: [UInt8]?
    private var isAfterCR = false
    private var isFirstLine = true

    init(maximumLineBytes: Int = 256 << 10, maximumEventBytes: Int = 1 << 20) {
        self.maximumLineBytes = maximumLineBytes
        self.maximumEventBytes = maximumEventBytes
    }

    /// The data of each event that these bytes complete.
    mutating func feed(_ bytes: [UInt8]) throws(TooLong) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            let endsCRLF = isAfterCR && byte == UInt8(ascii: "\n")
            isAfterCR = byte == UInt8(ascii: "\r")
            if endsCRLF { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = try endLine() { events.append(event) }
            } else {
                guard line.count < maximumLineBytes else { throw TooLong() }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() throws(TooLong) -> [UInt8]? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return data.take() }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        guard name.elementsEqual("data".utf8) else { return nil }
        var value = line.dropFirst(name.count + 1)
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        guard (data?.count ?? 0) + value.count < maximumEventBytes else { throw TooLong() }
        data = data.map { $0 + [UInt8(ascii: "\n")] + value } ?? Array(value)
        return nil
    }
}
