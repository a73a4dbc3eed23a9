import VecIndex

/// `jobraker-bench-vectors BASE.fvecs QUERIES.fvecs`: searches an index on demand, and says how long each took.
///
/// Reads one command a line and answers each with a line of JSON; `Tests/Benchmarks/vectors/compare.py` gives them, in
/// turn with those to the libraries it compares. The commands:
///
///     open none|int8|bits cosine|l2     fills an index with the base vectors, whose ids are their numbers, and builds codes
///     search RECALL EVERY COUNT K FILE  runs the first COUNT queries, over the ids divisible by EVERY; writes ids as .ivecs
///     bandwidth                         reads memory, as fast as it can
@main
struct VectorsCommand {
    static func main() {
        guard CommandLine.arguments.count == 3 else { return fail("usage: jobraker-bench-vectors BASE.fvecs QUERIES.fvecs") }
        var session = Session(base: CommandLine.arguments[1], queries: CommandLine.arguments[2])
        while let line = readLine() {
            do {
                print(try session.answer(line.split(separator: " ").map(String.init)))
                flushOutput()
            } catch {
                return fail("\(line): \(error)")
            }
        }
    }
}

/// Why a command could not be carried out.
enum BenchmarkError: Error {
    case unknownCommand
    case notOpen
    case unreadable(String)
    case unwritable(String)
}
