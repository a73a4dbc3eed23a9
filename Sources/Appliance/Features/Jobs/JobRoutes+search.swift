import Platform

/// `search/`: the active jobs, by filters, by words, in an order, with counts.
extension JobRoutes {
    @Sendable func search(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let form = try JobSearchForm(request, random: random)
        let found = try await find(form)
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

    private func find(_ form: JobSearchForm) async throws -> JobLists.Found {
        switch try await meaning.plan(form) {
        case .words:
            return try await lists.find(form.request, limit: form.limit) { _ in form.offset }
        case .near(let question, let mode):
            let watch = meaning.metrics.watch(mode)
            let found = try await lists.find(form.request, near: question, mode: mode, limit: form.limit, offset: form.offset)
            watch.ended(isEmpty: found.count == 0)
            return found
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
