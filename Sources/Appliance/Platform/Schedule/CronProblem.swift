/// Why a text is no schedule, as facts.
package enum CronProblem: Error, Sendable, Equatable {
    /// Other than five fields.
    case fieldCount(Int)
    case tooLong
    /// A part of a field is no number, name, range or step.
    case malformed(field: CronField, part: String)
    case outside(field: CronField, part: String)
    /// A range whose end is before its beginning.
    case backwards(field: CronField, part: String)
    /// An `@word` that is none of the known ones.
    case unknownWord(String)
    /// A day that no year has, such as the 30th of February.
    case neverComes
    case unknownZone(String)

    /// The problem as a part of a sentence.
    package var words: String {
        switch self {
        case .fieldCount(let count): "it has \(count) fields in place of five: minute, hour, day of month, month, day of week"
        case .tooLong: "it is longer than \(CronExpression.longest) bytes"
        case .malformed(let field, let part): "\"\(part)\" is no \(field.words)"
        case .outside(let field, let part):
            "\"\(part)\" in \(field.words) is not from \(field.range.lowerBound) to \(field.range.upperBound)"
        case .backwards(let field, let part): "\"\(part)\" in \(field.words) ends before it begins"
        case .unknownWord(let word): "\(word) is none of \(CronExpression.words.map(\.word).joined(separator: ", "))"
        case .neverComes: "such a day never comes"
        case .unknownZone(let name): "\"\(name)\" is not a time zone that this system knows"
        }
    }
}
