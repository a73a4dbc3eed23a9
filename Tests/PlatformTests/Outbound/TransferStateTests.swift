import TestSupport
import Testing

@testable import Platform

@Suite("Transfer deadlines")
struct TransferDeadlinesTests {
    private let limits = OutboundLimits(connect: 10, firstByte: 20, idle: 30, total: 100, maximumResponseBytes: 1)

    @Test("each stretch has its own limit")
    func stretches() {
        var deadlines = TransferDeadlines(limits, at: 1000)
        #expect(deadlines.isConnecting)
        #expect(deadlines.expired(at: 1009) == nil)
        #expect(deadlines.expired(at: 1010) == .connect)
        deadlines.connected(at: 1005)
        #expect(!deadlines.isConnecting)
        #expect(deadlines.expired(at: 1024) == nil)
        #expect(deadlines.expired(at: 1025) == .firstByte)
        deadlines.received(at: 1020)
        #expect(deadlines.expired(at: 1049) == nil)
        #expect(deadlines.expired(at: 1050) == .idle)
        deadlines.received(at: 1045)
        #expect(deadlines.next.at == 1075)
    }

    @Test("the total limit wins when it comes first")
    func total() {
        var deadlines = TransferDeadlines(limits, at: 0)
        deadlines.connected(at: 5)
        deadlines.received(at: 80)
        #expect(deadlines.next.limit == .total)
        #expect(deadlines.expired(at: 99) == nil)
        #expect(deadlines.expired(at: 100) == .total)
    }

    @Test("a slow reader uses up the total limit only")
    func paused() {
        var deadlines = TransferDeadlines(limits, at: 0)
        deadlines.connected(at: 1)
        deadlines.received(at: 2)
        deadlines.paused(at: 3)
        #expect(deadlines.expired(at: 99) == nil)
        #expect(deadlines.expired(at: 100) == .total)
        deadlines.resumed(at: 60)
        #expect(deadlines.expired(at: 90) == .idle)
    }

    @Test("limits are at least a millisecond and at most a day")
    func sane() {
        let odd = OutboundLimits(connect: 0, firstByte: -1, idle: .max, total: .max, maximumResponseBytes: -1)
        #expect(odd == OutboundLimits(connect: 1, firstByte: 1, idle: 86_400_000, total: 86_400_000, maximumResponseBytes: 0))
    }
}

@Suite("Response buffer")
struct ResponseBufferTests {
    @Test("gathers small pieces and gives them out together")
    func gathers() {
        var buffer = ResponseBuffer()
        #expect(buffer.read() == .nothingYet)
        #expect(buffer.offer([1, 2]) == .taken)
        #expect(buffer.offer([3]) == .taken)
        #expect(buffer.read() == .bytes([1, 2, 3], resume: false))
        #expect(buffer.read() == .nothingYet)
    }

    @Test("refuses a piece when full, and asks for it again after the next read")
    func full() {
        var buffer = ResponseBuffer(capacity: 2)
        #expect(buffer.offer([1, 2, 3]) == .taken)
        #expect(buffer.offer([4]) == .full)
        #expect(buffer.read() == .bytes([1, 2, 3], resume: true))
        #expect(buffer.offer([4]) == .taken)
        #expect(buffer.read() == .bytes([4], resume: false))
    }

    @Test("gives what has arrived before the end, and the end again and again")
    func ends() {
        var buffer = ResponseBuffer()
        _ = buffer.offer([1])
        buffer.finish(.tooLarge)
        buffer.finish(nil)
        #expect(buffer.offer([2]) == .closed)
        #expect(buffer.read() == .bytes([1], resume: false))
        #expect(buffer.read() == .failed(.tooLarge))
        #expect(buffer.read() == .failed(.tooLarge))
        var good = ResponseBuffer()
        good.finish(nil)
        #expect(good.read() == .ended)
        let wasLive = good.abandon()
        #expect(!wasLive)
    }

    @Test("throws everything away when its reader goes")
    func abandoned() {
        var buffer = ResponseBuffer()
        _ = buffer.offer([1])
        let wasLive = buffer.abandon()
        #expect(wasLive)
        #expect(buffer.read() == .failed(.cancelled))
        #expect(buffer.offer([2]) == .closed)
    }
}

@Suite("Response channel", .timeLimit(.minutes(1)))
struct ResponseChannelTests {
    private let channel = ResponseChannel(resume: {}, abort: {})

    @Test("a response that ends before its head is broken")
    func headless() async {
        channel.finish(nil)
        #expect(await failure { await channel.head() } == .broken("the response had no head"))
        let waiting = ResponseChannel(resume: {}, abort: {})
        async let head = failure { await waiting.head() }
        waiting.finish(.tooLarge)
        #expect(await head == .tooLarge)
    }

    @Test("a second reader is turned away")
    func secondReader() async {
        let first = Task { await channel.next() }
        // Whichever comes second is turned away; the other one still gets the end.
        let second = Task { await channel.next() }
        let refused = Happening()
        Task {
            _ = await first.value
            refused.happen()
        }
        Task {
            _ = await second.value
            refused.happen()
        }
        await refused.wait()
        channel.finish(nil)
        let answers = [await first.value, await second.value]
        #expect(answers.contains(.failure(.broken("a body has one reader"))))
        #expect(answers.contains(.success(nil)))
    }

    @Test("cancelling wakes whoever waits and stops the transfer once")
    func cancel() async {
        let aborted = Happening()
        let channel = ResponseChannel(resume: {}, abort: { aborted.happen() })
        async let head = failure { await channel.head() }
        channel.cancel()
        #expect(await head == .cancelled)
        await aborted.wait()
        #expect(channel.offer([1]) == .closed)
        channel.finish(nil)
        #expect(await channel.next() == .failure(.cancelled))
    }

    private func failure(_ head: () async -> ResponseChannel.HeadAnswer) async -> OutboundError? {
        if case .failure(let error) = await head() { error } else { nil }
    }
}

@Suite("Outbound target")
struct OutboundTargetTests {
    @Test(
        "a breaker is kept for the host and the port",
        arguments: [
            ("http://Example.TEST/a?b=c", "example.test:80"), ("https://example.test", "example.test:443"),
            ("http://[::1]:8080/", "[::1]:8080"), ("HTTP://127.0.0.1:11434/v1", "127.0.0.1:11434"),
        ])
    func host(url: String, expected: String) throws {
        #expect(try OutboundTarget(OutboundRequest(url: url)).host == expected)
    }

    @Test(
        "refuses what is not a plain web address",
        arguments: [
            ("file:///etc/passwd", "the address is neither http nor https"),
            ("ftp://example.test/", "the address is neither http nor https"),
            ("gopher://example.test/", "the address is neither http nor https"),
            ("http://user:secret@example.test/", "the address contains a user name or password"),
            ("http://user@example.test/", "the address contains a user name or password"), ("", "the address is not a URL"),
            ("example.test/path", "the address is not a URL"), ("http://exa mple.test/", "the address is not a URL"),
            ("http://example.test/\r\nX: y", "the address is not a URL"), ("http://example.test/\0", "the address is not a URL"),
            ("http://example.test:99999/", "the address is not a URL"),
        ])
    func refusesAddress(url: String, reason: String) {
        #expect(throws: OutboundError.broken(reason)) { try OutboundTarget(OutboundRequest(url: url)) }
    }

    @Test(
        "refuses a header that could become two",
        arguments: [("X-A", "b\r\nX-C: d"), ("X-A", "b\0"), ("X A", "b"), ("", "b"), ("X-A:", "b"), ("X-Ä", "b"), ("X", "\u{7F}")])
    func refusesHeader(name: String, value: String) {
        #expect(throws: OutboundError.broken("a request header has characters that HTTP does not allow")) {
            try OutboundTarget(OutboundRequest(url: "http://example.test/", headers: [(name, value)]))
        }
    }

    @Test("allows the characters that headers may have")
    func allowsHeader() throws {
        _ = try OutboundTarget(OutboundRequest(url: "http://example.test/", headers: [("X-a_9!", "é\t~")]))
    }

    @Test("refuses a method that is not a word", arguments: ["", "get", "GET /"])
    func refusesMethod(method: String) {
        #expect(throws: OutboundError.broken("the method is not a word of capital letters")) {
            try OutboundTarget(OutboundRequest(method: method, url: "http://example.test/"))
        }
    }
}
