import Synchronization
import TestSupport
import Testing

@testable import Platform

@Suite("Outbound streams", .timeLimit(.minutes(1)))
struct OutboundStreamTests {
    private let outbound = Outbound(clock: ManualClock(), random: SeededRandom(1))

    @Test("a piece arrives when it is sent, not when the response is whole")
    func arrivesAsSent() async throws {
        let gate = Latch()
        try await LoopbackServer.with { connection, _ in
            connection.startChunks(["Content-Type": "text/event-stream"])
            connection.chunk("one")
            // The reader has to see the first piece before it lets the second one go.
            gate.wait()
            connection.chunk("two")
            connection.endChunks()
        } _: { server in
            let stream = try await outbound.stream(OutboundRequest(url: server.url, limits: wideLimits()))
            #expect(stream.headers["content-type"] == "text/event-stream")
            var pieces = stream.body.makeAsyncIterator()
            #expect(try await pieces.next() == Array("one".utf8))
            gate.open()
            #expect(try await pieces.next() == Array("two".utf8))
            #expect(try await pieces.next() == nil)
            #expect(try await pieces.next() == nil)
        }
    }

    @Test("a reader that does not read holds the sender back, and still gets everything")
    func backPressure() async throws {
        let stuck = Happening()
        let size = 32 << 20
        let sentBeforeStuck = Mutex(0)
        try await LoopbackServer.with { connection, _ in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 64 << 10)
            var left = size
            while left > 0 {
                if connection.isStuck(milliseconds: 1200) {
                    sentBeforeStuck.withLock { $0 = $0 == 0 ? size - left : $0 }
                    stuck.happen()
                }
                guard let sent = connection.sendSome(Array(piece[..<min(left, piece.count)])) else { return }
                left -= sent
            }
        } _: { server in
            // The pause is longer than the idle limit, which is the sender's and not the reader's.
            let request = OutboundRequest(url: server.url, limits: wideLimits(idle: 1000, bytes: size))
            let stream = try await outbound.stream(request)
            await stuck.wait()
            #expect(sentBeforeStuck.withLock { $0 } < size / 2)
            var received = 0
            var largest = 0
            for try await piece in stream.body {
                received += piece.count
                largest = max(largest, piece.count)
            }
            #expect(received == size)
            #expect(largest <= 80 << 10)
        }
    }

    @Test("a stream that is dropped closes its connection")
    func dropped() async throws {
        let closed = Happening()
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            connection.chunk("one")
            connection.waitUntilClosed()
            closed.happen()
        } _: { server in
            do {
                let stream = try await outbound.stream(OutboundRequest(url: server.url, limits: wideLimits()))
                #expect(stream.status == 200)
            }
            await closed.wait()
        }
    }

    @Test("a reading task that is cancelled closes the connection")
    func cancelledReading() async throws {
        let closed = Happening()
        let reading = Happening()
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            connection.chunk("one")
            connection.waitUntilClosed()
            closed.happen()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            let task = Task { [outbound] in
                var pieces = try await outbound.stream(request).body.makeAsyncIterator()
                _ = try await pieces.next()
                reading.happen()
                return try await pieces.next()
            }
            await reading.wait()
            task.cancel()
            await closed.wait()
            await #expect(throws: OutboundError.cancelled) { try await task.value }
        }
    }

    @Test("a task that is cancelled while it waits for the head closes the connection")
    func cancelledWaiting() async throws {
        let asked = Happening()
        let closed = Happening()
        try await LoopbackServer.with { connection, _ in
            asked.happen()
            connection.waitUntilClosed()
            closed.happen()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            let task = Task { [outbound] in try await outbound.stream(request).status }
            await asked.wait()
            task.cancel()
            await closed.wait()
            await #expect(throws: OutboundError.cancelled) { try await task.value }
        }
    }

    @Test("a task that is cancelled before it asks sends nothing")
    func cancelledBefore() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.respond()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            let task = Task { [outbound] in
                withUnsafeCurrentTask { $0?.cancel() }
                return try await outbound.stream(request).status
            }
            await #expect(throws: OutboundError.cancelled) { try await task.value }
            #expect(server.connectionCount == 0)
        }
    }

    @Test("what came before the break is delivered, then the error")
    func cut() async throws {
        let gate = Latch()
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            connection.chunk("one")
            gate.wait()
            connection.close()
        } _: { server in
            var pieces = try await outbound.stream(OutboundRequest(url: server.url, limits: wideLimits())).body.makeAsyncIterator()
            #expect(try await pieces.next() == Array("one".utf8))
            gate.open()
            await #expect(throws: OutboundError.self) { try await pieces.next() }
        }
    }

    @Test("the stream keeps the door open that it came through")
    func keepsDoor() async throws {
        let gate = Latch()
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            gate.wait()
            connection.chunk("late")
            connection.endChunks()
        } _: { server in
            let stream = try await Outbound(clock: ManualClock(), random: SeededRandom(1))
                .stream(OutboundRequest(url: server.url, limits: wideLimits()))
            gate.open()
            #expect(try await stream.body.collect() == Array("late".utf8))
        }
    }
}
