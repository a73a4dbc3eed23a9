import Glibc
import Synchronization

/// The server's log: one line an event, on standard error, where systemd's journal reads it.
///
/// A line is one `write`, so that lines of different threads never mix. No text that reaches a line can end it or
/// start another one: JSON escapes it, and the text form escapes it the same way and quotes it. Level and
/// format can be changed while the server runs. Callers pass no secrets; paths are logged without their query.
package final class Log: Sendable {
    package typealias Sink = @Sendable ([UInt8]) -> Void

    private struct Settings {
        var level: LogLevel
        var format: LogFormat
    }

    private let settings: Mutex<Settings>
    private let clock: any PlatformClock
    private let sink: Sink

    package init(
        level: LogLevel = .info, format: LogFormat = .text, clock: any PlatformClock = SystemClock(),
        sink: @escaping Sink = Log.standardError
    ) {
        settings = Mutex(Settings(level: level, format: format))
        self.clock = clock
        self.sink = sink
    }

    package var level: LogLevel {
        get { settings.withLock { $0.level } }
        set { settings.withLock { $0.level = newValue } }
    }

    package var format: LogFormat {
        get { settings.withLock { $0.format } }
        set { settings.withLock { $0.format = newValue } }
    }

    package func debug(_ message: @autoclosure () -> String, requestID: String? = nil, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, message(), requestID, fields)
    }

    package func info(_ message: @autoclosure () -> String, requestID: String? = nil, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, message(), requestID, fields)
    }

    package func warning(_ message: @autoclosure () -> String, requestID: String? = nil, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warning, message(), requestID, fields)
    }

    package func error(_ message: @autoclosure () -> String, requestID: String? = nil, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, message(), requestID, fields)
    }

    private func write(
        _ level: LogLevel, _ message: @autoclosure () -> String, _ requestID: String?, _ fields: KeyValuePairs<String, LogValue>
    ) {
        guard let format = format(for: level) else { return }
        var line = LogLine(format: format, time: clock.now(), level: level, message: message())
        if let requestID { line.add("request_id", requestID) }
        for (name, value) in fields { line.add(name, value) }
        sink(line.finish())
    }

    /// The line of a finished request.
    package func access(_ entry: @autoclosure () -> AccessEntry) {
        guard let format = format(for: .info) else { return }
        let entry = entry()
        var line = LogLine(format: format, time: clock.now(), level: .info, message: "request")
        entry.write(into: &line)
        sink(line.finish())
    }

    /// The format to write a line of this level in, or nil if it is not to be written.
    private func format(for level: LogLevel) -> LogFormat? {
        settings.withLock { level >= $0.level ? $0.format : nil }
    }

    /// Writes a line to standard error. A reader that is gone or full must not stop the server, so what cannot
    /// be written is dropped.
    package static let standardError: Sink = { line in
        line.withUnsafeBytes { bytes in
            while Glibc.write(2, bytes.baseAddress, bytes.count) < 0, errno == EINTR {}
        }
    }
}
