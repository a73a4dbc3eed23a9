import Platform
import TestSupport
import Testing

@testable import Appliance

/// Compares an answer in full: its status and its body, byte for byte.
func expectAnswer(_ answer: TestResponse, _ status: Int, _ text: String, at location: SourceLocation = #_sourceLocation) {
    #expect(answer.status == status, sourceLocation: location)
    #expect(answer.text == text, sourceLocation: location)
}

/// The 401 for a token in the header that does not hold.
func expectRefused(_ answer: TestResponse, _ message: String, at location: SourceLocation = #_sourceLocation) {
    expectAnswer(
        answer, 401,
        #"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":"#
            + #"[{"token_class":"AccessToken","token_type":"access","message":"\#(message)"}]}"#, at: location)
    #expect(answer["WWW-Authenticate"] == #"Bearer realm="api""#, sourceLocation: location)
}

/// The 401 for a token in a body that does not hold.
func expectTokenRefused(_ answer: TestResponse, _ message: String, at location: SourceLocation = #_sourceLocation) {
    expectAnswer(answer, 401, #"{"detail":"\#(message)","code":"token_not_valid"}"#, at: location)
    #expect(answer["WWW-Authenticate"] == #"Bearer realm="api""#, sourceLocation: location)
}

/// The two tokens of an answer.
struct TokenAnswer: Sendable {
    let access: String
    let refresh: String

    init(_ answer: TestResponse, at location: SourceLocation = #_sourceLocation) throws {
        access = try #require(answer.json["access"]?.string, sourceLocation: location)
        refresh = try #require(answer.json["refresh"]?.string, sourceLocation: location)
    }
}

extension TestAppliance {
    var database: Database { appliance.core.database }

    /// `POST /api/v1/auth/<path>`.
    func auth(_ path: String, _ body: String? = nil, token: String? = nil, headers: [(String, String)] = []) async throws -> TestResponse {
        try await request("POST", "/api/v1/auth/" + path, token: token, body: body, headers: headers)
    }

    func login(_ email: String, _ password: String = "correct horse 7", headers: [(String, String)] = []) async throws -> TestResponse {
        try await auth("login/", #"{"email":"\#(email)","password":"\#(password)"}"#, headers: headers)
    }

    func refresh(_ token: String) async throws -> TestResponse { try await auth("refresh/", #"{"refresh":"\#(token)"}"#) }

    func verify(_ token: String) async throws -> TestResponse { try await auth("verify/", #"{"token":"\#(token)"}"#) }

    func me(_ access: String) async throws -> TestResponse { try await request("GET", "/api/v1/auth/me/", token: access) }

    /// A command that must fail, and how it did.
    func failure(_ name: String, _ arguments: [(String, JSONValue)] = [], payload: String = "") async throws -> CommandFailure? {
        do {
            _ = try await command(name, arguments, payload: payload)
            return nil
        } catch let failure as CommandFailure {
            return failure
        }
    }

    /// Another `Tokens` over the same keys, as a second process would have it.
    func tokens() async throws -> Tokens {
        try await Tokens.open(database: database, clock: clock, random: SystemRandom()) {
            Tokens.Lifetimes(accessMinutes: 60, refreshDays: 7)
        }
    }
}
