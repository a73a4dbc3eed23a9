import Platform
import Synchronization

/// All words of the jobs in memory, one after the other, to look for a part of a word in.
///
/// The first who needs it reads the index; from then on the words of changed jobs are added. Words that no job has any
/// more do no harm, and when they may be many, all is read anew.
final class JobVocabulary: Sendable {
    /// Where in a word a part stands.
    enum Fit { case inside, atTheEnd, atTheBeginning, whole }

    struct Words: Sendable {
        /// A line feed before the first and behind each word: no word has one in it.
        private(set) var bytes: [UInt8] = [Self.mark]
        private static let mark: UInt8 = 0x0a

        mutating func add(_ word: some Sequence<UInt8>) {
            bytes += word
            bytes.append(Self.mark)
        }

        /// The words in which the part stands so; nil when they are more than `limit`.
        func holding(_ part: [UInt8], _ fit: Fit, limit: Int) -> [[UInt8]]? {
            var pattern = part
            if fit == .whole || fit == .atTheBeginning { pattern.insert(Self.mark, at: 0) }
            if fit == .whole || fit == .atTheEnd { pattern.append(Self.mark) }
            var found: Set<[UInt8]> = []
            var start = 0
            while let place = Self.find(pattern, in: bytes, from: start) {
                var first = fit == .whole || fit == .atTheBeginning ? place + 1 : place
                while bytes[first - 1] != Self.mark { first -= 1 }
                var end = first
                while bytes[end] != Self.mark { end += 1 }
                found.insert(Array(bytes[first..<end]))
                if found.count > limit { return nil }
                start = end
            }
            return Array(found)
        }

        private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
            guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
            return bytes.withUnsafeBufferPointer { bytes in
                pattern.withUnsafeBufferPointer { pattern in
                    var place = start
                    let last = bytes.count - pattern.count
                    while place <= last {
                        if bytes[place] == first {
                            var length = 1
                            while length < pattern.count, bytes[place + length] == pattern[length] { length += 1 }
                            if length == pattern.count { return place }
                        }
                        place += 1
                    }
                    return nil
                }
            }
        }
    }

    private struct State {
        var words = Words()
        var generation: Int64?
        /// How many bytes there were when the index was read.
        var read = 0
    }

    private let state: Mutex<State> = Mutex(State())
    private let spareBytes: Int

    /// When the words have grown to twice what was read, and these beside them, all is read anew.
    init(spareBytes: Int = 1 << 20) { self.spareBytes = spareBytes }

    var bytes: Int { state.withLock { $0.words.bytes.count } }

    /// All words of the reader's state of the database, and perhaps more; nil when what is kept is of a later state. Who
    /// comes while the index is being read waits, and does not read it too.
    func words(at generation: Int64, in reader: Reader) throws -> Words? {
        try state.withLock { state in
            if let kept = state.generation {
                if kept == generation { return state.words }
                if kept > generation { return nil }
                if state.words.bytes.count <= 2 * state.read + spareBytes {
                    for word in try Self.wordsChanged(after: kept, in: reader) { state.words.add(word) }
                    state.generation = generation
                    return state.words
                }
            }
            var words = Words()
            try JobWords.eachWord(in: reader) { words.add($0) }
            state = State(words: words, generation: generation, read: words.bytes.count)
            return words
        }
    }

    private static func wordsChanged(after generation: Int64, in reader: Reader) throws -> Set<[UInt8]> {
        var words: Set<[UInt8]> = []
        try SkillMarks.eachChanged(after: generation, in: reader) { row in
            let skills = try [1, 2].flatMap { try row.json($0).array ?? [] }.compactMap(\.string)
            words.formUnion(JobWords.split(JobWords.text(description: try row.text(3), skills: skills)).map { Array($0) })
        }
        return words
    }
}
