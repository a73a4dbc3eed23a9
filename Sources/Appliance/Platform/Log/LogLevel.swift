/// How much a log line matters. A log writes the lines of its own level and of those above it.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }
}

/// How a log line is written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-11-23T09:20:12Z info The server listens. port=8080`
    case text
    /// One JSON object a line.
    case json
}

/// The value of a log field.
package enum LogValue: Sendable {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)

    package static func id(_ identifier: Identifier) -> LogValue {
        .string(identifier.description)
    }
}
