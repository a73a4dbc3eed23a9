import Testing

@testable import Appliance

@Suite struct TOMLDocumentTests {
    private func place(_ line: Int, _ column: Int) -> TOMLDocument.Place { .init(line: line, column: column) }

    private func problem(_ text: String) -> String? {
        do {
            _ = try TOMLDocument(Array(text.utf8))
            return nil
        } catch {
            return "\(error.place.line):\(error.place.column) \(error.words)"
        }
    }

    @Test("Leaves come in the order of the text, with their whole keys and their places")
    func leaves() throws {
        let leaves = try TOMLDocument(
            Array(
                """
                zone.name = "last letter first"
                [b]
                  count = -3
                  ratio = 0.5
                [a.deep]
                on = true
                day = 2026-11-23
                words = ["x", 7]
                empty = {}
                """.utf8)
        ).leaves
        #expect(
            leaves.map(\.path) == ["zone.name", "b.count", "b.ratio", "a.deep.on", "a.deep.day", "a.deep.words", "a.deep.empty"])
        #expect(leaves.map(\.kind) == [.string, .integer, .number, .boolean, .time, .array, .table])
        #expect(leaves[0].value == .string("last letter first"))
        #expect(leaves[0].keyPlace == place(1, 6))
        #expect(leaves[0].valuePlace == place(1, 13))
        #expect(leaves[1].value == .integer(-3))
        #expect(leaves[1].keyPlace == place(3, 3))
        #expect(leaves[2].value == .number(0.5))
        #expect(leaves[3].value == .boolean(true))
        #expect(leaves[4].value == .other(.time))
        #expect(
            leaves[5].value
                == .array([
                    .init(kind: .string, text: "x", place: place(8, 10)), .init(kind: .integer, text: nil, place: place(8, 15)),
                ]))
        #expect(leaves[6].value == .other(.table))
    }

    @Test("No bytes are a text without leaves")
    func empty() throws {
        #expect(try TOMLDocument([]).leaves.isEmpty)
        #expect(try TOMLDocument(Array("# nothing\n\n".utf8)).leaves.isEmpty)
    }

    @Test("A quoted key keeps its quotes, so that it cannot pass for a key in a table")
    func quotedKeys() throws {
        let leaves = try TOMLDocument(Array("\"server.listen\" = 1\n\"a\\\"\\\\b\".\"\" = 2\n\"log\".level = 3".utf8)).leaves
        #expect(leaves.map(\.path) == ["\"server.listen\"", "\"a\\\"\\\\b\".\"\"", "log.level"])
    }

    @Test("A string may hold a zero byte, and a column is one Unicode scalar")
    func text() throws {
        let leaves = try TOMLDocument(Array("\"é\" = \"a\\u0000b\"".utf8)).leaves
        #expect(leaves.first?.value == .string("a\0b"))
        #expect(leaves.first?.valuePlace == place(1, 7))
        #expect(try TOMLDocument([0xEF, 0xBB, 0xBF] + Array("a = 1".utf8)).leaves.map(\.path) == ["a"])
    }

    @Test(
        "What is not TOML is refused where it stops being it",
        arguments: [
            ("a = [", "1:6 error while parsing array: encountered end-of-file"),
            ("a = 1\nb", "2:2 error while parsing key-value pair: encountered end-of-file"),
            ("a = 1\na = 2", "2:5 error while parsing key-value pair: cannot redefine existing integer 'a'"),
            ("a = word", "1:5 error while parsing value: could not determine value type"),
            (
                "[,]",
                "1:2 error while parsing key: expected bare key starting character or string delimiter, saw ','"
            ),
            ("é = 1", "1:1 error while parsing root table: expected keys, tables, whitespace or comments, saw 'é'"),
        ])
    func syntax(_ text: String, _ expected: String) {
        #expect(problem(text) == expected)
    }

    @Test("Bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: TOMLDocument.Problem(place: place(1, 5), words: "encountered invalid utf-8 sequence")) {
            try TOMLDocument(Array("a = \"".utf8) + [0xFF, 0x22])
        }
    }

    @Test("A text that nests too deeply is refused before anything is built from it")
    func depth() {
        let key = [String](repeating: "a", count: 100_000).joined(separator: ".")
        let tooDeep = "a key has more than 16 dotted parts"
        #expect(problem(key + " = 1") == "1:32 " + tooDeep)
        #expect(problem("[\(key)]") == "1:33 " + tooDeep)
        #expect(problem("x = { é = 1, \(key) = 1 }")?.hasSuffix(tooDeep) == true)
        #expect(
            problem("a = " + String(repeating: "[", count: 1000))
                == "1:21 error while parsing value: exceeded maximum nested value depth of 16")
    }

    @Test(
        "Text cannot hide a deep key from the count",
        arguments: [
            "# a comment\n", "s = 'a # b'\n", "s = \"a \\\" # b\"\n", "s = \"\"\"\n# \\\"\"\"\n\"\"\"\n", "s = '''\n#'''\n",
            "s = \"\"\"x\"\"\"\"\"\n", "s = ''''''''\n", "'=' . ", "# é\r\n",
        ])
    func hiding(_ before: String) {
        let key = [String](repeating: "a", count: 17).joined(separator: ".")
        #expect(problem(before + key + " = 1")?.hasSuffix("a key has more than 16 dotted parts") == true)
    }

    @Test("Dots outside keys count for nothing")
    func dots() throws {
        let dots = String(repeating: ".", count: 40)
        let text =
            "# \(dots)\na = '\(dots)'\nb = \"\(dots)\"\nc = '''\n\(dots)\n'''\nd = [1.5, 2.5]\n" + "e.e.e.e.e.e.e.e.e.e.e.e.e.e.e.e = 1"
        #expect(try TOMLDocument(Array(text.utf8)).leaves.count == 5)
        #expect(problem("a = \"\(dots)") != nil)
        #expect(problem("a = '\(dots)\n") != nil)
    }
}
