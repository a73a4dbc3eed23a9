import Platform
import TestSupport

@testable import Appliance

/// A client of Server-Sent Events over a connection of its own, which reads them one by one and can leave at any moment.
final class EventReader {
    private let client: TestClient
    private var unread: [UInt8] = []
    private var isOver = false
    let status: Int
    let head: String

    /// Sends the request and reads the answer's head.
    static func open(
        _ user: TestUser, _ method: String, _ path: String, body: String? = nil, headers: [(String, String)] = []
    ) async throws -> EventReader {
        let client = try TestClient(port: user.server.port, timeoutMilliseconds: 20_000)
        var text = "\(method) \(path) HTTP/1.1\r\nHost: jobs.example.org\r\nAuthorization: Bearer \(user.access)\r\n"
        text += "Accept: text/event-stream\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        try await client.send(text + "\r\n" + (body ?? ""))
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) { head += try await client.read(1) }
        return EventReader(client, head: String(decoding: head, as: UTF8.self))
    }

    private init(_ client: TestClient, head: String) {
        self.client = client
        self.head = head
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// The data of the next event; nil when the answer has ended. Comments are passed over.
    func next() async throws -> JSONValue? {
        while true {
            if let end = unread.indices.first(where: { unread[$0...].starts(with: [10, 10]) }) {
                let lines = String(decoding: unread[..<end], as: UTF8.self).split(separator: "\n")
                unread.removeFirst(end + 2)
                guard let data = lines.first(where: { $0.hasPrefix("data: ") }) else { continue }
                let json = try JSONValue.parse(Array(data.dropFirst(6).utf8))
                // What the lines beside the data say, it says too.
                guard lines.contains("event: \(json["type"]?.string ?? "")"), lines.contains("id: \(json["sequence"]?.int ?? -1)") else {
                    throw HarnessError(message: "\(lines)")
                }
                return json
            }
            guard try await readChunk() else { return nil }
        }
    }

    /// All events up to the end.
    func rest() async throws -> [JSONValue] {
        var events: [JSONValue] = []
        while let event = try await next() { events.append(event) }
        return events
    }

    /// Leaves without a word.
    func leave() async throws { try await client.closeOutput() }

    private func readChunk() async throws -> Bool {
        guard !isOver else { return false }
        var line: [UInt8] = []
        while !line.suffix(2).elementsEqual([13, 10]) { line += try await client.read(1) }
        guard let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else { throw HarnessError(message: "chunk") }
        let chunk = try await client.read(size + 2)
        isOver = size == 0
        unread += chunk.dropLast(2)
        return !isOver
    }
}

/// Puts the events of one stream together, as a client does, and finds fault with every gap and repetition.
struct Follower {
    private(set) var text = ""
    private(set) var sequence = 0
    private(set) var starts = 0
    private(set) var end: JSONValue?
    private(set) var faults: [String] = []

    mutating func take(_ event: JSONValue) {
        if end != nil { faults.append("after the end: \(event.jsonText)") }
        switch event["type"]?.string {
        case "stream.start":
            starts += 1
            (text, sequence) = ("", 0)
        case "stream.delta":
            if event["after"]?.int != sequence { faults.append("a gap or a repetition behind \(sequence): \(event.jsonText)") }
            text += event["delta"]?.string ?? ""
            sequence = event["sequence"]?.int ?? -1
        case "stream.end", "stream.stopped", "stream.error":
            if event["sequence"]?.int != sequence + 1 { faults.append("an end too early: \(event.jsonText)") }
            end = event
        default: faults.append("unknown: \(event.jsonText)")
        }
    }
}
