import Platform
import Testing

@testable import Appliance

@Suite struct PasswordsTests {
    private static func passwords(_ parameters: PasswordHasher.Parameters = .test) -> Passwords {
        Passwords(pool: HashPool(workers: 1, queue: 1), hasher: PasswordHasher(parameters: parameters, random: SystemRandom()))
    }

    /// Beyond the memory that one hash may take.
    private static let tooMuch = PasswordHasher.Parameters(logN: 20, r: 32, p: 1)

    @Test("A hash that cannot be made is the server's fault for now; the old one still opens")
    func cannotHash() async throws {
        let hash = try await Self.passwords().hash("correct horse 7")
        let passwords = Self.passwords(Self.tooMuch)
        await #expect(throws: HTTPError.unavailable(retryAfter: 1)) { try await passwords.hash("correct horse 7") }
        #expect(try await passwords.check("correct horse 7", against: hash) == .right(replacement: nil))
    }

    @Test("A pool that has been stopped is unavailable, for checks and for hashes")
    func stopped() async throws {
        let passwords = Self.passwords()
        passwords.pool.stop()
        await #expect(throws: HTTPError.unavailable(retryAfter: 1)) { try await passwords.hash("correct horse 7") }
        await #expect(throws: HTTPError.unavailable(retryAfter: 1)) { try await passwords.check("a", against: nil) }
    }

    @Test("An account's own name and address count against its new password")
    func problems() {
        let account = Account(
            rowID: 1, id: Identifier(v7: SystemClock().now(), random: SystemRandom()), email: "zebrafish@example.org",
            firstName: "Wilhelmina", lastName: "Featherstone", isActive: true, isStaff: false, isVerified: false, lastLogin: nil,
            dateJoined: SystemClock().now())
        #expect(Passwords.problems("correct horse 7", for: account) == [])
        #expect(Passwords.problems("wilhelmina1", for: account) == ["The password is too similar to the first name."])
        #expect(Passwords.problems("featherstone1", for: account) == ["The password is too similar to the last name."])
        #expect(Passwords.problems("zebrafish1", for: account) == ["The password is too similar to the email."])
        let long = String(repeating: "é", count: Passwords.longest)
        #expect(Passwords.problems(long, for: account) == [])
        #expect(Passwords.problems(long + "é", for: account) == ["Ensure this field has no more than 128 characters."])
    }
}
