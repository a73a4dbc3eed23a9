import Platform
import TestSupport
import Testing

@testable import Appliance

extension TestAppliance {
    static let byInvitation = "[auth]\nregistration = \"invite\"\n"

    /// Makes an invitation as the operator does.
    func invite(_ arguments: [(String, JSONValue)] = []) async throws -> (code: String, id: String) {
        let made = try await command("admin.invite", arguments)
        return (try #require(made["code"]?.string), try #require(made["id"]?.string))
    }

    /// `POST register/` with a form that is right but for what the test is about. `code` is JSON text.
    func tryToRegister(_ email: String = "guest@example.org", rawCode code: String?) async throws -> TestResponse {
        let field = code.map { #","invite_code":\#($0)"# } ?? ""
        return try await auth(
            "register/", #"{"email":"\#(email)","password":"correct horse 7","password_confirm":"correct horse 7"\#(field)}"#)
    }

    func tryToRegister(_ email: String = "guest@example.org", code: String) async throws -> TestResponse {
        try await tryToRegister(email, rawCode: JSONValue.string(code).jsonText)
    }

    /// What the operator sees of an invitation.
    func invitation(_ id: String) async throws -> JSONValue? {
        try await command("admin.invites").array?.first { $0["id"]?.string == id }
    }

    func rows(in table: String) throws -> Int64 { try database.read { try $0.int("SELECT count(*) FROM \(table)") } }
}

/// The only answer to a code that lets nobody in.
func expectNotInvited(_ answer: TestResponse, at location: SourceLocation = #_sourceLocation) {
    expectAnswer(answer, 400, #"{"invite_code":["This invitation code is not valid."]}"#, at: location)
}
