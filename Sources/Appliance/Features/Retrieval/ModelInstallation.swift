import Glibc
import Platform
import TextEncoder

/// An installation that is under way.
///
/// 1. The lock is taken, and what an interrupted installation left is removed.
/// 2. Files are put into a directory of its own, whose name begins with a dot.
/// 3. `finish` hashes them, compares the hashes with those that are demanded,
///    opens the model and lets it encode a word, writes the record, and makes
///    all of it durable.
/// 4. The directory gets the model's name by a rename.
///
/// Killed at any moment it leaves the old model or the new one, or none if
/// there was none, but never a part of one.
final class ModelInstallation: Sendable {
    let models: InstalledModels
    let name: String
    /// Where the files are to be put.
    let staging: String
    private let lock: Int32

    init(_ name: String = KnownModel.name, in models: InstalledModels) throws(ModelProblem) {
        self.models = models
        self.name = name
        staging = models.directory + "/.partial"
        lock = try Self.lock(models)
        FileSystem.removeTree(staging)
        guard mkdir(staging, 0o700) == 0 else { throw .unwritable(path: staging, reason: FileSystem.lastError()) }
    }

    deinit {
        discard()
        close(lock)
    }

    /// Removes what has not become a model. Whoever ends the process calls it: nobody lets go of anything then.
    func discard() { FileSystem.removeTree(staging) }

    var weights: String { staging + "/" + InstalledModel.weights }
    var vocabulary: String { staging + "/" + InstalledModel.vocabulary }

    /// - Parameter demanded: the hashes that files must have, by their names.
    func finish(source: String, demanded: [String: String], at now: Timestamp) throws(ModelProblem) -> InstalledModel {
        var files: [InstalledModel.File] = []
        for name in [InstalledModel.weights, InstalledModel.vocabulary] {
            let path = staging + "/" + name
            guard let found = SHA256.hash(file: path) else { throw .unreadable(path: path, reason: FileSystem.lastError()) }
            let hash = Hex.encode(found.digest)
            if let expected = demanded[name], expected != hash {
                throw .damaged(name: self.name, file: name, expected: expected, found: hash)
            }
            files.append(InstalledModel.File(name: name, sha256: hash, bytes: found.bytes))
        }
        let encoder = try InstalledModels.open(name, in: staging)
        do throws(EncoderError) { _ = try encoder.encode(["work"]) } catch { throw .unusable(name: name, error) }
        let model = InstalledModel(name: name, files: files, source: source, installedAt: now)
        try write(model)
        try takePlace()
        return model
    }

    /// Removes a model; its name is free at once, its bytes shortly after.
    static func remove(_ name: String, from models: InstalledModels) throws(ModelProblem) {
        guard name != "", !name.hasPrefix("."), !name.contains("/"), FileSystem.exists(models.path(name)) else {
            throw .notInstalled(name: name)
        }
        let lock = try lock(models)
        defer { close(lock) }
        // A server that has the model open keeps it until it ends: a file's bytes stay as long as someone reads them.
        FileSystem.removeTree(try setAside(name, in: models))
    }

    private static func lock(_ models: InstalledModels) throws(ModelProblem) -> Int32 {
        guard FileSystem.makeDirectories(models.directory, mode: 0o700) else {
            throw .unwritable(path: models.directory, reason: FileSystem.lastError())
        }
        let path = models.directory + "/.lock"
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unwritable(path: path, reason: FileSystem.lastError()) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw .busy(path: models.directory)
        }
        return file
    }

    private func write(_ model: InstalledModel) throws(ModelProblem) {
        let path = staging + "/" + InstalledModel.record
        // What else the source brought with it is not part of the model.
        let kept = [InstalledModel.weights, InstalledModel.vocabulary]
        for name in FileSystem.names(in: staging) ?? [] where !kept.contains(name) { FileSystem.removeTree(staging + "/" + name) }
        do {
            try FileSystem.write(model.json.bytes + [10], to: path)
            for name in kept { try FileSystem.sync(staging + "/" + name) }
            try FileSystem.sync(staging)
        } catch {
            throw .unwritable(path: path, reason: FileSystem.lastError())
        }
    }

    private func takePlace() throws(ModelProblem) {
        let old = FileSystem.exists(models.path(name)) ? try Self.setAside(name, in: models) : nil
        do { try FileSystem.replace(models.path(name), with: staging) } catch {
            throw .unwritable(path: models.path(name), reason: FileSystem.lastError())
        }
        if let old { FileSystem.removeTree(old) }
    }

    /// Takes the name from a model, and returns where it is now.
    private static func setAside(_ name: String, in models: InstalledModels) throws(ModelProblem) -> String {
        let aside = models.directory + "/.removed"
        FileSystem.removeTree(aside)
        do { try FileSystem.replace(aside, with: models.path(name)) } catch {
            throw .unwritable(path: models.path(name), reason: FileSystem.lastError())
        }
        return aside
    }
}
