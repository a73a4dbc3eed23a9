import Platform
import TextEncoder

/// The models of a data directory: `models/NAME/` with the weights, the vocabulary and a record of both.
///
/// A model's directory appears under its name when it is whole, and not before;
/// what is being installed or removed has a name that begins with a dot.
struct InstalledModels: Sendable {
    let directory: String

    /// - Parameter dataDirectory: `storage.directory` of the configuration.
    init(in dataDirectory: String) {
        directory = dataDirectory + "/models"
    }

    func path(_ name: String) -> String { directory + "/" + name }

    /// All models, in order of their names; the record of one that has none that can be read is its problem.
    func list() -> [(name: String, model: Result<InstalledModel, ModelProblem>)] {
        let names = (FileSystem.names(in: directory) ?? []).filter { !$0.hasPrefix(".") }
        return names.map { name in
            do throws(ModelProblem) { return (name, .success(try find(name))) } catch { return (name, .failure(error)) }
        }
    }

    func find(_ name: String = KnownModel.name) throws(ModelProblem) -> InstalledModel {
        guard FileSystem.exists(path(name)) else { throw .notInstalled(name: name) }
        let record = path(name) + "/" + InstalledModel.record
        guard let bytes = FileSystem.read(record, limit: 1 << 16) else { throw .unreadable(path: record, reason: FileSystem.lastError()) }
        guard let json = try? JSONValue.parse(bytes), let model = InstalledModel(json), model.name == name else {
            throw .noRecord(path: record)
        }
        return model
    }

    /// Reads all files of a model and compares them with what was installed.
    func verify(_ model: InstalledModel) throws(ModelProblem) {
        for file in model.files {
            let path = path(model.name) + "/" + file.name
            guard let found = SHA256.hash(file: path) else { throw .unreadable(path: path, reason: FileSystem.lastError()) }
            let hash = Hex.encode(found.digest)
            guard hash == file.sha256 else {
                throw .damaged(name: model.name, file: file.name, expected: file.sha256, found: hash)
            }
        }
    }

    /// Verifies a model and opens it.
    func open(_ model: InstalledModel) throws(ModelProblem) -> MiniLM {
        try verify(model)
        return try Self.open(model.name, in: path(model.name))
    }

    /// Opens what lies in a directory under the names of an installed model.
    static func open(_ name: String, in directory: String) throws(ModelProblem) -> MiniLM {
        let path = directory + "/" + InstalledModel.vocabulary
        guard let vocabulary = FileSystem.read(path, limit: 16 << 20) else {
            throw .unreadable(path: path, reason: FileSystem.lastError())
        }
        do throws(EncoderError) {
            return try MiniLM(weightsFile: directory + "/" + InstalledModel.weights, vocabulary: vocabulary)
        } catch {
            throw .unusable(name: name, error)
        }
    }
}
