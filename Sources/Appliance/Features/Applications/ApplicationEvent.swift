import Platform

/// One thing that happened to an application: who or what set which of its states, when, from what to what.
///
/// The first event of each field is the application's creation, from nothing. Events are added in the transaction that
/// causes them and never changed; replayed in order they give the state that the application has.
struct ApplicationEvent: Sendable, Equatable {
    enum Field: String, Sendable, CaseIterable {
        case status
        case userDefinedStatus = "user_defined_status"
        /// The application was moved to another job; from and to are the jobs' ids.
        case job
    }

    var rowID: Int64
    var at: Timestamp
    var actor: ApplicationActor
    var field: Field
    /// Nil for what was not there.
    var from: String?
    var to: String?
    var note: String

    static let schema = JSONSchema.named(
        "ApplicationEvent",
        .object([
            JSONSchema.Member("at", .datetime), JSONSchema.Member("actor", .choice(ApplicationActor.Kind.allCases.map(\.rawValue))),
            JSONSchema.Member("actor_id", .nullable(.uuid)), JSONSchema.Member("field", .choice(Field.allCases.map(\.rawValue))),
            JSONSchema.Member("from", .nullable(.text)), JSONSchema.Member("to", .nullable(.text)), JSONSchema.Member("note", .text),
        ]))

    /// Writes the event; `actorID` is the account of a user who is known still.
    func write(actorID: Identifier?, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("at", at)
            writer.field("actor", actor.kind.rawValue)
            writer.field("actor_id", actorID)
            writer.field("field", field.rawValue)
            writer.field("from", from)
            writer.field("to", to)
            writer.field("note", note)
        }
    }
}

/// Who or what changes an application.
struct ApplicationActor: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        /// A person, through the API.
        case user
        /// The appliance itself, as when it applies automatically.
        case system
        /// Another service that reports back.
        case integration
    }

    let kind: Kind
    /// The person's account.
    let account: Owner?

    static func user(_ account: Owner) -> ApplicationActor { ApplicationActor(kind: .user, account: account) }
    static let system = ApplicationActor(kind: .system, account: nil)
    static let integration = ApplicationActor(kind: .integration, account: nil)
}
