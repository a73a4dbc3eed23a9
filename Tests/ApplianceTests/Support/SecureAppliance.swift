import Platform
import TestSupport

@testable import Appliance

/// An appliance with HTTPS: plain listeners on every address and on loopback, and one over TLS.
struct SecureAppliance {
    let appliance: TestAppliance
    let directory: TemporaryDirectory

    /// The plain listener that strangers could reach, so that it asks for HTTPS.
    var publicPort: Int { appliance.appliance.ports[0] }
    /// The plain listener that only this machine reaches.
    var loopbackPort: Int { appliance.appliance.ports[1] }
    /// The listener over TLS.
    var port: Int { appliance.appliance.ports[2] }

    /// Starts one with a certificate, runs `body`, and stops it. `server` and `tls` are more lines of those tables.
    static func run(
        _ certificate: TestCertificate? = nil, server: String = "", tls: String = "",
        world change: (inout Appliance.World) -> Void = { _ in }, _ body: (SecureAppliance) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try (try certificate ?? TestCertificate()).write(to: directory.path)
        try await TestAppliance.run(settings: settings(in: directory, server: server, tls: tls), in: directory, world: change) {
            (started: TestAppliance) async throws in
            try await body(SecureAppliance(appliance: started, directory: directory))
        }
    }

    static func settings(in directory: TemporaryDirectory, server: String = "", tls: String = "") -> String {
        """
        [tls]
        listen = ["127.0.0.1:0"]
        certificate = "\(directory.path)/server.pem"
        key = "\(directory.path)/server.key"
        \(tls)
        [server]
        listen = ["0.0.0.0:0", "127.0.0.1:0"]
        \(server)
        [auth]
        registration = "open"
        [backup]
        interval_minutes = 0
        """
    }

    /// What SIGHUP does with the files as they are, and with more lines of their tables.
    func reload(server: String = "", tls: String = "") throws {
        let settings = Self.settings(in: directory, server: server, tls: tls)
        let loaded = try TestAppliance.configuration(settings, in: directory)
        try appliance.appliance.reloadCertificate(loaded)
        _ = appliance.appliance.reload(loaded)
    }

    /// One request over TLS on a connection of its own; `body` is JSON text.
    func request(_ method: String, _ path: String, token: String? = nil, body: String? = nil) async throws -> TestResponse {
        var headers: [(String, String)] = []
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let client = try await TestClient.secure(port: port)
        return try await client.request(method, path, headers: headers, body: body.map { Array($0.utf8) })
    }

    /// One request in the clear to the listener that asks for HTTPS.
    func plain(_ method: String, _ path: String, headers: [(String, String)] = []) async throws -> TestResponse {
        try await TestClient(port: publicPort).request(method, path, headers: headers)
    }

    /// The certificate that a new connection gets.
    func servedCertificate() async throws -> [UInt8] {
        try await TestClient.secure(port: port).session?.certificate ?? []
    }
}
