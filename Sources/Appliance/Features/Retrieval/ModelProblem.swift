import TextEncoder

/// What is wrong with a model on the disk, or keeps one from being installed.
enum ModelProblem: Error, Equatable, Sendable {
    case notInstalled(name: String)
    case unreadable(path: String, reason: String)
    /// `model.json` is not what an installation writes.
    case noRecord(path: String)
    /// A file is not the one that was installed.
    case damaged(name: String, file: String, expected: String, found: String)
    /// The files are whole, but no model of ours.
    case unusable(name: String, EncoderError)
    case unwritable(path: String, reason: String)
    /// Another process installs or removes one.
    case busy(path: String)

    var message: String {
        switch self {
        case .notInstalled(let name): "the model \(name) is not installed"
        case .unreadable(let path, let reason), .unwritable(let path, let reason): "\(path): \(reason)"
        case .noRecord(let path): "\(path): this is not the record of an installed model; install the model again"
        case .damaged(let name, let file, let expected, let found):
            "the model \(name) is damaged: \(file) has the SHA-256 \(found), and must have \(expected); install it again"
        case .unusable(let name, let error): "the model \(name) cannot be used: \(error.message)"
        case .busy(let path): "\(path): another jobraker installs or removes a model"
        }
    }
}
