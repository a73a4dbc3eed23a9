import Platform
import TestSupport
import Testing

@testable import Appliance

/// Three people, a member of the staff and some jobs, and what happens to them, which a seed determines.
final class IsolationWorld {
    let server: TestAppliance
    let people: [IsolatedPerson]
    let staff: IsolatedPerson
    let jobs: [String]
    let dice: MatchDice
    private var count = 0

    init(_ server: TestAppliance, seed: UInt64) async throws {
        self.server = server
        dice = MatchDice(seed)
        let words = ["qadaq", "qbobq", "qeveq", "qstaffq"]
        var people: [IsolatedPerson] = []
        for (name, word) in zip(["ada", "bob", "eve"], words) {
            people.append(try await IsolatedPerson.make(try await server.register("\(name)@example.org"), word: word, among: words))
        }
        self.people = people
        staff = try await IsolatedPerson.make(try await server.staff(), word: words[3], among: words)
        jobs = try await server.vacancies(6)
    }

    /// A text with the person's word, and a new one each time.
    func text(of person: IsolatedPerson) -> String {
        count += 1
        return "\(person.word) \(count)"
    }

    /// An id like the person's own of that kind, which nobody has.
    func unknown(_ kind: OwnThings.Kind) -> String {
        count += 1
        return kind == .profile ? "\(900_000 + count)" : Identifier(v7: server.clock.now(), random: SystemRandom()).description
    }

    /// Waits for a piece of background work, so that nothing changes by itself between two looks.
    func finish(_ task: String, of person: IsolatedPerson) async throws {
        let isDone = try await eventually { try await person.ask("GET", "/api/v1/tasks/\(task)/").json["status"] == "SUCCESS" }
        #expect(isDone, "\(task) of \(person.user.email)")
    }
}
