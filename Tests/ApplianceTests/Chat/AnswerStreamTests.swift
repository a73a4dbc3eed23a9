import Platform
import Testing

@testable import Appliance

@Suite("The state of a stream")
struct AnswerStreamTests {
    typealias Event = AnswerStream.Event
    typealias Action = AnswerStream.Action

    private static func actions(_ events: Event...) -> [Action] {
        var stream = AnswerStream()
        return events.flatMap { stream.handle($0) }
    }

    @Test("An answer is announced, sent piece by piece, written to the database, and only then closed")
    func whole() {
        #expect(
            Self.actions(.begin, .delta("a"), .stored(through: 1), .delta("b"), .tick, .stored(through: 2), .tick, .answered, .settled)
                == [.announce, .send(number: 1), .store, .send(number: 2), .store, .settle(.done), .close(.done)])
    }

    @Test("A stop calls the model off at once, and what comes after it changes nothing")
    func stopped() {
        #expect(
            Self.actions(.begin, .delta("a"), .stop, .delta("b"), .answered, .stop, .tick, .settled, .settled, .refused(.failed))
                == [.announce, .send(number: 1), .store, .cancel, .settle(.stopped), .close(.stopped)])
    }

    @Test("What cannot be stored is an end too")
    func notStored() {
        #expect(
            Self.actions(.begin, .answered, .notSettled(.notStored))
                == [.announce, .settle(.done), .close(.failed(.notStored))])
        #expect(
            Self.actions(.begin, .refused(.timedOut), .settled)
                == [.announce, .settle(.failed(.assistant(.timedOut))), .close(.failed(.assistant(.timedOut)))])
    }

    @Test("A write that failed is tried again with the next second, and one at a time is under way")
    func writes() {
        #expect(
            Self.actions(.begin, .delta("a"), .tick, .delta("b"), .tick, .notStored, .tick, .tick, .stored(through: 2), .tick)
                == [.announce, .send(number: 1), .store, .send(number: 2), .store])
    }

    /// The same sequence each time, from a seed.
    private struct Dice: RandomNumberGenerator {
        let source: SeededRandom

        mutating func next() -> UInt64 { source.bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
    }

    private static let failures: [StreamFailure] = [.interrupted, .sessionDeleted, .notStored]

    private static func event(_ dice: inout Dice, _ stream: AnswerStream, piece: Int) -> Event {
        switch Int.random(in: 0..<20, using: &dice) {
        case 0: .begin
        case 1: .answered
        case 2: .refused(.failed)
        case 3: .stop
        case 4: .abandon(failures.randomElement(using: &dice) ?? .interrupted)
        case 5, 6: .tick
        case 7, 8: .stored(through: Int.random(in: 0...stream.log.count, using: &dice))
        case 9: .notStored
        case 10: .settled
        case 11: .notSettled(failures.randomElement(using: &dice) ?? .interrupted)
        case 12: .delta("")
        default: .delta("\(piece) ")
        }
    }

    @Test("Whatever happens in whatever order: one beginning, no gap, one write at a time, one end, and then silence", arguments: 0..<300)
    func property(seed: Int) throws {
        var dice = Dice(source: SeededRandom(UInt64(seed)))
        var stream = AnswerStream()
        var (done, sent): ([Action], [Int]) = ([], [])
        var (text, isStoring, isOpen) = ("", false, false)
        // Half of them begin in good order, so that long answers are among them.
        var script: [Event] = seed.isMultiple(of: 2) ? [.begin] : []
        for piece in 0..<Int.random(in: 1...120, using: &dice) { script.append(Self.event(&dice, stream, piece: piece)) }
        for event in script + [.begin, .stop, .settled] {
            let wasClosed = stream.ending != nil
            let actions = stream.handle(event)
            if wasClosed { #expect(actions.isEmpty, "\(event) after the end") }
            if case .stored = event { isStoring = false }
            if case .notStored = event { isStoring = false }
            if case .delta(let piece) = event, isOpen { text += piece }
            for action in actions {
                switch action {
                case .announce: isOpen = true
                case .send(let number): sent.append(number)
                case .store:
                    #expect(!isStoring)
                    isStoring = true
                case .settle: isOpen = false
                case .cancel, .close: break
                }
            }
            done += actions
        }
        #expect(done.count { $0 == .announce } == 1 && done.first == .announce)
        #expect(sent == Array(1..<(sent.count + 1)) && stream.log.count == sent.count && stream.log.text == text)
        let settlings = done.compactMap { action -> StreamEnding? in if case .settle(let ending) = action { ending } else { nil } }
        let closings = done.compactMap { action -> StreamEnding? in if case .close(let ending) = action { ending } else { nil } }
        #expect(settlings.count == 1 && closings.count == 1 && stream.ending == closings.first)
        guard case .close? = done.last else { Issue.record("the end is not the last"); return }
        // Nothing but the failure to store it makes another end of it.
        if closings != settlings { #expect(closings.first?.failure != nil) }
    }
}
