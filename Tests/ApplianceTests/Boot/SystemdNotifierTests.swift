import Glibc
import TestSupport
import Testing

@testable import Appliance

/// A socket such as the service manager listens on.
private final class ServiceManager: Sendable {
    private let file: Int32

    /// `name` begins with a NUL for an abstract address.
    init(_ name: [UInt8]) {
        file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = bind(file, $0, length) }
        }
    }

    deinit { close(file) }

    /// What has arrived; nil when nothing has.
    func received() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(file, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}

@Suite("Telling systemd")
struct SystemdNotifierTests {
    private func check(_ manager: ServiceManager, _ address: String) {
        let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": address])
        notifier.ready(status: "Listening on 127.0.0.1:80")
        #expect(manager.received() == "READY=1\nSTATUS=Listening on 127.0.0.1:80")
        notifier.reloading()
        #expect(manager.received()?.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=\d+/) != nil)
        notifier.stopping()
        #expect(manager.received() == "STOPPING=1")
        #expect(manager.received() == nil)
    }

    @Test("Each state is one datagram to the socket in the file system")
    func path() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/notify"
        check(ServiceManager(Array(path.utf8)), path)
    }

    @Test("An address with @ is an abstract one")
    func abstract() throws {
        let name = "jobraker-test-\(getpid())-notify"
        check(ServiceManager([0] + Array(name.utf8)), "@" + name)
    }

    @Test("Without a socket, with an empty one and with one that cannot be, nobody is told")
    func nobody() {
        for environment in [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)]] {
            SystemdNotifier(environment: environment).stopping()
        }
    }
}
