import Platform
import Testing

@testable import Appliance

@Suite struct InvitationStoreTests {
    private typealias Made = (invitation: Invitation, code: InvitationCode)

    private static func make(_ fixture: AccountsFixture, _ arguments: JSONValue = [:]) async throws -> Made {
        try await fixture.invitations.create(InvitationForm(arguments))
    }

    /// An account that comes from nowhere.
    private static func account(_ fixture: AccountsFixture, _ email: String = "guest@example.org") async throws -> Account {
        try await fixture.database.write { try AccountStore.create(.init(email: email, passwordHash: ""), in: $0) }
    }

    private static func use(_ fixture: AccountsFixture, _ made: Made, by account: Account) async throws -> Bool {
        let code = made.code
        return try await fixture.database.write { try InvitationStore.use(code, by: account, in: $0) }
    }

    private static func isGood(
        _ fixture: AccountsFixture, _ made: Made, for email: String = "guest@example.org", at time: Timestamp? = nil
    ) throws -> Bool {
        try fixture.database.read { try InvitationStore.isGood(made.code, for: email, at: time ?? fixture.clock.now(), in: $0) }
    }

    private static func stored(_ fixture: AccountsFixture, _ made: Made) throws -> Invitation? {
        try fixture.database.read { try InvitationStore.invitation(made.invitation.id, in: $0) }
    }

    @Test("An invitation is stored as it was made, without its code")
    func stores() async throws {
        try await AccountsFixture.run { fixture in
            let plain = try await Self.make(fixture)
            #expect((plain.invitation.email, plain.invitation.note, plain.invitation.usesLeft) == (nil, "", 1))
            #expect(plain.invitation.expiresAt == fixture.clock.now().adding(seconds: 7 * 86_400))
            let full = try await Self.make(fixture, ["email": "Ada@Example.ORG", "days": 365, "note": "the new clerk"])
            #expect((full.invitation.email, full.invitation.note) == ("Ada@example.org", "the new clerk"))
            #expect(try await fixture.invitations.list() == [plain.invitation, full.invitation])
            let hashes = try fixture.database.read { try $0.rows("SELECT code_hash FROM invitations ORDER BY rid") { try $0.blob(0) } }
            #expect(hashes == [plain.code.hash, full.code.hash] && plain.code != full.code)
        }
    }

    @Test("A code is good until the moment at which it expires, and not at it")
    func expiry() async throws {
        try await AccountsFixture.run { fixture in
            let made = try await Self.make(fixture, ["days": 1])
            let end = made.invitation.expiresAt
            #expect(try Self.isGood(fixture, made, at: end.adding(microseconds: -1)))
            #expect(try !Self.isGood(fixture, made, at: end))
            let guest = try await Self.account(fixture)
            fixture.clock.advance(seconds: 86_400)
            #expect(try await !Self.use(fixture, made, by: guest))
            let late = try #require(try Self.stored(fixture, made))
            #expect(late == made.invitation && late.state(at: end) == .expired && late.state(at: end.adding(microseconds: -1)) == .open)
        }
    }

    @Test("Each use takes one of those that are left, and the last one ends the invitation")
    func uses() async throws {
        try await AccountsFixture.run { fixture in
            let made = try await Self.make(fixture, ["uses": 2])
            for (number, left) in [(1, 1), (2, 0)] {
                let guest = try await Self.account(fixture, "guest\(number)@example.org")
                #expect(try await Self.use(fixture, made, by: guest))
                #expect(try Self.stored(fixture, made)?.usesLeft == left)
                let noted = try fixture.database.read {
                    try $0.first("SELECT used_by, used_at FROM invitations") { (try $0.int(0), try $0.time(1)) }
                }
                #expect(noted?.0 == guest.rowID && noted?.1 == fixture.clock.now())
                fixture.clock.advance(seconds: 1)
            }
            let third = try await Self.account(fixture, "guest3@example.org")
            #expect(try !Self.isGood(fixture, made))
            #expect(try await !Self.use(fixture, made, by: third))
            let spent = try #require(try Self.stored(fixture, made))
            #expect(spent.usesLeft == 0 && spent.state(at: fixture.clock.now()) == .used)
        }
    }

    @Test("An invitation for one address is good for that one in any case, and for no other")
    func bound() async throws {
        try await AccountsFixture.run { fixture in
            let made = try await Self.make(fixture, ["email": "Ada@Example.org"])
            for email in ["Ada@example.org", "ADA@EXAMPLE.ORG"] { #expect(try Self.isGood(fixture, made, for: email)) }
            for email in ["eve@example.org", "ada@example.org.evil", "", "%", "null"] {
                #expect(try !Self.isGood(fixture, made, for: email))
            }
            let (eve, ada) = (try await Self.account(fixture, "eve@example.org"), try await Self.account(fixture, "aDA@example.org"))
            #expect(try await !Self.use(fixture, made, by: eve))
            #expect(try await Self.use(fixture, made, by: ada))
        }
    }

    @Test("Only an open invitation can be revoked, and then it is good for nobody")
    func revoke() async throws {
        try await AccountsFixture.run { fixture in
            let (made, spent) = (try await Self.make(fixture), try await Self.make(fixture))
            let late = try await Self.make(fixture, ["days": 1])
            let guest = try await Self.account(fixture)
            #expect(try await Self.use(fixture, spent, by: guest))
            fixture.clock.advance(seconds: 2 * 86_400)
            let revoked = try await fixture.invitations.revoke(made.invitation.id)
            #expect(revoked.state(at: fixture.clock.now()) == .revoked)
            #expect(try Self.stored(fixture, made) == revoked)
            #expect(try !Self.isGood(fixture, made))
            #expect(try await !Self.use(fixture, made, by: guest))
            for (invitation, state) in [(made, Invitation.State.revoked), (spent, .used), (late, .expired)] {
                let id = invitation.invitation.id
                await #expect(throws: InvitationAdmin.Failure.over(state)) { try await fixture.invitations.revoke(id) }
            }
            let unknown = Identifier(v7: fixture.clock.now(), random: SystemRandom())
            await #expect(throws: InvitationAdmin.Failure.unknownInvitation) { try await fixture.invitations.revoke(unknown) }
        }
    }

    @Test("An account that goes takes the invitations for its address with it, and is forgotten by the others")
    func deletion() async throws {
        try await AccountsFixture.run { fixture in
            let bound = try await Self.make(fixture, ["email": "Ada@example.org"])
            let another = try await Self.make(fixture, ["email": "eve@example.org"])
            let shared = try await Self.make(fixture, ["uses": 2])
            let ada = try await Self.account(fixture, "ada@example.org")
            #expect(try await Self.use(fixture, shared, by: ada))
            try await fixture.database.write { try AccountStore.delete(ada.owner, in: $0) }
            #expect(try Self.stored(fixture, bound) == nil)
            #expect(try Self.stored(fixture, another) == another.invitation)
            #expect(try Self.stored(fixture, shared)?.usesLeft == 1)
            #expect(try fixture.database.read { try $0.int("SELECT count(*) FROM invitations WHERE used_by IS NOT NULL") } == 0)
        }
    }

    // MARK: Clearing away

    private static func remaining(_ fixture: AccountsFixture) async throws -> [Identifier] {
        try await fixture.invitations.list().map(\.id)
    }

    @Test("Ninety days after it was over an invitation goes when a new one is made; until then, and while it is open, it stays")
    func kept() async throws {
        try await AccountsFixture.run { fixture in
            let guest = try await Self.account(fixture)
            let expiring = try await Self.make(fixture, ["days": 1])
            let spent = try await Self.make(fixture, ["days": 365])
            let revoked = try await Self.make(fixture, ["days": 365])
            let half = try await Self.make(fixture, ["days": 365, "uses": 2])
            for made in [spent, half] { #expect(try await Self.use(fixture, made, by: guest)) }
            _ = try await fixture.invitations.revoke(revoked.invitation.id)

            fixture.clock.advance(seconds: 90 * 86_400)
            let first = try await Self.make(fixture, ["days": 365])
            let all = [expiring, spent, revoked, half, first].map(\.invitation.id)
            #expect(try await Self.remaining(fixture) == all, "just ninety days")
            fixture.clock.advance(seconds: 1)
            let second = try await Self.make(fixture, ["days": 365])
            #expect(try await Self.remaining(fixture) == [expiring, half, first, second].map(\.invitation.id))
            fixture.clock.advance(seconds: 86_400)
            let third = try await Self.make(fixture, ["days": 365])
            #expect(try await Self.remaining(fixture) == [half, first, second, third].map(\.invitation.id))
        }
    }

    @Test("No more than fifty are cleared away at once")
    func bounded() async throws {
        try await AccountsFixture.run { fixture in
            try await fixture.database.write { transaction in
                for _ in 0..<60 {
                    let invitation = Invitation(
                        id: transaction.newIdentifier(), email: nil, note: "", createdAt: transaction.now, expiresAt: transaction.now,
                        usesLeft: 1, revokedAt: nil)
                    try InvitationStore.create(invitation, code: InvitationCode(random: transaction.random), in: transaction)
                }
            }
            fixture.clock.advance(seconds: 90 * 86_400 + 1)
            for left in [11, 2, 3] as [Int64] {
                _ = try await Self.make(fixture)
                #expect(try fixture.count("invitations") == left)
            }
        }
    }
}
