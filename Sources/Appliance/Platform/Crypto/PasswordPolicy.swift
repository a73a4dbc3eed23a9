/// The rules that a new password has to meet, and the words in which it is refused.
///
/// They are the rules and words of Django's four validators, in its order, because clients
/// know them. A password over 128 characters is refused before it gets here.
package enum PasswordPolicy {
    package static let minimumLength = 8

    /// All reasons to refuse `password`, in order; empty when it is good. What is known of its
    /// owner may not come back in it; leave out what is not known.
    package static func problems(_ password: String, email: String?, firstName: String?, lastName: String?) -> [String] {
        let lowered = password.lowercased()
        var problems: [String] = []
        let attributes = [("first name", firstName), ("last name", lastName), ("email", email)]
        if let (name, _) = attributes.first(where: { PasswordSimilarity.isSimilar(lowered, to: $0.1 ?? "") }) {
            problems.append("The password is too similar to the \(name).")
        }
        if password.unicodeScalars.count < minimumLength {
            problems.append("This password is too short. It must contain at least \(minimumLength) characters.")
        }
        if CommonPasswords.contains(lowered) { problems.append("This password is too common.") }
        if isNumeric(password) { problems.append("This password is entirely numeric.") }
        return problems
    }

    /// Digits of any script count, as a person would read them.
    private static func isNumeric(_ password: String) -> Bool {
        !password.isEmpty
            && password.unicodeScalars.allSatisfy {
                $0.properties.numericType == .decimal || $0.properties.numericType == .digit
            }
    }
}

/// Whether a password is little more than something that is known about its owner.
enum PasswordSimilarity {
    private static let limit = 0.7

    /// Compares with the whole value and with each word of it. `password` is in lower case.
    static func isSimilar(_ password: String, to value: String) -> Bool {
        let value = value.lowercased()
        let letters = Array(password.unicodeScalars)
        let parts = value.unicodeScalars.split { !isWord($0) }.map(Array.init) + [Array(value.unicodeScalars)]
        return parts.contains { part in
            // A name of two letters is no reason to refuse twenty characters around it.
            let isNegligible = letters.count >= 10 * part.count && Double(part.count) < limit / 2 * Double(letters.count)
            return !isNegligible && ratio(letters, part) >= limit
        }
    }

    /// The upper bound of likeness that takes no notice of order (`quick_ratio` of Python's
    /// difflib): twice the letters that both have, over all letters.
    private static func ratio(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Double {
        guard !right.isEmpty else { return 0 }
        var available: [Unicode.Scalar: Int] = [:]
        for letter in right { available[letter, default: 0] += 1 }
        var matches = 0
        for letter in left {
            guard let left = available[letter], left > 0 else { continue }
            available[letter] = left - 1
            matches += 1
        }
        return 2 * Double(matches) / Double(left.count + right.count)
    }

    private static func isWord(_ letter: Unicode.Scalar) -> Bool {
        letter == "_" || letter.properties.isAlphabetic || letter.properties.numericType != nil
    }
}
