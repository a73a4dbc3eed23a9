/// Reads a template: cuts it into texts and tags, and puts the tags that belong together together.
struct TemplateParser {
    private enum Piece {
        case text(String)
        case tag([String], line: Int)
    }

    private struct Block {
        enum Kind {
            case root
            case condition(TemplatePath)
            case loop(variable: String, TemplatePath)
        }
        let kind: Kind
        let line: Int
        var nodes: [Template.Node] = []
        /// Set from the `else` on.
        var then: [Template.Node]?
    }

    private static let words: Set<String> = ["if", "else", "end", "for", "in", "link"]
    /// Tags that leave no line behind when they stand alone on one.
    private static let structure: Set<String> = ["if", "else", "end", "for"]
    private static let deepest = 8

    private let source: String
    private let form: Template.Form
    private let file: String
    private let isLayout: Bool
    /// The number of the source's first line in the file.
    private let firstLine: Int
    /// What a name means while the template is read: an example of its value.
    private var scopes: [(name: String, example: JSONValue)]

    init(_ source: String, form: Template.Form, file: String, isLayout: Bool, firstLine: Int, known: JSONObject) {
        self.isLayout = isLayout
        self.firstLine = firstLine
        self.source = source
        self.form = form
        self.file = file
        scopes = known.members.map { ($0.key, $0.value) }
    }

    mutating func parse() throws(TemplateProblem) -> [Template.Node] {
        var blocks = [Block(kind: .root, line: firstLine)]
        var before = ""
        for piece in try pieces() {
            switch piece {
            case .text(let text):
                blocks[blocks.count - 1].nodes.append(.text(text))
                before = text
            case .tag(let words, let line):
                try take(words, line, before, &blocks)
                // What stands before a condition also stands before what is in it.
                if !Self.structure.contains(words.first ?? "") { before = "" }
            }
        }
        guard let last = blocks.last, blocks.count == 1 else { throw problem(blocks.last?.line ?? firstLine, "this has no {{ end }}") }
        if isLayout, last.nodes.count(where: { $0 == .content }) != 1 {
            throw TemplateProblem(file: file, line: nil, words: "a layout needs one {{ content }}, outside of all conditions")
        }
        return last.nodes
    }

    private mutating func take(_ words: [String], _ line: Int, _ before: String, _ blocks: inout [Block]) throws(TemplateProblem) {
        switch (words.first ?? "", words.count) {
        case ("if", 2):
            try open(Block(kind: .condition(path(words[1], line)), line: line), &blocks)
        case ("for", 4) where words[2] == "in":
            let list = try path(words[3], line)
            guard Self.isName(words[1]), !Self.words.contains(words[1]) else { throw problem(line, "\(words[1]) is not a name") }
            guard let items = example(list)?.array else { throw problem(line, "\(list.text) is not a list") }
            try open(Block(kind: .loop(variable: words[1], list), line: line), &blocks)
            scopes.append((words[1], items.first ?? .null))
        case ("else", 1):
            guard case .condition = blocks[blocks.count - 1].kind, blocks[blocks.count - 1].then == nil else {
                throw problem(line, "{{ else }} without an {{ if }}")
            }
            blocks[blocks.count - 1].then = blocks[blocks.count - 1].nodes
            blocks[blocks.count - 1].nodes = []
        case ("end", 1):
            try close(line, &blocks)
        case ("content", 1) where isLayout && blocks.count == 1:
            blocks[0].nodes.append(.content)
        case ("link", 2):
            blocks[blocks.count - 1].nodes.append(.link(try text(words[1], line)))
        case (let name, 1) where !Self.words.contains(name):
            if form == .html, Self.beginsAddress(before) {
                throw problem(line, "an address in HTML needs {{ link \(name) }}, in quotes")
            }
            blocks[blocks.count - 1].nodes.append(.value(try text(name, line)))
        default:
            throw problem(line, "{{ \(words.joined(separator: " ")) }} is none of the tags that there are")
        }
    }

    private func open(_ block: Block, _ blocks: inout [Block]) throws(TemplateProblem) {
        guard blocks.count <= Self.deepest else { throw problem(block.line, "more than \(Self.deepest) tags within each other") }
        blocks.append(block)
    }

    private mutating func close(_ line: Int, _ blocks: inout [Block]) throws(TemplateProblem) {
        guard blocks.count > 1, let block = blocks.popLast() else { throw problem(line, "{{ end }} without a beginning") }
        switch block.kind {
        case .root: break
        case .condition(let path):
            let (then, otherwise) = block.then.map { ($0, block.nodes) } ?? (block.nodes, [])
            blocks[blocks.count - 1].nodes.append(.condition(path, then: then, otherwise: otherwise))
        case .loop(let variable, let path):
            scopes.removeLast()
            blocks[blocks.count - 1].nodes.append(.loop(variable: variable, path, block.nodes))
        }
    }

    // MARK: Names

    private func path(_ text: String, _ line: Int) throws(TemplateProblem) -> TemplatePath {
        let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy(Self.isName), !names.contains(where: Self.words.contains) else {
            throw problem(line, "\(text) is not a name")
        }
        let path = TemplatePath(names: names)
        guard example(path) != nil else {
            let all = scopes.map(\.name).sorted().joined(separator: ", ")
            throw problem(line, "there is no \(text) here; there are \(all)")
        }
        return path
    }

    /// A name whose value has a text.
    private func text(_ name: String, _ line: Int) throws(TemplateProblem) -> TemplatePath {
        let path = try path(name, line)
        switch example(path) {
        case .array, .object: throw problem(line, "\(name) has parts, and no text of its own")
        default: return path
        }
    }

    private func example(_ path: TemplatePath) -> JSONValue? {
        guard let first = path.names.first, var value = scopes.last(where: { $0.name == first })?.example else { return nil }
        for name in path.names.dropFirst() {
            guard let part = value[name] else { return nil }
            value = part
        }
        return value
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Whether what comes next begins the value of `href` or `src`, quoted or not.
    private static func beginsAddress(_ before: String) -> Bool {
        var text = before.lowercased()[...]
        if text.hasSuffix("\"") || text.hasSuffix("'") { text.removeLast() }
        while text.last == " " { text.removeLast() }
        guard text.hasSuffix("=") else { return false }
        text.removeLast()
        while text.last == " " { text.removeLast() }
        return text.hasSuffix("href") || text.hasSuffix("src") || text.hasSuffix("action")
    }

    private func problem(_ line: Int, _ words: String) -> TemplateProblem { TemplateProblem(file: file, line: line, words: words) }

    // MARK: Pieces

    /// Line by line: a tag begins and ends on one.
    private func pieces() throws(TemplateProblem) -> [Piece] {
        var pieces: [Piece] = []
        var text = ""
        let lines = source.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var ofLine: [Piece] = []
            var rest = line
            while let start = rest.firstRange(of: "{{") {
                ofLine.append(.text(String(rest[..<start.lowerBound])))
                guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                    throw problem(index + firstLine, "{{ without }} on the same line")
                }
                let words = rest[start.upperBound..<end.lowerBound].split(separator: " ").map(String.init)
                ofLine.append(.tag(words, line: index + firstLine))
                rest = rest[end.upperBound...]
            }
            ofLine.append(.text(String(rest)))
            if !Self.isStructureAlone(ofLine) {
                if index < lines.count - 1 { ofLine.append(.text("\n")) }
            } else {
                ofLine.removeAll { if case .text = $0 { true } else { false } }
            }
            for piece in ofLine {
                if case .text(let more) = piece {
                    text += more
                } else {
                    if !text.isEmpty { pieces.append(.text(text)) }
                    text = ""
                    pieces.append(piece)
                }
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
    }

    private static func isStructureAlone(_ line: [Piece]) -> Bool {
        var hasTag = false
        for piece in line {
            switch piece {
            case .text(let text): guard text.allSatisfy({ $0 == " " || $0 == "\t" }) else { return false }
            case .tag(let words, _):
                guard structure.contains(words.first ?? "") else { return false }
                hasTag = true
            }
        }
        return hasTag
    }
}
