import Platform
import Testing

@testable import Appliance

@Suite struct JobExportTests {
    private static func pieces(_ fixture: JobFixture, _ format: ExportFormat, fullAt: Int) async throws -> [ExportPiece] {
        var pieces: [ExportPiece] = []
        var after: Int64? = 0
        while let start = after {
            let now = fixture.clock.now()
            let piece = try await fixture.database.scan { reader in
                try ExportPiece.read(JobExport(), as: format, after: start, at: now, fullAt: fullAt, in: reader)
            }
            pieces.append(piece)
            after = piece.next
        }
        return pieces
    }

    private static let texts = ["=1+1", "'=1+1", "- a\n- b", "a, \"b\"\r\n", "'quoted'", "@x", "plain ä", ";"]

    @Test("What is exported can be imported, piece by piece or whole, in either form", arguments: ExportFormat.allCases)
    func roundTrip(format: ExportFormat) async throws {
        try await JobFixture.run { fixture in
            var jobs: [Job] = []
            for (number, text) in Self.texts.enumerated() {
                let placed = try await fixture.place("Job \(number)") { job in
                    job.description = text + "end"
                    job.company = text.trimmed + "."
                    job.skillsRequired = ["dough", "C++"]
                    job.salaryMin = number
                    job.postedDate = fixture.clock.now().adding(microseconds: Int64(number))
                    job.externalID = "\(number)"
                    job.externalURL = "https://jobs.example.org/\(number)"
                    job.isRemote = number % 2 == 0
                }
                jobs.append(placed.job)
            }
            let whole = try await Self.pieces(fixture, format, fullAt: 1 << 20)
            #expect(whole.count == 1 && whole[0].count == jobs.count)
            let small = try await Self.pieces(fixture, format, fullAt: 1)
            #expect(small.count == jobs.count && small.allSatisfy { $0.count == 1 })
            let text = small.flatMap(\.text)
            #expect(text == whole[0].text)
            let (read, problems) = JobFile.parse(text, format: format == .csv ? .csv : .jsonl)
            #expect(problems == [])
            #expect(
                read
                    == jobs.map { job in
                        var job = job
                        job.stored = nil
                        return job
                    })
        }
    }

    @Test("The lines of JSON are what the API shows, and a table has a header even without rows")
    func forms() async throws {
        try await JobFixture.run { fixture in
            let names = JobResource.description.fields.map(\.schema.name)
            let empty = try await Self.pieces(fixture, .csv, fullAt: 1)
            #expect(empty.map { String(decoding: $0.text, as: UTF8.self) } == [names.joined(separator: ",") + "\r\n"])
            #expect(try await Self.pieces(fixture, .jsonl, fullAt: 1) == [ExportPiece()])
            let id = try #require(try await fixture.place("Baker").job.stored?.id)
            let line = try #require(try await Self.pieces(fixture, .jsonl, fullAt: 1).first?.text)
            let json = try JSONValue.parse(Array(line.dropLast()))
            #expect(line.last == 10 && json.object?.keys == names && json["id"]?.string == id.description && json["view_count"] == 0)
        }
    }

    @Test(
        "A text that a spreadsheet would run is told to be text, and comes back as it was", arguments: texts + ["", "'", "''-1", "+", "0"])
    func guarded(text: String) {
        let field = CSVText.guarded(text)
        #expect(CSVText.unguarded(field) == text)
        #expect(field.first.map { !"=+-@\t\r".contains($0) } ?? true)
    }
}
