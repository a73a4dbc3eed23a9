import TestSupport
import Testing

@testable import Platform

@Suite("Places for sockets")
struct SocketRegistryTests {
    private let ada = FakeAuthenticator.caller(1)
    private let bob = FakeAuthenticator.caller(2)
    private let near = IPAddress("127.0.0.1")

    private func login(of caller: Caller, _ seed: UInt64) -> Caller {
        Caller(
            accountRowID: caller.accountRowID, accountID: caller.accountID,
            loginID: Identifier(v7: Timestamp(seconds: 1), random: SeededRandom(seed)), isStaff: false, email: caller.email)
    }

    @Test("An account has so many places, and one is free again with its last reference")
    func perAccount() throws {
        let registry = SocketRegistry(SocketRegistry.Quotas(perAccount: 2, perAddress: 100))
        var places = [try registry.admit(caller: ada, address: near, since: 0), try registry.admit(caller: ada, address: near, since: 0)]
        #expect(throws: SocketRefusal.tooMany) { try registry.admit(caller: ada, address: near, since: 0) }
        let other = try registry.admit(caller: bob, address: near, since: 0)
        places.removeLast()
        #expect(registry.count == 2)
        places.append(try registry.admit(caller: ada, address: near, since: 0))
        for place in places { place.release() }
        #expect(registry.count == 1)
        other.release()
        other.release()
        #expect(registry.count == 0)
    }

    @Test("An address has so many places, an IPv6 network counts as one, and none is kept from whoever has no address")
    func perAddress() throws {
        let registry = SocketRegistry(SocketRegistry.Quotas(perAccount: 100, perAddress: 1))
        var places: [SocketPlace] = []
        for (text, hasRoom) in [
            ("127.0.0.1", true), ("127.0.0.1", false), ("2001:db8::1", true), ("2001:db8::2", false), ("2001:db9::1", true),
        ] {
            let place = try? registry.admit(caller: nil, address: IPAddress(text), since: 0)
            #expect((place != nil) == hasRoom, "\(text)")
            if let place { places.append(place) }
        }
        for _ in 0..<3 { places.append(try registry.admit(caller: nil, address: nil, since: 0)) }
        #expect(registry.count == places.count)
        registry.replace(SocketRegistry.Quotas(isEnabled: false))
        places.append(try registry.admit(caller: nil, address: near, since: 0))
    }

    @Test("Who logs out between the check of the token and the place gets no socket; others do")
    func raced() throws {
        let registry = SocketRegistry()
        let mark = registry.mark
        registry.close(login: ada.loginID)
        #expect(throws: SocketRefusal.loggedOut) { try registry.admit(caller: ada, address: near, since: mark) }
        _ = try registry.admit(caller: bob, address: near, since: mark)
        // A token that held after that is another matter.
        _ = try registry.admit(caller: ada, address: near, since: registry.mark)
    }

    @Test("An account's sockets are closed but for those of one login")
    func exceptOne() throws {
        let registry = SocketRegistry()
        let (first, second) = (login(of: ada, 1), login(of: ada, 2))
        let mark = registry.mark
        registry.close(account: ada.accountRowID, except: second.loginID)
        #expect(throws: SocketRefusal.loggedOut) { try registry.admit(caller: first, address: near, since: mark) }
        _ = try registry.admit(caller: second, address: near, since: mark)
    }

    @Test("After more closings than are remembered nobody is let in on an old mark")
    func forgotten() throws {
        let registry = SocketRegistry()
        let mark = registry.mark
        for _ in 0..<256 { registry.close(login: ada.loginID) }
        _ = try registry.admit(caller: bob, address: near, since: mark)
        registry.close(login: ada.loginID)
        #expect(throws: SocketRefusal.loggedOut) { try registry.admit(caller: bob, address: near, since: mark) }
        _ = try registry.admit(caller: bob, address: near, since: mark + 1)
    }
}
