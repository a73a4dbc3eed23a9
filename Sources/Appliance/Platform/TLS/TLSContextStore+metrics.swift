/// What is counted of HTTPS.
extension TLSContextStore: MetricsSource {
    package func write(into writer: inout MetricsWriter) {
        let counts = counters.snapshot
        writer.family("jobraker_tls_handshakes_total", .counter, "Handshakes that succeeded, by version.") { family in
            family.sample(Int64(counts.handshakes12), ["version": "1.2"])
            family.sample(Int64(counts.handshakes13), ["version": "1.3"])
        }
        writer.family("jobraker_tls_handshake_failures_total", .counter, "Handshakes that failed, by reason.") { family in
            for failure in TLSHandshakeFailure.allCases {
                family.sample(Int64(counts.failures[failure] ?? 0), ["reason": failure.rawValue])
            }
        }
        writer.seconds(
            "jobraker_tls_certificate_expiry_timestamp_seconds", .gauge, "When the certificate in use runs out.",
            microseconds: pair.notAfter.microseconds)
    }
}
