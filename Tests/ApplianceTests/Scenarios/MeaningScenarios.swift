import Platform
import TestSupport
import Testing

@testable import Appliance

/// Search, similar jobs, recommendations and citations, with an embeddings provider beside the appliance.
@Suite("By meaning over HTTP", .timeLimit(.minutes(2)))
struct MeaningScenarios {
    /// Jobs about bread and about flying, some without a word in common.
    private func run(
        _ behaviour: StubProvider.Behaviour = EmbeddingStub.meanings, _ body: (TestAppliance, TestUser, StubProvider) async throws -> Void
    ) async throws {
        try await StubProvider.with(behaviour) { provider, url in
            try await TestAppliance.run(settings: EmbeddingStub.settings(url)) { server in
                let staff = try await server.staff()
                _ = try await staff.job("Patisserie help", #""company":"Acme","description":"Sweet things.","job_type":"part_time""#)
                _ = try await staff.job("Dough kneader", #""company":"Acme","description":"Strong arms.","job_type":"full_time""#)
                _ = try await staff.job("Loaf seller", #""company":"Acme","description":"At markets.","job_type":"full_time""#)
                _ = try await staff.job("Aviation clerk", #""company":"Acme","description":"Writes lists.","job_type":"full_time""#)
                try await body(server, staff, provider)
            }
        }
    }

    private func embedded(_ server: TestAppliance, _ count: Int = 4) async throws -> Bool {
        try await eventually { server.vectors.shelves?.count == count }
    }

    private static let search = "/api/v1/jobs/search/"

    @Test("By meaning jobs are found that have no word of the question, within the filters and with an exact count")
    func semantic() async throws {
        try await run { server, user, _ in
            #expect(try await embedded(server))
            let found = try await user.get(Self.search + "?q=bread&mode=semantic").json
            #expect(found["count"] == 3)
            #expect(
                Set(try await user.titles(Self.search + "?q=bread&mode=semantic")) == ["Patisserie help", "Dough kneader", "Loaf seller"])
            #expect(try await user.titles(Self.search + "?q=bread&mode=semantic&job_type=part_time") == ["Patisserie help"])
            #expect(try await user.titles(Self.search + "?q=aviation&mode=semantic&job_type=part_time") == [])
            #expect(try await user.titles(Self.search + "?q=gardening&mode=semantic") == [])
            #expect(try await user.titles(Self.search + "?q=bread&mode=text") == [])
        }
    }

    @Test("Pages of what was found both ways are exact: each job once, in one order")
    func pages() async throws {
        try await run { server, user, _ in
            #expect(try await embedded(server))
            // "loaf" is a word of one job, and the meaning of two others.
            let all = try await user.titles(Self.search + "?q=loaf")
            #expect(all.first == "Loaf seller" && Set(all) == ["Patisserie help", "Dough kneader", "Loaf seller"])
            var paged: [String] = []
            for page in 1...4 {
                let answer = try await user.get(Self.search + "?q=loaf&limit=1&page=\(page)").json
                #expect(answer["count"] == 3)
                #expect(answer["next"]?.isNull == (page >= 3))
                paged += (answer["results"]?.array ?? []).compactMap { $0["title"]?.string }
            }
            #expect(paged == all)
            let facets = try await user.get(Self.search + "?q=loaf&facets=true").json["facets"]
            #expect(facets?["job_type"] == [["value": "full_time", "count": 2], ["value": "part_time", "count": 1]])
            let snippets = try await user.get(Self.search + "?q=loaf").json["results"]?.array?.first?["snippets"]
            #expect(snippets?["title"] == "<mark>Loaf</mark> seller")
        }
    }

    @Test("More matches by words than are put in order come behind, each once and all counted")
    func manyMatches() async throws {
        try await run { server, user, _ in
            for number in 0..<5 { _ = try await user.job("Loaf \(number)") }
            #expect(try await embedded(server, 9))
            var lists = JobLists(database: server.database)
            lists.rankedMatches = 3
            let question = try #require(await server.vectors.prepare("loaf"))
            let words = try #require(JobQuery("loaf"))
            let request = JobLists.Request(filter: JobFilter(status: "active", words: .query(words)), order: .relevance)
            let all = try await lists.find(request, near: question, mode: .hybrid, limit: 50, offset: 0)
            // Six have the word, in the title or as the company's name; two more are only about bread.
            #expect(all.count == all.items.count && Set(all.items.map(\.job.title)).count == all.count)
            var paged: [String] = []
            for offset in 0..<all.count {
                paged += try await lists.find(request, near: question, mode: .hybrid, limit: 1, offset: offset).items.map(\.job.title)
            }
            #expect(paged == all.items.map(\.job.title))
            #expect(try await lists.find(request, near: question, mode: .hybrid, limit: 5, offset: all.count).items.isEmpty)
        }
    }

    @Test("Without a wish search is both ways where that can be had, and by words where another order is asked for")
    func standard() async throws {
        try await run { server, user, provider in
            #expect(try await embedded(server))
            #expect(try await user.titles(Self.search + "?q=bread").count == 3)
            #expect(try await user.titles(Self.search + "?q=bread&sort=date") == [])
            #expect(try await user.titles(Self.search + "?q=bread&mode=text") == [])
            let refused = try await user.get(Self.search + "?q=bread&mode=semantic&sort=date")
            #expect(refused.status == 400 && refused.json["sort"] != nil)
            #expect(try await user.get(Self.search + "?mode=semantic").json["mode"] != nil)
            #expect(try await user.get(Self.search + "?q=bread&mode=telepathy").status == 400)
            provider.become(.status(500))
            #expect(try await user.titles(Self.search + "?q=loaf") == ["Loaf seller"])
            let unavailable = try await user.get(Self.search + "?q=loaf&mode=semantic")
            #expect(unavailable.status == 503 && unavailable["Retry-After"] == "5")
        }
    }

    @Test("Without a model search by meaning is refused, and what is not asked for by meaning is as it was")
    func withoutModel() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            _ = try await staff.job("Loaf seller")
            #expect(try await staff.titles(Self.search + "?q=seller") == ["Loaf seller"])
            #expect(try await staff.titles(Self.search + "?q=seller&mode=hybrid") == ["Loaf seller"])
            let refused = try await staff.get(Self.search + "?q=seller&mode=semantic")
            #expect(refused.status == 400 && refused.json["mode"]?.array?.count == 1)
        }
    }

    @Test("Similar jobs are those of one meaning, and a job without vectors has those of its words")
    func similar() async throws {
        try await run { server, user, provider in
            #expect(try await embedded(server))
            let id = try #require(try await user.get(Self.search + "?title=kneader").json["results"]?.array?.first?["id"]?.string)
            let titles = try await user.titles("/api/v1/jobs/jobs/\(id)/similar/?top_n=2")
            #expect(Set(titles) == ["Patisserie help", "Loaf seller"])
            #expect(try await user.titles("/api/v1/jobs/jobs/\(id)/similar/?top_n=3").last == "Aviation clerk")
            provider.become(.status(500))
            let other = try await user.job("Aviation clerk", #""description":"At night.""#)
            #expect(try await user.titles("/api/v1/jobs/jobs/\(other)/similar/").first == "Aviation clerk")
        }
    }

    @Test("A recommendation by meaning names the lines of the profile that are near to the job")
    func recommendations() async throws {
        try await run { server, user, _ in
            let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
            let body = #"{"current_title":"Bakers bread","industries":["Gardening"]}"#
            #expect(try await user.patch("/api/v1/auth/profiles/\(profile)/", body).status == 200)
            // Four jobs, and of the profile a title, a level, industries and remote work.
            #expect(try await embedded(server, 8))
            #expect(try await user.post("/api/v1/jobs/recommendations/generate/").status == 200)
            let made = try await user.get("/api/v1/jobs/recommendations/").json["results"]?.array ?? []
            #expect(Set(made.prefix(3).compactMap { $0["job"]?["title"]?.string }) == ["Patisserie help", "Dough kneader", "Loaf seller"])
            let first = try #require(made.first)
            #expect(first["algorithm_version"] == "v2.1_meaning")
            let reason = try #require(first["match_reasons"]?.array?.first { $0["criterion"] == "text" })
            #expect(reason["matched"] == ["Title: Bakers bread"])
            #expect(reason["text"] == "1 of 2 lines of your profile is close to the job in meaning.")
            #expect(
                !made.contains { $0["job"]?["title"] == "Aviation clerk" && ($0["score"]?.double ?? 0) >= (first["score"]?.double ?? 0) })
        }
    }

    @Test("An answer cites the bytes of each document that it was made from")
    func citations() async throws {
        try await run { server, user, _ in
            let text = (0..<60).map { "Nothing of note stands in sentence \($0). " }.joined() + "Only here they fly aircraft."
            try await server.importArticles([(title: "Notes", body: text)])
            let passages = Int(try await server.count("SELECT count(*) FROM passages"))
            #expect(try await embedded(server, passages))
            let answer = try await user.post("/api/v1/chat/send/", #"{"content":"aviation"}"#).json
            let sources = try #require(answer["assistant_message"]?["metadata"]?["sources"]?.array)
            let source = try #require(sources.first { $0["title"] == "Notes" })
            #expect(source["source_type"] == "knowledge_article" && source["source_id"] == "1")
            let (start, end) = (source["start"]?.int ?? 0, source["end"]?.int ?? 0)
            #expect(start > 0 && end == text.utf8.count)
            let cited = String(decoding: Array(text.utf8)[start..<end], as: UTF8.self)
            #expect(cited.hasSuffix("Only here they fly aircraft."))
            let stored = try await server.database.scan { reader in
                try PassageStore.passages([Int64(source["passage_id"]?.int ?? 0)], in: reader).first?.body
            }
            #expect(stored == cited)
        }
    }

    @Test("The figures of the index are among the metrics")
    func metrics() async throws {
        try await run { server, user, _ in
            #expect(try await embedded(server))
            _ = try await user.titles(Self.search + "?q=bread")
            let text = try await server.request("GET", "/metrics").text
            for line in [
                "jobraker_retrieval_passages 4", #"jobraker_retrieval_vectors{model="stub-e",role="serving"} 4"#,
                #"jobraker_retrieval_waiting_passages{reason="waiting"} 0"#, #"jobraker_retrieval_search_seconds_count{mode="hybrid"} 1"#,
            ] { #expect(text.contains(line), "\(line)") }
            #expect(!text.contains("jobraker_retrieval_index_bytes 0"))
        }
    }
}
