import Platform

/// Judges how well a job suits a person. The rule behind it can be exchanged; each one names itself, so that a stored
/// score tells by which rule it came about.
protocol MatchScorer: Sendable {
    var version: String { get }

    /// Nil when nothing that the person can do has to do with the job: then there is no score to give.
    func score(_ job: MatchJob, for person: MatchPerson) -> MatchScore?
}

/// A score from 0 to 1, and the reasons of which it is the sum.
struct MatchScore: Sendable, Equatable {
    var value: Double
    var reasons: [MatchReason]
}

/// What one criterion has to say. `weight` times `value`, summed over the reasons of a score, is the score.
struct MatchReason: Sendable, Equatable {
    var criterion: MatchCriterion
    /// The criterion's share among those that have something to say; these shares make 1 together.
    var weight: Double
    /// 0 to 1.
    var value: Double
    /// What of the profile was found in the job, as the profile has it.
    var matched: [String]
    /// The reason as a sentence to the profile's owner.
    var text: String

    var json: JSONValue {
        .object(
            JSONObject([
                ("criterion", .string(criterion.rawValue)), ("weight", .decimal(weight)), ("value", .decimal(value)),
                ("matched", .list(matched)), ("text", .string(text)),
            ]))
    }
}

/// What a job is judged by.
enum MatchCriterion: String, Sendable, CaseIterable {
    case skills
    case level
    case text
    case location
    case salary
    case jobType = "job_type"
    case remote

    /// Its weight in hundredths, when all criteria have something to say.
    var points: Int {
        switch self {
        case .skills: 40
        case .level, .text: 15
        case .location: 10
        case .salary: 8
        case .jobType: 7
        case .remote: 5
        }
    }
}
