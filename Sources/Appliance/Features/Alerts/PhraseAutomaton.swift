/// Finds many phrases in a text at once, in one walk over its bytes, however many phrases there are and however they
/// overlap (Aho and Corasick 1975).
///
/// A state is a beginning of some phrases: the longest one that ends where the walk is. What cannot be continued falls
/// back to the longest shorter beginning. A transition is an entry in one hash table, so that the memory follows the
/// phrases' length and not the alphabet's.
struct PhraseAutomaton: Sendable {
    private var beginnings = [Int32](repeating: 0, count: 256)
    private var edges = EdgeTable()
    private var fallback: [Int32] = [0]
    /// The phrase that a state is the whole of, or -1.
    private var whole: [Int32] = [-1]
    /// The longest phrase, as its state, that a state ends with; 0 for none.
    private var longest: [Int32] = [0]

    /// Of phrases that are equal only the first is found; empty ones are not.
    init(_ phrases: [[UInt8]]) {
        var parents: [Int32] = [0]
        var bytes: [UInt8] = [0]
        var states: [[Int32]] = []
        for (number, phrase) in phrases.enumerated() where !phrase.isEmpty {
            var state: Int32 = 0
            for (depth, byte) in phrase.enumerated() {
                if let next = step(from: state, byte) {
                    state = next
                    continue
                }
                let next = Int32(parents.count)
                if state == 0 { beginnings[Int(byte)] = next } else { edges.insert(state, byte, next) }
                parents.append(state)
                bytes.append(byte)
                whole.append(-1)
                if states.count <= depth { states.append([]) }
                states[depth].append(next)
                state = next
            }
            if whole[Int(state)] < 0 { whole[Int(state)] = Int32(number) }
        }
        fallback = [Int32](repeating: 0, count: parents.count)
        longest = fallback
        // Shorter beginnings first: a state's fallback is reached from its parent's.
        for (depth, level) in states.enumerated() {
            for state in level {
                let index = Int(state)
                if depth > 0 { fallback[index] = target(from: fallback[Int(parents[index])], bytes[index]) }
                longest[index] = whole[index] >= 0 ? state : longest[Int(fallback[index])]
            }
        }
    }

    /// Calls `body` with the number of each phrase that the text contains and that is not marked yet, and marks it.
    ///
    /// The shorter ends of a phrase that was found were found with it; so the work is the text's length and the
    /// number of phrases found, not the number of times they occur.
    func eachPhrase(in text: [UInt8], notIn marks: inout Marks, _ body: (Int) -> Void) {
        var state: Int32 = 0
        for byte in text {
            state = target(from: state, byte)
            var found = longest[Int(state)]
            while found != 0, marks.insert(Int(whole[Int(found)])) {
                body(Int(whole[Int(found)]))
                found = longest[Int(fallback[Int(found)])]
            }
        }
    }

    /// Calls `body` with every occurrence of a phrase: its number, and the position behind its last byte.
    func eachOccurrence(in text: [UInt8], _ body: (_ phrase: Int, _ end: Int) -> Void) {
        var state: Int32 = 0
        for (position, byte) in text.enumerated() {
            state = target(from: state, byte)
            var found = longest[Int(state)]
            while found != 0 {
                body(Int(whole[Int(found)]), position + 1)
                found = longest[Int(fallback[Int(found)])]
            }
        }
    }

    private func target(from state: Int32, _ byte: UInt8) -> Int32 {
        var state = state
        while state != 0 {
            if let next = edges.find(state, byte) { return next }
            state = fallback[Int(state)]
        }
        return beginnings[Int(byte)]
    }

    private func step(from state: Int32, _ byte: UInt8) -> Int32? {
        guard state == 0 else { return edges.find(state, byte) }
        let next = beginnings[Int(byte)]
        return next == 0 ? nil : next
    }
}

/// Numbers that were seen, all forgotten at once and without cost.
struct Marks: Sendable {
    private var stamps: [UInt32]
    private var round: UInt32 = 1

    /// For numbers below `count`.
    init(_ count: Int) { stamps = [UInt32](repeating: 0, count: count) }

    mutating func clear() {
        round &+= 1
        guard round == 0 else { return }
        stamps = [UInt32](repeating: 0, count: stamps.count)
        round = 1
    }

    /// Whether the number is new.
    mutating func insert(_ number: Int) -> Bool {
        guard stamps[number] != round else { return false }
        stamps[number] = round
        return true
    }

    func contains(_ number: Int) -> Bool { stamps[number] == round }
}

/// The transitions between states but those of the first one: a hash table with open addressing.
private struct EdgeTable: Sendable {
    private struct Edge {
        /// State and byte, or 0 for a free place: no edge leaves state 0 here.
        var key: UInt64 = 0
        var target: Int32 = 0
    }

    private var edges = [Edge](repeating: Edge(), count: 64)
    private var count = 0

    func find(_ state: Int32, _ byte: UInt8) -> Int32? {
        let edge = edges[place(of: Self.key(state, byte))]
        return edge.key == 0 ? nil : edge.target
    }

    mutating func insert(_ state: Int32, _ byte: UInt8, _ target: Int32) {
        if count * 2 >= edges.count { grow() }
        let key = Self.key(state, byte)
        edges[place(of: key)] = Edge(key: key, target: target)
        count += 1
    }

    private mutating func grow() {
        let old = edges
        edges = [Edge](repeating: Edge(), count: old.count * 2)
        for edge in old where edge.key != 0 { edges[place(of: edge.key)] = edge }
    }

    /// Where the key is, or would be put. At least half of the places are free, so there is an end to it.
    private func place(of key: UInt64) -> Int {
        let mask = edges.count - 1
        var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while edges[place].key != key && edges[place].key != 0 { place = (place + 1) & mask }
        return place
    }

    private static func key(_ state: Int32, _ byte: UInt8) -> UInt64 { UInt64(UInt32(bitPattern: state)) << 8 | UInt64(byte) }
}
