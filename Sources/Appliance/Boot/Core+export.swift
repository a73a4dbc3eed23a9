import Platform

/// The `export` command. An export is asked for piece by piece, so that neither side ever holds it whole, and the one that
/// writes it to a slow disk is not overrun.
extension Core {
    /// What can be exported.
    static let exportSources: [any ExportSource] = [JobExport(), ApplicationRecords()]

    /// `{"what","format","after"}` gives `{"text","count","next","total"}`; `next` is null after the last piece.
    func exportPiece(_ arguments: JSONValue) async throws -> JSONValue {
        guard let source = Self.exportSources.first(where: { $0.name == arguments["what"]?.string }) else {
            let names = Self.exportSources.map(\.name).joined(separator: ", ")
            throw CommandFailure("what is exported must be one of \(names)", exit: 2)
        }
        guard let format = ExportFormat(rawValue: arguments["format"]?.string ?? "") else {
            throw CommandFailure("the format must be one of jsonl, csv", exit: 2)
        }
        let after = Int64(arguments["after"]?.int ?? 0)
        let now = clock.now()
        let (piece, total) = try await database.scan { reader in
            (
                try ExportPiece.read(source, as: format, after: after, at: now, in: reader),
                try source.count(in: reader)
            )
        }
        return [
            "text": .string(String(decoding: piece.text, as: UTF8.self)), "count": .integer(piece.count),
            "next": piece.next.map { .integer(Int($0)) } ?? .null, "total": .integer(total),
        ]
    }
}
