import Platform
import TestSupport
import Testing

@testable import Appliance

/// Three people use everything there is, in an order that a seed determines, and never see or change each other's rows.
///
/// What belongs to whom is kept beside the server, by a model of a few lines. A seed that fails stands in the name of the
/// case; it gives the same actions again.
@Suite("Isolation of accounts", .timeLimit(.minutes(2)))
struct IsolationScenarios {
    @Test("Whatever three people do, each sees exactly what is their own, and changes nothing else", arguments: [1, 2, 3] as [UInt64])
    func threePeople(seed: UInt64) async throws {
        try await TestAppliance.run { server in
            let world = try await IsolationWorld(server, seed: seed)
            for step in 1...50 {
                try await world.act()
                if step.isMultiple(of: 25) {
                    try await world.lookEverywhere()
                    let intruder = world.dice.pick(world.people)
                    try await world.trespass(intruder, on: world.dice.pick(world.people.filter { $0 !== intruder }))
                }
            }
            try await world.trespass(world.staff, on: world.dice.pick(world.people))
            try await world.lookEverywhere()
        }
    }

    @Test("Nobody opens anybody else's thing by its name, whatever the route, and no member of the staff does")
    func everybodyOnEverybody() async throws {
        try await TestAppliance.run { server in
            let world = try await IsolationWorld(server, seed: 0)
            for (place, victim) in world.people.enumerated() {
                try await world.trespass(world.people[(place + 1) % 3], on: victim)
                try await world.trespass(world.staff, on: victim)
            }
            try await world.lookEverywhere()
        }
    }
}
