import ArgumentParser
import Platform

/// `jobraker-bench-queue`: how many items of background work a second go the whole way, and how soon one begins.
///
/// Prints one JSON line; `Tests/Benchmarks/work_items.py` gathers them.
@main
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobraker-bench-queue", abstract: "Durable background work that does nothing.",
        discussion: "Without --rate, items are ordered as fast as the database takes them; with it, so many a second.")

    @Option(name: .long, help: "A directory, missing or empty, on the disk that is to be measured.")
    var directory: String

    @Option(name: .long, help: "In which queues they stand: six, one.")
    var shape = Shape.six

    @Option(name: .long, help: "Items in all.")
    var items = 100_000

    @Option(name: .long, help: "How many order at once.")
    var producers = 64

    @Option(name: .long, help: "Items that are ordered in one transaction.")
    var batch = 1

    @Option(name: .long, help: "Items a second; one order each.")
    var rate: Int?

    func validate() throws {
        guard (1...10_000_000).contains(items), (1...1000).contains(producers), (1...1000).contains(batch) else {
            throw ValidationError("--items: from 1 to 10000000; --producers and --batch: from 1 to 1000")
        }
        if let rate, !(1...100_000).contains(rate) { throw ValidationError("--rate: from 1 to 100000") }
    }

    func run() async throws {
        let result = try await Stage.run(shape, items: items, in: directory) { stage in
            if let rate {
                try await DelayTrial(rate: rate).run(on: stage)
            } else {
                try await RateTrial(producers: producers, batch: batch).run(on: stage)
            }
        }
        print(result.jsonText)
    }
}

extension Shape: ExpressibleByArgument {}
