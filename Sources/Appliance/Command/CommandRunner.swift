import ArgumentParser
import Glibc
import Platform

/// Carries out a command by the one handler that there is for it: in this
/// process when it gets the data directory's lock, else in the server that holds it.
struct CommandRunner {
    let options: CommonOptions

    func run(_ request: ControlRequest) async throws -> JSONValue {
        let progress = ProgressLine()
        return try await converse { call in try await call(request, progress) }
    }

    typealias Call = (ControlRequest, ProgressLine) async throws -> JSONValue

    /// Runs `body` with a way to give commands to one instance, one after another. What it throws of its own is a
    /// `CommandFailure`.
    func converse(_ body: (Call) async throws -> JSONValue) async throws -> JSONValue {
        let configuration = try options.load().values
        do {
            return try await withCore(configuration) { core in
                try await body { request, progress in try await core.handle(request) { progress.show($0) } }
            }
        } catch DataDirectory.Failure.inUse(let path) {
            do { return try await body { try await callServer(path, $0, $1) } } catch let failure as CommandFailure {
                throw Self.exit(failure)
            }
        } catch let failure as CommandFailure {
            throw Self.exit(failure)
        }
    }

    /// Waits for the answer on a thread of its own, and not on one of the few that run everything else.
    private func callServer(_ path: String, _ request: ControlRequest, _ progress: ProgressLine) async throws -> JSONValue {
        let outcome: Result<JSONValue, CommandFailure> = await withCheckedContinuation { continuation in
            BlockingWork.run {
                do throws(CommandFailure) {
                    let result = try ControlClient.call(path + "/control.sock", request) { progress.show($0) }
                    continuation.resume(returning: .success(result))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try outcome.get()
    }

    private func withCore(_ configuration: Configuration, _ body: (Core) async throws -> JSONValue) async throws -> JSONValue {
        umask(0o077)
        let core: Core
        do {
            core = try Core(configuration: configuration, clock: SystemClock(), random: SystemRandom(), log: Log(level: .warning))
        } catch let failure as DataDirectory.Failure {
            if case .unusable(let path, let reason) = failure { throw CommandFailure("\(path): \(reason)") }
            throw failure
        } catch {
            throw CommandFailure(StartFailure.text(for: error))
        }
        defer { core.close() }
        do { return try await body(core) } catch let failure as CommandFailure { throw failure } catch {
            throw CommandFailure(StartFailure.text(for: error))
        }
    }

    static func exit(_ failure: CommandFailure) -> ExitCode {
        Terminal.error(failure.message)
        return ExitCode(failure.exit)
    }
}

/// The words for what keeps an instance from starting.
enum StartFailure {
    static func text(for error: any Error) -> String {
        switch error {
        case DataDirectory.Failure.unusable(let path, let reason): "\(path): \(reason)"
        case DataDirectory.Failure.inUse(let path): "\(path): another jobraker holds the lock of this data directory"
        case let failure as FileCheck.Failure: failure.message
        case let failure as MigrationError: failure.message
        case StorageError.diskFull: "the disk is full"
        case StorageError.readOnly: "the data directory is on a read-only file system"
        case StorageError.io(let message): message
        case StorageError.corrupt(let message): "the database file is damaged: \(message)"
        default: "\(error)"
        }
    }
}
