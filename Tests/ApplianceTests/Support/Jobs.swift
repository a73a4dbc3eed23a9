import Platform
import TestSupport
import Testing

@testable import Appliance

extension TestUser {
    /// Creates a job over the API, as a member of the staff, and returns its id. `more` is members of the body.
    func job(_ title: String, _ more: String = "") async throws -> String {
        let body =
            #"{"title":"\#(title)","company":"Loaf","description":"Bakes bread.","location":"Ulm"\#(more.isEmpty ? "" : ",")\#(more)}"#
        let answer = try await post("/api/v1/jobs/jobs/", body)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"]?.string)
    }

    /// The titles of a list's page.
    func titles(_ path: String) async throws -> [String] {
        let answer = try await get(path)
        #expect(answer.status == 200, "\(path): \(answer.text)")
        return (answer.json["results"]?.array ?? answer.json.array ?? []).compactMap { ($0["job"] ?? $0)["title"]?.string }
    }
}
