import Testing

@testable import Platform

@Suite struct MetricsTests {
    @Test("A family is announced once, in front of its samples, and not at all without one")
    func families() {
        var writer = MetricsWriter()
        writer.family("a_total", .counter, "Two\nlines \\ here.") { family in
            family.sample(1, ["name": "quote \" slash \\ line\n"])
            family.sample(2)
        }
        writer.family("empty", .gauge, "Nothing.") { _ in }
        writer.seconds("b_seconds", .gauge, "Time.", microseconds: -1_500_000)
        let expected = #"""
            # HELP a_total Two\nlines \\ here.
            # TYPE a_total counter
            a_total{name="quote \" slash \\ line\n"} 1
            a_total 2
            # HELP b_seconds Time.
            # TYPE b_seconds gauge
            b_seconds -1.5

            """#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test("A histogram counts each value in every step that is not below it, and adds them up")
    func histogram() {
        let histogram = Histogram(bounds: [1_000, 10_000])
        for value in [0, 1_000, 1_001, 10_000, 10_001, 5_000_000] as [Int64] { histogram.record(microseconds: value) }
        #expect(histogram.reading == Histogram.Reading(cumulative: [2, 4, 6], sumMicroseconds: 5_022_002))
        var writer = MetricsWriter()
        writer.family("h_seconds", .histogram, "H.") { $0.histogram(histogram, ["k": "v"]) }
        let lines = String(decoding: writer.bytes, as: UTF8.self).split(separator: "\n").dropFirst(2)
        #expect(
            Array(lines) == [
                #"h_seconds_bucket{k="v",le="0.001"} 2"#, #"h_seconds_bucket{k="v",le="0.01"} 4"#, #"h_seconds_bucket{k="v",le="+Inf"} 6"#,
                #"h_seconds_sum{k="v"} 5.022002"#, #"h_seconds_count{k="v"} 6"#,
            ])
    }

    @Test("Requests are counted by route and status; what met no route is one row, whatever was asked for")
    func requests() async throws {
        let fixture = HTTPFixture()
        let dispatcher = try fixture.dispatcher()
        for path in ["/api/v1/public/", "/api/v1/public", "/api/v1/boom/", "/api/v1/nowhere/1", "/api/v1/nowhere/2"] {
            _ = await dispatcher.respond(to: IncomingRequest(method: "GET", target: path, received: Timestamp(seconds: 0)))
        }
        var writer = MetricsWriter()
        dispatcher.metrics.write(into: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.contains(#"jobraker_http_requests_total{method="GET",route="/api/v1/public/",status="200"} 2"#))
        #expect(text.contains(#"jobraker_http_requests_total{method="GET",route="/api/v1/boom/",status="500"} 1"#))
        #expect(text.contains(#"jobraker_http_requests_total{method="-",route="-",status="404"} 2"#))
        #expect(text.contains("jobraker_http_requests_in_flight 0\n"))
        #expect(!text.contains("nowhere"))
    }

    @Test("A process knows its memory, its open files and its processor time")
    func process() throws {
        var writer = MetricsWriter()
        ProcessMetrics(version: "1.2.3", startedAt: Timestamp(seconds: 12)).write(into: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.contains(#"jobraker_build_info{version="1.2.3"} 1"#) && text.contains("process_start_time_seconds 12\n"))
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"] {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            #expect(try #require(Double(line.dropFirst(name.count + 1))) > 0)
        }
    }
}
