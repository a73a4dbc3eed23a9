import Platform

/// The profiles, as private documents: what each line says can be compared with jobs, for its owner alone.
struct ProfileDocuments: DocumentSource {
    let source = Passage.Source.profile

    func rowIDs(in reader: Reader) throws -> [Int64] { try ProfileStore.rowIDs(in: reader) }

    func document(_ rowID: Int64, in reader: Reader) throws -> Document? {
        guard let owner = try ProfileStore.owner(ofProfile: rowID, in: reader), let account = try AccountStore.account(owner, in: reader)
        else { return nil }
        return try ProfileStore.profile(of: account, in: reader)?.document
    }
}

extension Profile {
    /// The profile as a document, a line for each thing that it tells; nil where it tells nothing.
    var document: Document? {
        let lines = summary.isEmpty ? "" : summary.lines
        guard rowID > 0, !lines.isEmpty else { return nil }
        return Document(source: .profile, rowID: rowID, id: "\(rowID)", owner: account.owner, title: "", text: lines, form: .lines)
    }
}
