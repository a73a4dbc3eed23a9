import Platform

/// `search/`: the active jobs, by filters, by words, in an order, with counts.
extension JobRoutes {
    @Sendable func search(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let form = try JobSearchForm(request, random: random)
        let found = try await lists.find(form.request, limit: form.limit) { _ in form.offset }
        return .json { writer in
            writer.object { writer in
                writer.field("count", found.count)
                writer.field("next", form.offset + form.limit < found.count ? Page.link(request, page: form.page + 1) : nil)
                writer.field("previous", form.page > 1 ? Page.link(request, page: form.page - 1) : nil)
                writer.array("results") { writer in
                    for item in found.items { Self.write(item, hasSnippets: form.request.snippetMarks != nil, into: &writer) }
                }
                if let facets = found.facets {
                    writer.key("facets")
                    facets.write(into: &writer)
                }
            }
        }
    }

    private static func write(_ item: JobLists.Found.Item, hasSnippets: Bool, into writer: inout JSONWriter) {
        writer.object { writer in
            JobListItem.description.writeFields(item.job, into: &writer)
            guard hasSnippets else { return }
            writer.object("snippets") { writer in
                for snippet in item.snippets { writer.field(snippet.field, snippet.html) }
            }
        }
    }
}
