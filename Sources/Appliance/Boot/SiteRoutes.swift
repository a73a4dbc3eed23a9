import Platform
import Synchronization

/// The pages that are there for people: the API's document and what shows it.
struct SiteRoutes: Sendable {
    private let written: LateDocument

    init(documenting routes: [Route]) { written = LateDocument(routes) }

    private var document: OpenAPIDocument { written.document }

    var routes: [Route] {
        [
            .get("/", access: .anyone, summary: "To the documentation", produces: ["text/html"]) { _ in
                HTTPAnswer(status: 301, headers: [("Location", "/api/docs/")])
            },
            .get(
                "/api/schema/", access: .anyone, summary: "The API's document",
                produces: [OpenAPIDocument.yamlType, OpenAPIDocument.jsonType, "application/yaml", "application/json"], handler: schema
            )
            .asks(Operation.Parameter("format", .choice(["json", "yaml"]), "The form; what Accept asks for if not given, else YAML.")),
            page("docs"), page("redoc"),
            asset("docs.css", PackageResources.docs_css, type: "text/css; charset=utf-8"),
            asset("docs.js", PackageResources.docs_js, type: "text/javascript; charset=utf-8"),
        ]
    }

    /// YAML, as before; JSON for `?format=json` and for whoever names it before YAML.
    @Sendable private func schema(_ request: HTTPRequest) async throws -> HTTPAnswer {
        switch request.query("format") {
        case "json": return .bytes(document.json, type: OpenAPIDocument.jsonType)
        case "yaml": return .bytes(document.yaml, type: OpenAPIDocument.yamlType)
        default: break
        }
        let named = request.headers.list("accept").map { MediaType($0).name }
        let json = named.firstIndex { $0 == "application/json" || $0 == OpenAPIDocument.jsonType }
        let yaml = named.firstIndex { $0 == "application/yaml" || $0 == OpenAPIDocument.yamlType }
        let wantsJSON = json.map { $0 < yaml ?? .max } ?? false
        guard wantsJSON else { return .bytes(document.yaml, type: OpenAPIDocument.yamlType) }
        // Whoever asked for plain JSON gets it under that name.
        return .bytes(document.json, type: named.contains("application/json") ? "application/json" : OpenAPIDocument.jsonType)
    }

    // MARK: Pages

    /// Nothing but what this server itself delivers, and no frame around it.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private func page(_ view: String) -> Route {
        let html = String(decoding: PackageResources.docs_html, as: UTF8.self)
        let text = html.split(separator: "$VIEW", omittingEmptySubsequences: false).joined(separator: view)
        let answer = HTTPAnswer.text(text, type: "text/html; charset=utf-8").with("Content-Security-Policy", Self.policy)
        return .get("/api/\(view)/", access: .anyone, summary: "The documentation", produces: ["text/html"]) { _ in answer }
    }

    private func asset(_ name: String, _ bytes: [UInt8], type: String) -> Route {
        let answer = HTTPAnswer.bytes(bytes, type: type).with("Cache-Control", "max-age=300")
        return .get(
            "/api/docs/\(name)", access: .anyone, summary: "A part of the documentation",
            produces: [String(type.prefix { $0 != ";" })]
        ) { _ in answer }
    }
}

/// The API's document, written when somebody first asks for it: that takes longer than all the rest of a start.
private final class LateDocument: Sendable {
    private let routes: [Route]
    private let written: Mutex<OpenAPIDocument?> = Mutex(nil)

    init(_ routes: [Route]) { self.routes = routes }

    var document: OpenAPIDocument {
        written.withLock { written in
            if let written { return written }
            let document = OpenAPIDocument(
                title: "Jobraker API", version: "1.0.0",
                description: "The API of a self-hosted AI job-search backend: accounts, chat with an assistant, and background work.",
                routes: routes)
            written = document
            return document
        }
    }
}
