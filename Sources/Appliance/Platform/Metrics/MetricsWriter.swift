/// Writes metrics in Prometheus' text format, version 0.0.4.
///
/// Each family is announced once, with all its samples behind it; a family without samples is left out.
package struct MetricsWriter {
    package enum Kind: String {
        case counter, gauge, histogram
    }

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(16 << 10) }

    /// One family; `body` adds its samples.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String, _ body: (inout Family) -> Void) {
        var family = Family(name: name)
        body(&family)
        guard !family.bytes.isEmpty else { return }
        append("# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n")
        bytes += family.bytes
    }

    /// A family of one sample without labels.
    package mutating func value(_ name: String, _ kind: Kind, _ help: String, _ value: Int64) {
        family(name, kind, help) { $0.sample(value) }
    }

    package mutating func seconds(_ name: String, _ kind: Kind, _ help: String, microseconds: Int64) {
        family(name, kind, help) { $0.seconds(microseconds: microseconds) }
    }

    private mutating func append(_ text: String) { bytes += Array(text.utf8) }

    /// The samples of one family.
    package struct Family {
        package typealias Labels = KeyValuePairs<String, String>

        let name: String
        var bytes: [UInt8] = []

        package mutating func sample(_ value: Int64, _ labels: Labels = [:]) { line("", labels, String(value)) }

        package mutating func seconds(microseconds: Int64, _ labels: Labels = [:]) { line("", labels, Self.seconds(microseconds)) }

        /// The lines of a histogram: one for each bound, the sum and the count.
        package mutating func histogram(_ histogram: Histogram, _ labels: Labels = [:]) {
            let reading = histogram.reading
            for (bound, count) in zip(histogram.bounds, reading.cumulative) {
                line("_bucket", labels, String(count), bound: Self.seconds(bound))
            }
            line("_bucket", labels, String(reading.count), bound: "+Inf")
            line("_sum", labels, Self.seconds(reading.sumMicroseconds))
            line("_count", labels, String(reading.count))
        }

        private mutating func line(_ suffix: String, _ labels: Labels, _ value: String, bound: String? = nil) {
            var pairs = labels.map { "\($0.key)=\"\(MetricsWriter.escaped($0.value, quotes: true))\"" }
            if let bound { pairs.append("le=\"\(bound)\"") }
            bytes += Array("\(name)\(suffix)\(pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}") \(value)\n".utf8)
        }

        /// Microseconds as seconds, without rounding.
        private static func seconds(_ microseconds: Int64) -> String {
            let (whole, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
            var digits = String(rest)
            digits = String(repeating: "0", count: 6 - digits.count) + digits
            while digits.hasSuffix("0") { digits.removeLast() }
            return (microseconds < 0 ? "-" : "") + String(whole) + (digits.isEmpty ? "" : "." + digits)
        }
    }

    fileprivate static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// A part of the server that has figures to show.
package protocol MetricsSource: Sendable {
    func write(into writer: inout MetricsWriter)
}
