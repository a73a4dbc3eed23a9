import Platform
import Testing

@testable import Appliance

@Suite("Tickets for sockets")
struct SocketTicketTests {
    private let clock = ManualClock()
    private let random = SeededRandom(5)

    private func caller(_ number: Int64) -> Caller {
        Caller(
            accountRowID: number, accountID: Identifier(rowID: number), loginID: Identifier(rowID: number + 1000), isStaff: false,
            email: "ada@example.org")
    }

    @Test("A ticket is good once, for half a minute, and for whom it was given to")
    func once() {
        let tickets = SocketTickets(clock: clock, random: random)
        let (first, second) = (tickets.give(to: caller(1)), tickets.give(to: caller(2)))
        #expect(first.count == 64 && first != second)
        #expect(tickets.redeem(second) == SocketTickets.Holder(account: caller(2).accountID, login: caller(2).loginID))
        #expect(tickets.redeem(second) == nil && tickets.redeem("") == nil && tickets.redeem("garbage") == nil)
        clock.advance(seconds: 29)
        #expect(tickets.redeem(first)?.account == caller(1).accountID)
        let third = tickets.give(to: caller(1))
        clock.advance(seconds: 30)
        #expect(tickets.redeem(third) == nil)
    }

    @Test("Of one login the oldest go when it asks for too many, and others' stay")
    func many() {
        let tickets = SocketTickets(clock: clock, random: random)
        let other = tickets.give(to: caller(2))
        let given = (0...SocketTickets.keptPerLogin).map { _ in tickets.give(to: caller(1)) }
        #expect(tickets.redeem(given[0]) == nil)
        for ticket in given.dropFirst() { #expect(tickets.redeem(ticket) != nil) }
        #expect(tickets.redeem(other) != nil)
    }
}
