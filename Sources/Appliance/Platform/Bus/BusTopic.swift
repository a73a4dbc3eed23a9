/// What an event is about, and so what a listener waits for: a kind of thing, and which one.
package struct BusTopic: Hashable, Sendable {
    package let kind: String
    package let id: Identifier

    package init(_ kind: String, _ id: Identifier) {
        self.kind = kind
        self.id = id
    }
}

/// An event that goes to those who listen to one of its topics.
package protocol TopicEvent: BusEvent {
    var topics: [BusTopic] { get }
}
