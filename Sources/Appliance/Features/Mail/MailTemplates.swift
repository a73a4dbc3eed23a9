import Platform

/// All templates, read and found right: the built-in ones, and in their place those of the operator's directory.
struct MailTemplates: Sendable {
    struct Filled: Sendable, Equatable {
        let subject: String
        let text: String
        let html: String
    }

    private struct Mail: Sendable {
        let subject: Template
        let text: Template
        let html: Template
    }

    private static let largestFile = 256 << 10

    private let mails: [MailKind: Mail]
    private let layoutText: Template
    private let layoutHTML: Template

    /// Reads them. Everything that can be wrong with one is found here, and nothing when a mail is made.
    ///
    /// - Parameter directory: empty for the built-in ones alone.
    init(directory: String) throws(TemplateProblem) {
        let files = try TemplateFiles(directory: directory, names: Self.fileNames, largest: Self.largestFile)
        var mails: [MailKind: Mail] = [:]
        for kind in MailKind.allCases {
            let known = MailSample.values(kind)
            let (file, source) = try files.source(kind.rawValue + ".txt")
            let (subject, body) = try Self.split(source, file: file)
            let (htmlFile, html) = try files.source(kind.rawValue + ".html")
            mails[kind] = Mail(
                subject: try Template(subject, form: .text, file: file, known: known),
                text: try Template(body, form: .text, file: file, firstLine: 3, known: known),
                html: try Template(html, form: .html, file: htmlFile, known: known))
        }
        self.mails = mails
        // A layout is around every mail, so it may name only what every mail has.
        let known = MailSample.values(.statusChange).members.filter { ["service", "site", "name", "email"].contains($0.key) }
        let (textFile, text) = try files.source("layout.txt")
        layoutText = try Template(text, form: .text, file: textFile, isLayout: true, known: JSONObject(members: known))
        let (htmlFile, html) = try files.source("layout.html")
        layoutHTML = try Template(html, form: .html, file: htmlFile, isLayout: true, known: JSONObject(members: known))
    }

    /// The mail's subject and its two forms. Texts end with one line end.
    func fill(_ kind: MailKind, _ values: JSONObject) -> Filled? {
        guard let mail = mails[kind] else { return nil }
        let text = mail.text.fill(values).trimmingLineEnds
        let html = mail.html.fill(values).trimmingLineEnds
        return Filled(
            subject: mail.subject.fill(values), text: layoutText.fill(values, around: text), html: layoutHTML.fill(values, around: html))
    }

    /// Every file that a directory may have.
    static let fileNames = (["layout"] + MailKind.allCases.map(\.rawValue)).flatMap { ["\($0).txt", "\($0).html"] }

    /// Cuts the subject off: `Subject: …`, and an empty line before the text.
    private static func split(_ source: String, file: String) throws(TemplateProblem) -> (subject: String, body: String) {
        let lines = source.replacing("\r\n", with: "\n").split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("Subject:") else {
            throw TemplateProblem(file: file, line: 1, words: "the first line has to be \"Subject: …\"")
        }
        guard lines.count == 3, lines[1].allSatisfy({ $0 == " " || $0 == "\t" }) else {
            throw TemplateProblem(file: file, line: 2, words: "the subject has to be followed by an empty line and the text")
        }
        return (String(first.dropFirst(8).drop { $0 == " " }), String(lines[2]))
    }
}

extension String {
    /// Without empty lines at its end.
    fileprivate var trimmingLineEnds: String {
        var text = self[...]
        while let last = text.last, last == "\n" || last == "\r\n" { text.removeLast() }
        return String(text)
    }
}

/// Where the sources of templates are: in the operator's directory, or else in the program.
struct TemplateFiles {
    private let directory: String
    private let present: Set<String>
    private let largest: Int

    /// A file of the directory with an ending of templates and a name that no template has is a mistake: it would be left out
    /// without a word.
    init(directory: String, names: [String], largest: Int) throws(TemplateProblem) {
        self.directory = directory
        self.largest = largest
        guard !directory.isEmpty else {
            present = []
            return
        }
        guard let found = FileSystem.names(in: directory) else {
            throw TemplateProblem(file: directory, line: nil, words: "cannot be read: \(FileSystem.lastError())")
        }
        let templates = found.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".txt") || $0.hasSuffix(".html")) }
        if let stranger = templates.first(where: { !names.contains($0) }) {
            let nearest = NearestName.of(stranger, among: names).map { "; did you mean \($0)?" } ?? ""
            throw TemplateProblem(file: "\(directory)/\(stranger)", line: nil, words: "there is no template of that name" + nearest)
        }
        present = Set(templates)
    }

    /// The source of a template, and what problems in it are to call the file.
    func source(_ name: String) throws(TemplateProblem) -> (file: String, source: String) {
        guard present.contains(name) else {
            guard let source = BuiltInTemplates.source(name) else {
                throw TemplateProblem(file: name, line: nil, words: "there is no such template")
            }
            return ("built-in \(name)", source)
        }
        let path = "\(directory)/\(name)"
        guard let bytes = FileSystem.read(path, limit: largest) else {
            throw TemplateProblem(file: path, line: nil, words: "cannot be read: \(FileSystem.lastError())")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TemplateProblem(file: path, line: nil, words: "is not UTF-8")
        }
        return (path, text)
    }
}
