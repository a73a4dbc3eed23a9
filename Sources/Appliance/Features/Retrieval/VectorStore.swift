import Platform

/// A model as the database remembers it.
struct StoredModel: Sendable, Equatable {
    var name: String
    /// Who computes its vectors: `local`, or the protocol of a provider.
    var provider: String
    var dimensions: Int
}

/// All SQL over vectors, the models that they are of, and the passages that wait for one: what is known of models, and who waits.
enum VectorStore {
    // MARK: Models

    static func wanted(in reader: Reader) throws -> StoredModel? { try model("is_wanted", in: reader) }

    static func serving(in reader: Reader) throws -> StoredModel? { try model("is_serving", in: reader) }

    private static func model(_ role: String, in reader: Reader) throws -> StoredModel? {
        try reader.first("SELECT name, provider, dimensions FROM embedding_models WHERE \(role) = 1") {
            StoredModel(name: try $0.text(0), provider: try $0.text(1), dimensions: Int(try $0.int(2)))
        }
    }

    /// Whether `want` would change nothing.
    static func isSettled(on model: StoredModel?, in reader: Reader) throws -> Bool {
        guard try wanted(in: reader) == model else { return false }
        return try model == nil || (serving(in: reader) == model && waitingCount(in: reader) == 0 && refusedCount(in: reader) == 0)
    }

    /// Takes note of whose vectors are wanted, at the start. Nobody's: vectors stay as they are and none are made.
    ///
    /// A model that was not wanted before has every passage wait for it; what was refused is offered once more.
    static func want(_ model: StoredModel?, in transaction: Transaction) throws {
        guard let model else {
            try transaction.execute("UPDATE embedding_models SET is_wanted = 0")
            return
        }
        try transaction.execute("UPDATE passages_waiting SET refusal = NULL WHERE refusal IS NOT NULL")
        if try wanted(in: transaction) != model {
            try transaction.execute("UPDATE embedding_models SET is_wanted = 0")
            try transaction.execute(
                """
                INSERT INTO embedding_models (name, provider, dimensions, is_serving, is_wanted) VALUES ($1, $2, $3, 0, 1)
                ON CONFLICT (name) DO UPDATE SET provider = excluded.provider, dimensions = excluded.dimensions, is_wanted = 1
                """, model.name, model.provider, model.dimensions)
            // Of another length: made under other settings, and of no use.
            try transaction.execute(
                "DELETE FROM passage_vectors WHERE model = $1 AND length(vector) <> $2", model.name, model.dimensions * 4)
            try waitForAll(in: transaction)
        }
        try serveIfComplete(in: transaction)
        if try waitingCount(in: transaction) > 0 { try transaction.enqueue(EmbedWork.order()) }
    }

    /// Every passage without a vector of the wanted model waits for one, and no other. Without a wanted model all wait.
    static func waitForAll(in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM passages_waiting")
        try transaction.execute(
            """
            INSERT INTO passages_waiting (passage_rid) SELECT rid FROM passages
            WHERE NOT EXISTS (SELECT 1 FROM passage_vectors WHERE passage_rid = passages.rid AND model = $1)
            """, try wanted(in: transaction)?.name ?? "")
        if try wanted(in: transaction) != nil { try transaction.enqueue(EmbedWork.order()) }
    }

    /// Lets the wanted model's vectors be searched once they are complete, or at once where no other's can be.
    static func serveIfComplete(in transaction: Transaction) throws {
        guard let wanted = try wanted(in: transaction) else { return }
        if let serving = try serving(in: transaction) {
            if serving == wanted { return }
            let isUsed = try transaction.int(
                "SELECT count(*) FROM (SELECT 1 FROM passage_vectors WHERE model = $1 LIMIT 1) AS used", serving.name)
            guard try isUsed == 0 || waitingCount(in: transaction) == 0 else { return }
        }
        try transaction.execute("UPDATE embedding_models SET is_serving = 0 WHERE is_serving = 1")
        try transaction.execute("UPDATE embedding_models SET is_serving = 1 WHERE is_wanted = 1")
        transaction.emit(PassagesChanged())
    }

    /// Whether there are models that neither serve nor are wanted.
    static func hasUnused(in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM embedding_models WHERE is_serving = 0 AND is_wanted = 0") > 0
    }

    /// Deletes vectors of models that neither serve nor are wanted, some at a time; true when there may be more.
    static func deleteUnused(limit: Int, in transaction: Transaction) throws -> Bool {
        guard try hasUnused(in: transaction) else { return false }
        let used = "(SELECT name FROM embedding_models WHERE is_serving = 1 OR is_wanted = 1)"
        let deleted = try transaction.execute(
            "DELETE FROM passage_vectors WHERE rid IN (SELECT rid FROM passage_vectors WHERE model NOT IN \(used) ORDER BY rid LIMIT $1)",
            limit)
        if deleted > 0 { transaction.emit(PassagesChanged()) }
        guard deleted < limit else { return true }
        try transaction.execute("DELETE FROM embedding_models WHERE is_serving = 0 AND is_wanted = 0")
        return false
    }

    /// Deletes vectors of whatever model, some at a time; true when there may be more.
    static func deleteSome(limit: Int, in transaction: Transaction) throws -> Bool {
        let deleted = try transaction.execute(
            "DELETE FROM passage_vectors WHERE rid IN (SELECT rid FROM passage_vectors ORDER BY rid LIMIT $1)", limit)
        if deleted > 0 { transaction.emit(PassagesChanged()) }
        return deleted == limit
    }

    // MARK: Waiting

    /// A passage that waits, and what is embedded of it.
    struct Waiting: Sendable, Equatable {
        let rowID: Int64
        let text: String
    }

    static func waiting(limit: Int, in reader: Reader) throws -> [Waiting] {
        try reader.rows(
            """
            SELECT passages.rid, passages.title, passages.body FROM passages_waiting JOIN passages ON passages.rid = passage_rid
            WHERE refusal IS NULL ORDER BY passage_rid LIMIT $1
            """, limit
        ) { Waiting(rowID: try $0.int(0), text: Passage.embeddedText(title: try $0.text(1), body: try $0.text(2))) }
    }

    /// Passages that will still be offered to the model.
    static func waitingCount(in reader: Reader) throws -> Int64 {
        try reader.int("SELECT count(*) FROM passages_waiting WHERE refusal IS NULL")
    }

    static func refusedCount(in reader: Reader) throws -> Int64 {
        try reader.int("SELECT count(*) FROM passages_waiting WHERE refusal IS NOT NULL")
    }
}
