import Testing

@testable import Platform

@Suite("Pings, and who is dead")
struct SocketHeartbeatTests {
    private func heartbeat() -> SocketHeartbeat { SocketHeartbeat(SocketLimits(), now: 1_000) }

    @Test("A client is pinged every 20 seconds, whether it talks or not")
    func pings() {
        var heartbeat = heartbeat()
        #expect(heartbeat.next == 21_000)
        #expect(heartbeat.look(at: 20_999) == .none)
        heartbeat.heard(at: 20_999)
        #expect(heartbeat.look(at: 21_000) == .ping)
        #expect(heartbeat.look(at: 21_000) == .none)
        #expect(heartbeat.next == 41_000)
    }

    @Test("A client that nothing is heard of for 45 seconds is dead, and any sign of life begins them anew")
    func death() {
        var heartbeat = heartbeat()
        #expect(heartbeat.look(at: 21_000) == .ping)
        #expect(heartbeat.look(at: 41_000) == .ping)
        #expect(heartbeat.next == 46_000)
        #expect(heartbeat.look(at: 45_999) == .none)
        var dead = heartbeat
        #expect(dead.look(at: 46_000) == .dead)
        heartbeat.heard(at: 45_999)
        #expect(heartbeat.look(at: 46_000) == .none)
        #expect(heartbeat.next == 61_000)
        #expect(heartbeat.look(at: 90_999) == .dead)
    }
}
