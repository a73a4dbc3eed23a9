import Platform
import Testing

@testable import Appliance

@Suite struct AccountAdminTests {
    @Test("The operator creates accounts of either kind, also while registration is closed, and lists them")
    func create() async throws {
        try await AccountsFixture.run { fixture in
            fixture.settings.registration.withLock { $0 = .closed }
            let staff = try await fixture.admin.create(email: "Root@Example.org", password: AccountsFixture.password, isStaff: true)
            let plain = try await fixture.admin.create(email: "ada@example.org", password: AccountsFixture.password, isStaff: false)
            #expect(staff.isStaff && !plain.isStaff && staff.email == "Root@example.org" && staff.isActive)
            #expect(try await fixture.admin.list() == [staff, plain])
            #expect(try fixture.count("profiles") == 2 && fixture.count("logins") == 0)
            let person = try await fixture.enter("root@example.org")
            #expect(try fixture.authenticator.caller(ofToken: person.access).isStaff)
        }
    }

    @Test("The rules of registration hold for the operator too")
    func rules() async throws {
        try await AccountsFixture.run { fixture in
            await #expect(throws: ValidationErrors("password", "This password is too common.")) {
                try await fixture.admin.create(email: "ada@example.org", password: "password", isStaff: false)
            }
            var both = ValidationErrors("email", "Enter a valid email address.")
            both.add("password", "This field may not be blank.")
            await #expect(throws: both) { try await fixture.admin.create(email: "ada", password: "", isStaff: false) }
            _ = try await fixture.register()
            await #expect(throws: AccountError.emailTaken) {
                try await fixture.admin.create(email: "ADA@example.org", password: AccountsFixture.password, isStaff: false)
            }
        }
    }

    @Test("Closing an account ends its logins at once; opening it again brings none back")
    func disable() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            #expect(try await fixture.admin.disable(email: "ADA@example.org").isActive == false)
            #expect(await fixture.call("GET", "me/", token: person.access).text == AccountDeadToken.header("Token is blacklisted"))
            #expect(await fixture.refresh(person.refresh).text == AccountDeadToken.body("Token is blacklisted"))
            #expect(await fixture.verify(person.access).text == AccountDeadToken.body("Token is blacklisted"))
            #expect(await fixture.login().status == 401)
            #expect(try await fixture.admin.enable(email: "ada@example.org").isActive)
            #expect(await fixture.call("GET", "me/", token: person.access).status == 401)
            #expect(await fixture.login().status == 200)
        }
    }

    @Test("A password that the operator sets ends the account's logins")
    func resetPassword() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let account = try await fixture.admin.resetPassword(email: "ada@example.org", password: " quiet-lantern-31 ")
            #expect(account.email == "ada@example.org")
            #expect(await fixture.call("GET", "me/", token: person.access).text == AccountDeadToken.header("Token is blacklisted"))
            #expect(await fixture.login().status == 401)
            #expect(await fixture.login("ada@example.org", "quiet-lantern-31").status == 200)
            for (password, message) in [
                ("", "This field may not be blank."), ("short", "Ensure this field has at least 8 characters."),
                ("password", "This password is too common."),
                (String(repeating: "x", count: 129), "Ensure this field has no more than 128 characters."),
            ] {
                await #expect(throws: ValidationErrors("password", message)) {
                    try await fixture.admin.resetPassword(email: "ada@example.org", password: password)
                }
            }
            #expect(await fixture.login("ada@example.org", "quiet-lantern-31").status == 200)
        }
    }

    @Test("An account that does not exist is named as such")
    func unknown() async throws {
        try await AccountsFixture.run { fixture in
            await #expect(throws: AccountAdmin.Failure.unknownAccount) { try await fixture.admin.disable(email: "eve@example.org") }
            await #expect(throws: AccountAdmin.Failure.unknownAccount) { try await fixture.admin.enable(email: "eve@example.org") }
            await #expect(throws: AccountAdmin.Failure.unknownAccount) {
                try await fixture.admin.resetPassword(email: "eve@example.org", password: AccountsFixture.password)
            }
        }
    }

    @Test("An address without a domain has no domain to change")
    func addresses() {
        #expect(EmailAddress.normalized("Ada") == "Ada")
        #expect(EmailAddress.normalized("Ada@Example.ORG") == "Ada@example.org")
        #expect(EmailAddress.key("Ada@Exämple.ORG") == "ada@exämple.org")
    }
}
