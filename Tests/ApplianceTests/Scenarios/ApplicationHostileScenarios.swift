import Platform
import Testing

@testable import Appliance

/// Hostile texts in what an account writes of its applications; every route with every field is in `HostileInputScenarios`.
@Suite("Hostile texts in applications")
struct ApplicationHostileScenarios {
    @Test("Text that looks like SQL or markup is kept and found as it is")
    func kept() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for text in HostileValues.texts where text.utf8.allSatisfy({ $0 >= 0x20 }) {
                let id = try await user.apply(to: try await server.vacancy(), #""notes":\#(JSONValue.string("<\(text)>").jsonText)"#)
                #expect(try await user.get("\(applicationsPath)\(id)/").json["notes"]?.string == "<\(text)>")
                let found = try await user.results("\(applicationsPath)?q=\(HostileValues.encode(text))")
                #expect(found.contains { $0["id"]?.string == id }, "\(text)")
            }
        }
    }
}
