import Platform

/// Work that does nothing but note when it began. A second run of an item would be noted too, and make the run count for
/// nothing; an interrupted one cannot be, as the process is the benchmark's own.
struct NoOp: Worker {
    let queue: WorkQueueName
    let ledger: Ledger

    var kind: String { Self.kind(queue) }

    static func kind(_ queue: WorkQueueName) -> String { "bench.\(queue.rawValue)" }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let number = item.payload["number"]?.int else { throw BenchmarkError.strangeItem }
        ledger.begin(number, at: MonotonicTime.now())
        return WorkOutcome { transaction in
            transaction.emit(ItemEnded())
            return .null
        }
    }
}

/// The end of an item is on the disk.
struct ItemEnded: BusEvent {}
