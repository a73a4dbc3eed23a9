import Platform
import TestSupport

@testable import Appliance

/// The files of a small model in a directory of their own, as an operator may have them.
struct TinyModelFiles {
    static let weights = WeightFile(TinyModel().tensors).bytes
    static let vocabulary = TinyModel.vocabularyBytes
    static var weightsHash: String { Hex.encode(SHA256.hash(weights)) }
    static var vocabularyHash: String { Hex.encode(SHA256.hash(vocabulary)) }

    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try FileSystem.write(Self.weights, to: directory.path + "/model.safetensors")
        try FileSystem.write(Self.vocabulary, to: directory.path + "/vocab.txt")
    }

    var path: String { directory.path }

    /// Installed into a data directory.
    static func install(in dataDirectory: String) throws -> InstalledModel {
        let installation = try ModelInstallation(in: InstalledModels(in: dataDirectory))
        try FileSystem.write(weights, to: installation.weights)
        try FileSystem.write(vocabulary, to: installation.vocabulary)
        return try installation.finish(source: "a test", demanded: [:], at: SystemClock().now())
    }
}
