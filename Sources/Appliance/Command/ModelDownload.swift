import Glibc
import Platform

/// The files of a model from another machine, over HTTP.
enum ModelDownload {
    /// The known model has 87 MiB; another one of its family may have some more.
    private static let mostBytes = 1 << 30
    private static let limits = OutboundLimits(
        connect: 15_000, firstByte: 60_000, idle: 60_000, total: 3_600_000, maximumResponseBytes: mostBytes)

    /// `url` is the file of weights; the vocabulary lies beside it.
    static func fetch(_ url: String, into directory: String) async throws(CommandFailure) {
        let outbound = Outbound(clock: SystemClock(), random: SystemRandom())
        defer { outbound.stop() }
        let address = url.prefix { $0 != "?" && $0 != "#" }
        guard let slash = address.lastIndex(of: "/") else { throw CommandFailure("\(url): this is not the address of a file", exit: 2) }
        let query = url[address.endIndex...].prefix { $0 != "#" }
        let vocabulary = address[...slash] + InstalledModel.vocabulary + query
        // The small one first: a wrong address is noticed sooner.
        try await fetch(String(vocabulary), to: directory + "/" + InstalledModel.vocabulary, by: outbound)
        try await fetch(String(address + query), to: directory + "/" + InstalledModel.weights, by: outbound)
    }

    private static func fetch(_ url: String, to path: String, by outbound: Outbound) async throws(CommandFailure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure("\(path): \(FileSystem.lastError())") }
        defer { close(file) }
        do {
            let stream = try await outbound.stream(OutboundRequest(url: url, limits: limits))
            guard stream.status == 200 else {
                let hint = (300..<400).contains(stream.status) ? "; redirects are not followed, give the address that it leads to" : ""
                throw CommandFailure("\(url): the server answered \(stream.status)\(hint)")
            }
            let progress = ProgressLine()
            let total = stream.headers["content-length"].flatMap { Int($0) } ?? 0
            var done = 0
            for try await piece in stream.body {
                try FileSystem.write(piece, to: file, path)
                done += piece.count
                if total > 1 << 20 { progress.show(CommandProgress(step: "download", done: done, total: total)) }
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as OutboundError {
            throw CommandFailure("\(url): \(words(for: error))")
        } catch {
            throw CommandFailure(StartFailure.text(for: error))
        }
    }

    private static func words(for error: OutboundError) -> String {
        switch error {
        case .connect(let reason), .broken(let reason): reason
        case .timeout(let limit): "the server was too slow (\(limit.rawValue))"
        case .tooLarge: "the file has more than \(mostBytes >> 20) MiB"
        case .cancelled: "cancelled"
        case .outOfReach: "the address is not one that may be asked"
        case .breakerOpen: "the server has failed too often"
        }
    }
}
