import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("admin", .timeLimit(.minutes(1)))
struct AdminCommandTests {
    @Test("Accounts are made, listed, closed, opened and given a new password", arguments: [true, false])
    func accounts(isRunning: Bool) async throws {
        let line = try CommandLine()
        try line.directory.write("correct horse 7\nsecond line\n", to: "password")
        try line.directory.write("another horse 8", to: "new-password")
        let email = "boss@example.org"
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("admin", "create", "--email", email, "--password-file", line.path("password")) == 0)
            #expect(
                try await line.run(
                    "admin", "create", "--email", "clerk@example.org", "--password-file", line.path("password"), "--not-staff", "--json")
                    == 0)
            #expect(try await line.run("admin", "disable", email) == 0)
            #expect(try await line.run("admin", "list") == 0)
            #expect(try await line.run("admin", "list", "--json") == 0)
        }
        #expect(try await line.count("SELECT count(*) FROM accounts WHERE is_active = 0 AND is_staff = 1") == 1)
        #expect(try await line.count("SELECT count(*) FROM accounts WHERE is_active = 1 AND is_staff = 0") == 1)
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("admin", "enable", email, "--json") == 0)
            #expect(try await line.run("admin", "reset-password", email, "--password-file", line.path("new-password")) == 0)
        }
        try await TestAppliance.rerun(in: line.directory) { (server: TestAppliance) async throws in
            func login(_ password: String) async throws -> Int {
                try await server.request(
                    "POST", "/api/v1/auth/login/", body: #"{"email":"\#(email)","password":"\#(password)"}"#
                ).status
            }
            #expect(try await login("correct horse 7") == 401)
            #expect(try await login("another horse 8") == 200)
        }
    }

    @Test("What is wrong decides the exit status: 2 for the input, 1 for an account that is not there", arguments: [true, false])
    func mistakes(isRunning: Bool) async throws {
        let line = try CommandLine()
        try line.directory.write("correct horse 7\n", to: "password")
        try line.directory.write("short\n", to: "weak")
        try await line.with(server: isRunning) { () async throws in
            let password = line.path("password")
            #expect(try await line.run("admin", "create", "--email", "boss@example.org", "--password-file", line.path("none")) == 2)
            #expect(try await line.run("admin", "create", "--email", "boss@example.org", "--password-file", line.path("weak")) == 2)
            #expect(try await line.run("admin", "create", "--email", "nobody", "--password-file", password) == 2)
            #expect(try await line.run("admin", "disable", "ghost@example.org") == 1)
            #expect(try await line.run("admin", "enable", "ghost@example.org") == 1)
            #expect(try await line.run("admin", "reset-password", "ghost@example.org", "--password-file", password) == 1)
        }
        #expect(try await line.count("SELECT count(*) FROM accounts") == 0)
    }
}
