@testable import Platform

/// A resource with a field of every kind.
struct Widget: Sendable {
    var title = "old"
    var subtitle: String?
    var code = ""
    var email = ""
    var link = ""
    var site: String?
    var level = "mid"
    var stage: String?
    var count = 1
    var salary: Int?
    var ratio = 0.5
    var score: Double?
    var isActive = false
    var owner = Widget.someone
    var job: Identifier?
    var due = Timestamp(microseconds: 0)
    var closed: Timestamp?
    var skills: [String] = []
    var extra: JSONValue = .null
    var details: JSONValue?
    var secret = ""
    var views = 3

    static let someone = Identifier(v7: Timestamp(microseconds: 0), random: SeededRandom(1))

    static let levels = ["entry", "mid"]

    static let resource = Resource<Widget>(
        name: "Widget",
        fields: [
            .readOnly("id", .integer) { _, writer in writer.int(9) },
            .text("title", max: 5, min: 2, get: { $0.title }, set: { $0.title = $1 }),
            .text("subtitle", required: false, nullable: true, blank: true, get: { $0.subtitle }, set: { $0.subtitle = $1 }),
            .text("code", required: false, trim: false, get: { $0.code }, set: { $0.code = $1 }),
            .email("email", get: { $0.email }, set: { $0.email = $1 }),
            .url("link", max: 30, required: false, blank: true, get: { $0.link }, set: { $0.link = $1 }),
            .url("site", required: false, nullable: true, get: { $0.site }, set: { $0.site = $1 }),
            .choice("level", levels, default: "mid", get: { $0.level }, set: { $0.level = $1 }),
            .choice("stage", levels, required: false, nullable: true, allowBlank: true, get: { $0.stage }, set: { $0.stage = $1 }),
            .integer("count", get: { $0.count }, set: { $0.count = $1 }),
            .integer("salary", range: 10...20, required: false, nullable: true, get: { $0.salary }, set: { $0.salary = $1 }),
            .number("ratio", range: 0...1, required: false, get: { $0.ratio }, set: { $0.ratio = $1 }),
            .number("score", range: -0.5...0.5, required: false, nullable: true, get: { $0.score }, set: { $0.score = $1 }),
            .boolean("is_active", required: false, get: { $0.isActive }, set: { $0.isActive = $1 }),
            .identifier("owner", required: false, get: { $0.owner }, set: { $0.owner = $1 }),
            .identifier("job", required: false, nullable: true, get: { $0.job }, set: { $0.job = $1 }),
            .datetime("due", required: false, get: { $0.due }, set: { $0.due = $1 }),
            .datetime("closed", required: false, nullable: true, get: { $0.closed }, set: { $0.closed = $1 }),
            .textList("skills", maxItems: 2, maxLength: 3, required: false, get: { $0.skills }, set: { $0.skills = $1 }),
            .json("extra", required: false, get: { $0.extra }, set: { $0.extra = $1 }),
            .json("details", required: false, nullable: true, get: { $0.details }, set: { $0.details = $1 }),
            .text("secret", required: false, set: { $0.secret = $1 }),
            .integer("views", get: { $0.views }),
        ]
    )
}
