import Platform

/// What a search may answer with. It is applied before ranking: what lies outside is not ranked at all.
struct PassageScope: Sendable, Equatable {
    var sources: Set<Passage.Source>
    /// Whose private passages may be found, as far as `sources` names private sources; nil is nobody's.
    var owner: Owner?
    /// The numbers of the source's rows that are allowed, such as the jobs that a filter leaves; nil allows all. Private
    /// sources are not limited by it.
    var allowed: Set<Int64>?

    static let everybodys = PassageScope(sources: Passage.Source.everybodys)

    static func jobs(_ allowed: Set<Int64>? = nil) -> PassageScope { PassageScope(sources: [.job], allowed: allowed) }

    /// The owner's private sources; none without an owner.
    var privateSources: Set<Passage.Source> { owner == nil ? [] : sources.filter { !$0.isPublic } }

    var publicSources: Set<Passage.Source> { sources.filter(\.isPublic) }
}
