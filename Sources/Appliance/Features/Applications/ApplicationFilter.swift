import Platform

/// Which of an account's applications a list holds; all of them without any condition.
///
/// Times are kept from `…_after` on and left out from `…_before` on, so that ranges can be put end to end; a day alone is
/// its first moment in UTC. Text is found without regard to case, wherever it stands; `%` and `_` are letters like others.
struct ApplicationFilter: Sendable, Equatable {
    static let longestText = 200

    var status: String?
    var userDefinedStatus: String?
    var createdAfter: Timestamp?
    var createdBefore: Timestamp?
    var appliedAfter: Timestamp?
    var appliedBefore: Timestamp?
    /// Only those whose day of following up has come: before this moment, the end of a day in UTC.
    var followUpBefore: Timestamp?
    /// What the company's name holds, in lower case.
    var company: String?
    /// Each of these, in lower case, stands somewhere in the job's title, its company or the applicant's notes.
    var words: [String] = []

    init() {}

    /// Reads the query. A field without a value is no condition.
    init(_ request: HTTPRequest) throws(ValidationErrors) {
        let given = request.queryFields.filter { !$0.value.isEmpty }.map { ($0.name, JSONValue.string($0.value)) }
        let fields = JSONObject(given)
        var reader = BodyReader(.object(fields))
        status = Self.text("status", &reader)
        userDefinedStatus = Self.text("user_defined_status", &reader)
        createdAfter = Self.time("created_after", fields, &reader)
        createdBefore = Self.time("created_before", fields, &reader)
        appliedAfter = Self.time("applied_after", fields, &reader)
        appliedBefore = Self.time("applied_before", fields, &reader)
        if reader.boolean("follow_up_due", default: false) { followUpBefore = ApplicationDay.end(of: request.received) }
        company = Self.text("company", &reader)?.lowercased()
        words = (Self.text("q", &reader) ?? "").lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
        try reader.finish()
    }

    /// Whether one index holds all that the conditions ask for, so that counting and paging read nothing else.
    var isByIndex: Bool {
        words.isEmpty && company == nil && followUpBefore == nil && appliedAfter == nil && appliedBefore == nil
            && (status == nil || userDefinedStatus == nil)
    }

    /// Whether rows have to be looked at beyond what the database compares.
    var readsText: Bool { !words.isEmpty || company != nil }

    /// Whether the texts of a row hold what is asked for.
    func matches(title: String, company name: String, notes: [String]) -> Bool {
        let name = name.lowercased()
        if let company, !Self.holds(name, company) { return false }
        guard !words.isEmpty else { return true }
        let texts = [title.lowercased(), name] + notes.map { $0.lowercased() }
        return words.allSatisfy { word in texts.contains { Self.holds($0, word) } }
    }

    /// By bytes: a character of the notes is not worth what Swift's own comparison takes for it.
    private static func holds(_ text: String, _ part: String) -> Bool {
        var (text, part) = (text, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first else { return true }
                guard text.count >= part.count else { return false }
                for start in 0...(text.count - part.count) where text[start] == first {
                    if text[start..<(start + part.count)].elementsEqual(part) { return true }
                }
                return false
            }
        }
    }

    /// Nil for a text of nothing but blanks.
    private static func text(_ name: String, _ reader: inout BodyReader) -> String? {
        reader.optionalText(name, max: longestText).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func time(_ name: String, _ fields: JSONObject, _ reader: inout BodyReader) -> Timestamp? {
        if let day = fields[name]?.string, let midnight = Timestamp(iso: day + "T00:00") { return midnight }
        return reader.optionalDatetime(name)
    }
}

/// Days as limits and dates count them: from midnight to midnight in UTC.
enum ApplicationDay {
    private static let seconds: Int64 = 86_400

    static func start(of time: Timestamp) -> Timestamp { Timestamp(seconds: time.seconds / seconds * seconds) }
    static func end(of time: Timestamp) -> Timestamp { start(of: time).adding(seconds: Int(seconds)) }
}
