import ArgumentParser
import Platform

/// `jobraker-bench-writes`: how many rows concurrent callers can make durable, and how long each waits.
///
/// Prints one JSON line for each mode and number of callers; `Tests/Benchmarks/bench.py` gathers them.
@main
struct WritesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobraker-bench-writes", abstract: "Durable single-row writes by concurrent callers.",
        discussion: "Each mode and number of callers gets a database of its own below the directory.")

    @Option(name: .long, help: "An empty directory on the disk that is to be measured.")
    var directory: String

    @Option(name: .customLong("mode"), parsing: .upToNextOption, help: "What to compare: group, single-full, single-normal.")
    var modes: [Mode] = Mode.allCases

    @Option(name: .long, parsing: .upToNextOption, help: "How many callers write at once.")
    var callers: [Int] = [1, 8, 32, 128, 512]

    @Option(name: .long, help: "Seconds that count.")
    var seconds = 3.0

    @Option(name: .long, help: "Seconds before those, which do not.")
    var warmUp = 0.5

    func validate() throws {
        guard callers.allSatisfy((1...4096).contains) else { throw ValidationError("--callers: from 1 to 4096 each") }
        guard (0.1...600).contains(seconds), (0...60).contains(warmUp) else {
            throw ValidationError("--seconds: from 0.1 to 600; --warm-up: from 0 to 60")
        }
    }

    func run() async throws {
        for count in callers {
            for mode in modes {
                let trial = Trial(mode: mode, callers: count, seconds: seconds, warmUp: warmUp)
                let outcome = try await trial.run(in: "\(directory)/\(mode.rawValue)-\(count)")
                print(outcome.json(of: trial).jsonText)
            }
        }
    }
}

extension Mode: ExpressibleByArgument {}
