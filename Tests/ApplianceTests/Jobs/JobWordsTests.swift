import Platform
import TestSupport
import Testing

@testable import Appliance

/// Skills are found by the index of words just where a look into each text finds them.
@Suite struct JobWordsTests {
    private static func text(_ dice: MatchDice) -> String {
        (0..<dice.below(8)).map { _ in
            dice.pick(["C++", "c", "(SQL)", "SQL/PL", "Ärzte", "data", "\"q\"", "\\", "Node.js", "js,", "\u{1f}", "a\"\u{301}"])
        }
        .joined(separator: dice.pick([" ", "\n", "  ", "-"]))
    }

    /// As somebody would say it: in a list as it is stored, or in the description, in whatever case.
    private static func has(_ skill: String, _ job: Job) -> Bool {
        let listed = String(JSONValue.string(skill).jsonText.unicodeScalars.dropFirst().dropLast())
        func holds(_ text: String, _ part: String) -> Bool { Folding.fold(text).utf8.contains(Array(part.utf8)) }
        return holds(job.description, skill) || holds(JSONValue.list(job.skillsRequired).jsonText, listed)
            || holds(JSONValue.list(job.skillsPreferred).jsonText, listed)
    }

    @Test("Any part of words, and parts of several words with blanks between them, while jobs come, change and go")
    func model() async throws {
        try await JobFixture.run { fixture in
            let dice = MatchDice(9)
            var jobs: [Job] = []
            let kept = SkillMarks()
            let skills = [
                "c", "c++", "sql", "sql/", "q", "\"q\"", "\\", "ärzte", "rz", "data", "data data", "a d", "js, data", " data", "data ",
                "node.js",
                "s,\"", "nothing", ",", "[", "]", "[]", "sql c", "\u{301}", "\u{1f}", " ", "++ (sql) c", "data\nsql/pl",
            ]
            for round in 0..<6 {
                for number in 0..<12 {
                    let old = number % 3 == 2 && !jobs.isEmpty ? jobs.remove(at: dice.below(jobs.count)) : nil
                    if let id = old?.stored?.id, dice.chance(1) {
                        #expect(try await fixture.database.write { try JobStore.delete(id, in: $0) })
                        continue
                    }
                    var job = old ?? JobFixture.job("\(round) \(number)")
                    job.description = Self.text(dice)
                    job.skillsRequired = (0..<dice.below(3)).map { _ in Self.text(dice) }
                    job.skillsPreferred = (0..<dice.below(2)).map { _ in Self.text(dice) }
                    job.status = dice.pick(["active", "closed"])
                    jobs.append(
                        try await fixture.database.write { [job] transaction in
                            guard let old else { return try JobStore.create(job, in: transaction) }
                            return try JobStore.update(job, from: old, in: transaction)
                        })
                }
                // What is kept may still name jobs that are gone; lists ask of those that are there.
                let there = Set(jobs.compactMap(\.stored?.rowID))
                for marks in [kept, SkillMarks()] {
                    for skill in skills {
                        let found = try fixture.database.read { try marks.marks(for: [skill], in: $0) }
                        let expected = jobs.filter { Self.has(skill, $0) }.compactMap(\.stored?.rowID).sorted()
                        #expect(found.map { $0.rowIDs.filter(there.contains) } == [expected], "round \(round): \(skill)")
                    }
                }
            }
        }
    }

    @Test("A word without end is found by any part of it")
    func longWord() async throws {
        try await JobFixture.run { fixture in
            let word = (0..<4000).map { "<\($0)>" }.joined()
            try await fixture.place("long") { $0.description = "a \(word)end of" }
            for _ in 0..<2 {
                for skill in ["<0><1>", "<1999><2000><2001>", "<3999>end", "a <0>", "end of", "<2><1>"] {
                    let found = try fixture.database.read { try SkillMarks().marks(for: [skill], in: $0) }
                    #expect(found.map(\.rowIDs) == [skill == "<2><1>" ? [] : [1]], "\(skill)")
                }
            }
        }
    }

    @Test("The vocabulary takes in words of changed jobs, and when it has grown it is read anew")
    func vocabulary() async throws {
        try await JobFixture.run { fixture in
            let vocabulary = JobVocabulary(spareBytes: 200)
            func words() throws -> JobVocabulary.Words? {
                try fixture.database.read { try vocabulary.words(at: JobIndex.generation(in: $0), in: $0) }
            }
            var job = try await fixture.place("Baker") { $0.description = "Bakes bread." }.job
            let first = try #require(try words())
            #expect(
                first.holding(Array("rea".utf8), .inside, limit: 9).map { $0.map { String(decoding: $0, as: UTF8.self) } } == ["bread."])
            #expect(first.holding(Array("bread".utf8), .atTheEnd, limit: 9) == [])
            #expect(first.holding(Array("bread.".utf8), .whole, limit: 9)?.count == 1)
            #expect(first.holding(Array("ba".utf8), .atTheBeginning, limit: 9)?.count == 1)
            #expect(first.holding(Array("a".utf8), .inside, limit: 1) == nil)
            for number in 0..<50 {
                let old = job
                job = try await fixture.database.write { transaction in
                    var new = old
                    new.description = "Bakes roll number\(number)."
                    return try JobStore.update(new, from: old, in: transaction)
                }
                #expect(try words()?.holding(Array("number\(number).".utf8), .whole, limit: 9)?.count == 1)
                #expect(vocabulary.bytes < 500)
            }
        }
    }
}
