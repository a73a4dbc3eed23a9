/// The settings of one `[table]` of the file, with the words that open it in the manual.
struct SettingTable: Sendable {
    let name: String
    let manual: String
    let settings: [Setting]

    /// In the order of the manual.
    static let all: [SettingTable] = [
        server, tls, storage, backup, auth, limits, assistant, embeddings, moderation, mail, notifications, queue, schedule, applications,
        metrics, log,
    ]
}

extension Setting {
    static let all: [Setting] = SettingTable.all.flatMap(\.settings)

    static let byKey: [String: Setting] = Dictionary(all.map { ($0.key, $0) }) { first, _ in first }
}
