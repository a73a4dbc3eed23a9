import Glibc

/// Tells the service manager of the server's state (sd_notify(3)): one datagram
/// to the socket named by `NOTIFY_SOCKET`; without one there is nobody to tell.
struct SystemdNotifier: Sendable {
    private let path: String?

    init(environment: [String: String]) { path = environment["NOTIFY_SOCKET"] }

    func ready(status: String) { send("READY=1\nSTATUS=\(status)") }

    /// systemd wants the monotonic time of the reload, in microseconds.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    func stopping() { send("STOPPING=1") }

    private func send(_ message: String) {
        guard let path, !path.isEmpty else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // An abstract address is written with @ and begins with a NUL.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return }
        defer { close(file) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let payload = Array(message.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(file, payload, payload.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
