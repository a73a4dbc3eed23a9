/// One name and its value in a `JSONObject`.
package struct JSONMember: Sendable, Equatable {
    package let key: String
    package let value: JSONValue

    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}

/// The members of a JSON object in the order they were written, duplicates included.
///
/// A look-up is linear and the last duplicate wins. Bodies have a few dozen members, for which this beats a
/// dictionary; a reader of many names walks `members` once instead.
package struct JSONObject: Sendable, Equatable {
    package private(set) var members: [JSONMember]

    package init(members: [JSONMember] = []) {
        self.members = members
    }

    package init(_ pairs: [(String, JSONValue)]) {
        members = pairs.map { JSONMember(key: $0.0, value: $0.1) }
    }

    package subscript(_ key: String) -> JSONValue? {
        members.last { $0.key == key }?.value
    }

    package var keys: [String] { members.map(\.key) }

    package mutating func append(_ key: String, _ value: JSONValue) {
        members.append(JSONMember(key: key, value: value))
    }
}
