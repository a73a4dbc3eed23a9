import Platform
import TestSupport
import Testing

@testable import Appliance

/// The API's document and the pages around it.
@Suite struct SiteScenarios {
    @Test("Every route of the API is in the document, with what it takes and how it answers")
    func complete() async throws {
        try await TestAppliance.run { server in
            let answer = try await server.request("GET", "/api/schema/?format=json")
            #expect(answer.status == 200 && answer["Content-Type"] == OpenAPIDocument.jsonType)
            let document = answer.json
            #expect(
                document["openapi"] == "3.0.3" && document["info"]?["title"] == "Jobraker API" && document["info"]?["version"] == "1.0.0")
            var identifiers: Set<String> = []
            for route in server.appliance.routes where route.pattern.hasPrefix("/api/v1/") {
                let operation = try #require(
                    document["paths"]?[route.pattern]?[route.method.lowercased()], "\(route.method) \(route.pattern)")
                #expect(route.operation.isDocumented, "\(route.method) \(route.pattern) says nothing of its success")
                let (isNew, identifier) = identifiers.insert(operation["operationId"]?.string ?? "")
                #expect(isNew && !identifier.isEmpty, "\(identifier)")
                let readsBody = ["POST", "PUT", "PATCH"].contains(route.method) && route.body != .none
                #expect(!readsBody || operation["requestBody"] != nil, "\(route.method) \(route.pattern) says nothing of its body")
                #expect(operation["security"] == (route.access == .anyone ? [] : operation["security"]))
            }
        }
    }

    @Test("Every reference of the document leads somewhere")
    func references() async throws {
        try await TestAppliance.run { server in
            let document = try await server.request("GET", "/api/schema/", headers: [("Accept", "application/json")])
            #expect(document["Content-Type"] == "application/json")
            let found = Self.references(in: document.json)
            #expect(found.count > 50)
            for reference in Set(found) {
                let steps = reference.split(separator: "/").dropFirst().map(String.init)
                #expect(steps.reduce(document.json) { $0?[$1] } != nil, "\(reference)")
            }
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        if let items = value.array { return items.flatMap(references) }
        return (value.object?.members ?? []).flatMap { member in
            if member.key == "$ref", let text = member.value.string { return [text] }
            return references(in: member.value)
        }
    }

    @Test(
        "The document comes as YAML, and as JSON for whoever asks for it",
        arguments: [
            ("", "*/*", OpenAPIDocument.yamlType), ("?format=yaml", "application/json", OpenAPIDocument.yamlType),
            ("?format=json", "*/*", OpenAPIDocument.jsonType), ("", "application/json", "application/json"),
            ("", OpenAPIDocument.jsonType, OpenAPIDocument.jsonType), ("", "application/yaml, application/json", OpenAPIDocument.yamlType),
        ])
    func forms(query: String, accept: String, type: String) async throws {
        try await TestAppliance.run { server in
            let answer = try await server.request("GET", "/api/schema/" + query, headers: [("Accept", accept)])
            #expect(answer.status == 200 && answer["Content-Type"] == type)
            #expect(
                answer.text.hasPrefix(
                    type.hasSuffix("json") ? #"{"openapi":"3.0.3""# : "openapi: \"3.0.3\"\ninfo:\n  title: \"Jobraker API\"\n"))
            #expect(try await server.request("GET", "/api/schema/", headers: [("Accept", "image/png")]).status == 406)
        }
    }

    @Test("The pages are served with a policy that lets nothing else in, and the root leads to them")
    func pages() async throws {
        try await TestAppliance.run { server in
            let root = try await server.request("GET", "/")
            #expect(root.status == 301 && root["Location"] == "/api/docs/")
            for view in ["docs", "redoc"] {
                let page = try await server.request("GET", "/api/\(view)/", headers: [("Accept", "text/html")])
                #expect(page.status == 200 && page["Content-Type"] == "text/html; charset=utf-8")
                #expect(page["Content-Security-Policy"]?.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';") == true)
                #expect(page.text.contains(#"<meta name="view" content="\#(view)">"#) && !page.text.contains("$VIEW"))
                // Nothing of another host; the one address in it names what its icon is written in.
                #expect(page.text.split(separator: "http://www.w3.org/2000/svg").allSatisfy { !$0.contains("://") })
            }
            for (name, type) in [("docs.css", "text/css; charset=utf-8"), ("docs.js", "text/javascript; charset=utf-8")] {
                let asset = try await server.request("GET", "/api/docs/\(name)")
                #expect(asset.status == 200 && asset["Content-Type"] == type && asset.body.count > 1000)
            }
        }
    }
}
