import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 2, through a real socket: registration, the caller's account, its password and its end.
@Suite struct AccountScenarios {
    private static var registered: Regex<(Substring, Substring, Substring, Substring)> {
        #/\{"message":"User registered successfully","user_id":"([0-9a-f-]{36})","access":"([^"]+)","refresh":"([^"]+)"\}/#
    }

    private static func form(
        _ email: String = "ada@example.org", _ password: String = "correct horse 7", confirm: String? = nil, more: String = ""
    ) -> String {
        #"{"email":"\#(email)","password":"\#(password)","password_confirm":"\#(confirm ?? password)"\#(more)}"#
    }

    @Test("Registration answers 201 with both tokens, with and without the slash, and makes an account and its profile")
    func register() async throws {
        try await TestAppliance.run { server in
            let body = Self.form(more: #","first_name":" Ada ","last_name":7,"is_staff":true,"is_verified":true,"id":"x","nonsense":1"#)
            let answer = try await server.auth("register/", body)
            #expect(answer.status == 201)
            #expect(answer.text.wholeMatch(of: Self.registered) != nil)
            let id = try #require(answer.json["user_id"]?.string)
            let tokens = try TokenAnswer(answer)
            let me = try await server.me(tokens.access)
            let joined = try #require(me.json["date_joined"]?.string)
            #expect(Timestamp(iso: joined) != nil && joined.hasSuffix("Z"))
            expectAnswer(
                me, 200,
                #"{"id":"\#(id)","username":null,"email":"ada@example.org","first_name":"Ada","last_name":"7","date_joined":"\#(joined)"}"#)
            expectAnswer(try await server.verify(tokens.refresh), 200, "{}")
            let list = try await server.request("GET", "/api/v1/auth/profiles/", token: tokens.access).json
            #expect(list["count"] == 1 && list["results"]?.array?.first?["user"]?["is_verified"] == false)
            #expect(try server.database.read { try $0.int("SELECT is_staff FROM accounts") } == 0)

            let unslashed = try await server.auth("register", Self.form("eve@example.org"))
            #expect(unslashed.status == 201 && unslashed.text.wholeMatch(of: Self.registered) != nil)
            let urlencoded = try await server.auth(
                "register/", "email=joe%40example.org&password=correct+horse+7&password_confirm=correct+horse+7",
                headers: [("Content-Type", "application/x-www-form-urlencoded")])
            #expect(urlencoded.status == 201)
            expectAnswer(
                try await server.auth("register/", "<a/>", headers: [("Content-Type", "text/xml")]), 415,
                #"{"detail":"Unsupported media type \"text/xml\" in request."}"#)
        }
    }

    private static let required = #"["This field is required."]"#

    @Test("Every wrong field of a registration is named, all at once, in the contract's words")
    func validation() async throws {
        let long = String(repeating: "x", count: 151)
        let rows: [(body: String, answer: String)] = [
            ("{}", #"{"email":\#(Self.required),"password":\#(Self.required),"password_confirm":\#(Self.required)}"#),
            ("", #"{"email":\#(Self.required),"password":\#(Self.required),"password_confirm":\#(Self.required)}"#),
            ("[1]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
            ("{", #"{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}"#),
            (
                #"{"email":null,"password":null,"password_confirm":null,"first_name":null,"last_name":null}"#,
                #"{"email":["This field may not be null."],"password":["This field may not be null."],"#
                    + #""password_confirm":["This field may not be null."],"first_name":["This field may not be null."],"#
                    + #""last_name":["This field may not be null."]}"#
            ),
            (
                #"{"email":" ","password":"","password_confirm":"  "}"#,
                #"{"email":["This field may not be blank."],"password":["This field may not be blank."],"#
                    + #""password_confirm":["This field may not be blank."]}"#
            ),
            (
                #"{"email":true,"password":[],"password_confirm":{},"first_name":false,"last_name":[]}"#,
                #"{"email":["Not a valid string."],"password":["Not a valid string."],"password_confirm":["Not a valid string."],"#
                    + #""first_name":["Not a valid string."],"last_name":["Not a valid string."]}"#
            ),
            (Self.form("ada"), #"{"email":["Enter a valid email address."]}"#),
            (
                Self.form(String(repeating: "a", count: 60) + "@" + String(repeating: "b.", count: 100) + "example.org"),
                #"{"email":["Ensure this field has no more than 254 characters."]}"#
            ),
            (
                Self.form(more: #","first_name":"\#(long)","last_name":"\#(long)""#),
                #"{"first_name":["Ensure this field has no more than 150 characters."],"#
                    + #""last_name":["Ensure this field has no more than 150 characters."]}"#
            ),
            (Self.form(more: #","first_name":"a\u0000b""#), #"{"first_name":["Null characters are not allowed."]}"#),
            (
                Self.form("ada", "short", confirm: "other"),
                #"{"email":["Enter a valid email address."],"password":["Ensure this field has at least 8 characters."]}"#
            ),
            (Self.form(confirm: "correct horse 8"), #"{"non_field_errors":["Passwords don't match"]}"#),
        ]
        try await TestAppliance.run { server in
            for row in rows { expectAnswer(try await server.auth("register/", row.body), 400, row.answer) }
            #expect(try server.database.read { try $0.int("SELECT count(*) FROM accounts") } == 0)
        }
    }

    @Test("A weak password is refused with all its faults in order, and one that is too long or too short with that")
    func weakPasswords() async throws {
        let common = "This password is too common."
        let numeric = "This password is entirely numeric."
        let rows: [(email: String, names: String, password: String, problems: [String])] = [
            ("a@b.cd", "", "abc123!", ["Ensure this field has at least 8 characters."]),
            ("a@b.cd", "", String(repeating: "aB3 ", count: 32) + "x", ["Ensure this field has no more than 128 characters."]),
            ("a@b.cd", "", "password", [common]),
            ("a@b.cd", "", "PassWord", [common]),
            ("a@b.cd", "", "12345678", [common, numeric]),
            ("a@b.cd", "", "90817263544", [numeric]),
            ("zebrafish@b.cd", "", "zebrafish1", ["The password is too similar to the email."]),
            ("a@b.cd", #","first_name":"Wilhelmina""#, "wilhelmina9", ["The password is too similar to the first name."]),
            ("a@b.cd", #","last_name":"Featherstone""#, "9Featherstone", ["The password is too similar to the last name."]),
            ("password@b.cd", "", "password", ["The password is too similar to the email.", common]),
            ("12345678@b.cd", "", "12345678", ["The password is too similar to the email.", common, numeric]),
        ]
        try await TestAppliance.run { server in
            for row in rows {
                let answer = try await server.auth("register/", Self.form(row.email, row.password, more: row.names))
                let messages = JSONValue.array(row.problems.map { .string($0) })
                expectAnswer(answer, 400, #"{"password":\#(String(decoding: messages.bytes, as: UTF8.self))}"#)
            }
            #expect(try await server.auth("register/", Self.form("a@b.cd", String(repeating: "aB3-", count: 32))).status == 201)
        }
    }

    @Test("An address is one account whatever its case, and is shown as it was written but for its domain")
    func emailCase() async throws {
        try await TestAppliance.run { server in
            let answer = try await server.auth("register/", Self.form("Ada.L@Example.ORG"))
            #expect(try await server.me(TokenAnswer(answer).access).json["email"] == "Ada.L@example.org")
            for email in ["ada.l@example.org", "ADA.L@EXAMPLE.ORG", "Ada.L@Example.ORG"] {
                expectAnswer(
                    try await server.auth("register/", Self.form(email)), 400, #"{"email":["User with this email already exists."]}"#)
                #expect(try await server.login(email).status == 200)
            }
            expectAnswer(
                try await server.auth("register/", #"{"email":"ADA.l@example.org"}"#), 400,
                #"{"email":["User with this email already exists."],"password":\#(Self.required),"password_confirm":\#(Self.required)}"#)
        }
    }

    @Test("With registration closed nobody registers, until a reload opens it; the operator creates accounts all the same")
    func closed() async throws {
        try await TestAppliance.run(settings: "[auth]\nregistration = \"closed\"\n") { server in
            expectAnswer(try await server.auth("register/", Self.form()), 403, #"{"detail":"Registration is closed."}"#)
            expectAnswer(try await server.auth("register/", "{}"), 403, #"{"detail":"Registration is closed."}"#)
            #expect(try await server.staff().get("/api/v1/auth/me/").status == 200)
            let open = try TestAppliance.configuration("[auth]\nregistration = \"open\"\n", in: server.directory)
            #expect(server.appliance.reload(open).changed.contains("auth.registration"))
            #expect(try await server.auth("register/", Self.form()).status == 201)
        }
    }

    @Test("Registration looks at the header's token: a bad one is refused, a good one and other schemes change nothing")
    func registerWithToken() async throws {
        try await TestAppliance.run { server in
            expectRefused(try await server.auth("register/", Self.form(), token: "nonsense"), "Token is invalid")
            let tokens = try TokenAnswer(try await server.auth("register/", Self.form()))
            #expect(try await server.auth("register/", Self.form("eve@example.org"), token: tokens.access).status == 201)
            #expect(
                try await server.auth("register/", Self.form("joe@example.org"), headers: [("Authorization", "Token nonsense")]).status
                    == 201)
            expectRefused(try await server.auth("register/", Self.form("kim@example.org"), token: tokens.refresh), "Token has wrong type")
        }
    }

    @Test("Other methods on public and on protected routes are 405, and 401 first where an account is needed")
    func methods() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for path in ["register/", "login/", "refresh/", "verify/"] {
                let answer = try await server.request("GET", "/api/v1/auth/" + path)
                expectAnswer(answer, 405, #"{"detail":"Method \"GET\" not allowed."}"#)
                #expect(answer["Allow"]?.contains("POST") == true)
            }
            let anonymous = #"{"detail":"Authentication credentials were not provided."}"#
            expectAnswer(try await server.request("PUT", "/api/v1/auth/me/"), 401, anonymous)
            let answer = try await user.put("/api/v1/auth/me/", "{}")
            expectAnswer(answer, 405, #"{"detail":"Method \"PUT\" not allowed."}"#)
            #expect(answer["Allow"]?.contains("PATCH") == true && answer["Allow"]?.contains("PUT") == false)
            expectAnswer(try await user.post("/api/v1/auth/me", "{}"), 405, #"{"detail":"Method \"POST\" not allowed."}"#)
            expectAnswer(
                try await server.request("GET", "/api/v1/auth/me/", headers: [("Authorization", "Bearer a b")]), 401,
                #"{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}"#)
            expectAnswer(
                try await server.request("GET", "/api/v1/auth/me/", headers: [("Authorization", "Basic YTpi")]), 401, anonymous)
        }
    }

    @Test("The root of accounts names the profiles")
    func root() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for path in ["/api/v1/auth/", "/api/v1/auth"] {
                expectAnswer(try await user.get(path), 200, #"{"profiles":"http://jobs.example.org/api/v1/auth/profiles/"}"#)
            }
        }
    }

    @Test("The caller changes the names and nothing else")
    func changeNames() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let joined = try #require(try await ada.get("/api/v1/auth/me/").json["date_joined"]?.string)
            func me(_ first: String, _ last: String) -> String {
                #"{"id":"\#(ada.id)","username":null,"email":"ada@example.org","first_name":"\#(first)","last_name":"\#(last)","#
                    + #""date_joined":"\#(joined)"}"#
            }
            expectAnswer(try await ada.patch("/api/v1/auth/me/", #"{"first_name":" Augusta "}"#), 200, me("Augusta", "L"))
            expectAnswer(
                try await ada.patch("/api/v1/auth/me", #"{"last_name":"","email":"x@y.zz","id":"1","username":"a","is_staff":true}"#), 200,
                me("Augusta", ""))
            expectAnswer(try await ada.patch("/api/v1/auth/me/", "{}"), 200, me("Augusta", ""))
            expectAnswer(
                try await ada.patch("/api/v1/auth/me/", #"{"first_name":null,"last_name":"\#(String(repeating: "é", count: 151))"}"#), 400,
                #"{"first_name":["This field may not be null."],"last_name":["Ensure this field has no more than 150 characters."]}"#)
            expectAnswer(
                try await ada.patch("/api/v1/auth/me/", "[]"), 400,
                #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#)
            expectAnswer(try await ada.get("/api/v1/auth/me/"), 200, me("Augusta", ""))
            #expect(try await eve.get("/api/v1/auth/me/").json["first_name"] == "Ada")
        }
    }

    @Test("A password is changed with the old one, under the rules of registration, and every login ends")
    func changePassword() async throws {
        let rows: [(body: String, answer: String)] = [
            ("{}", #"{"error":"Both old and new passwords are required"}"#),
            (#"{"old_password":"correct horse 7"}"#, #"{"error":"Both old and new passwords are required"}"#),
            (#"{"old_password":"","new_password":"another horse 8"}"#, #"{"error":"Both old and new passwords are required"}"#),
            (#"{"old_password":null,"new_password":null}"#, #"{"error":"Both old and new passwords are required"}"#),
            (#"{"old_password":"wrong","new_password":"another horse 8"}"#, #"{"error":"Old password is incorrect"}"#),
            (#"{"old_password":"wrong","new_password":"short"}"#, #"{"error":"Old password is incorrect"}"#),
            (
                #"{"old_password":"correct horse 7","new_password":"exampl1"}"#,
                #"{"error":["The password is too similar to the email.","#
                    + #""This password is too short. It must contain at least 8 characters."]}"#
            ),
            (
                #"{"old_password":"correct horse 7","new_password":"1234567"}"#,
                #"{"error":["This password is too short. It must contain at least 8 characters.","#
                    + #""This password is too common.","This password is entirely numeric."]}"#
            ),
            (
                #"{"old_password":"correct horse 7","new_password":"\#(String(repeating: "aB3-", count: 32))x"}"#,
                #"{"error":["Ensure this field has no more than 128 characters."]}"#
            ),
            (
                #"{"old_password":[],"new_password":{}}"#,
                #"{"old_password":["Not a valid string."],"new_password":["Not a valid string."]}"#
            ),
            (
                #"{"old_password":"\#(String(repeating: "x", count: 4097))","new_password":"another horse 8"}"#,
                #"{"old_password":["Ensure this field has no more than 4096 characters."]}"#
            ),
            ("7", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}"#),
        ]
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            for row in rows { expectAnswer(try await ada.post("/api/v1/auth/change-password/", row.body), 400, row.answer) }
            let other = try TokenAnswer(try await server.login("ada@example.org"))
            expectAnswer(
                try await ada.post(
                    "/api/v1/auth/change-password", #"{"old_password":"correct horse 7","new_password":"another horse 8"}"#),
                200, #"{"message":"Password changed successfully"}"#)
            for access in [ada.access, other.access] { expectRefused(try await server.me(access), "Token is blacklisted") }
            for refresh in [ada.refresh, other.refresh] {
                expectTokenRefused(try await server.refresh(refresh), "Token is blacklisted")
                expectTokenRefused(try await server.verify(refresh), "Token is blacklisted")
            }
            #expect(try await server.login("ada@example.org").status == 401)
            #expect(try await server.login("ada@example.org", "another horse 8").status == 200)
            #expect(try await eve.get("/api/v1/auth/me/").status == 200)
        }
    }

    @Test("An account is deleted with its password, and nothing of it is left in any table")
    func deleteAccount() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register("zebrafish@example.org"), try await server.register("eve@example.org"))
            let path = "/api/v1/auth/me/"
            let profile = try #require(try await ada.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int)
            _ = try await ada.patch("/api/v1/auth/profiles/\(profile)/", #"{"current_title":"zebrafish keeper","skills":["zebrafish"]}"#)
            _ = try await ada.post("/api/v1/chat/send/", #"{"content":"zebrafish?"}"#, headers: [("Idempotency-Key", "zebrafish-1")])
            _ = try await server.login("zebrafish@example.org", headers: [("User-Agent", "zebrafish/1")])
            _ = try await eve.post("/api/v1/chat/send/", #"{"content":"hello"}"#)
            #expect(try server.traces(of: "zebrafish").count >= 4)

            expectAnswer(try await ada.delete(path), 400, #"{"password":["This field is required."]}"#)
            expectAnswer(try await ada.delete(path, #"{"password":""}"#), 400, #"{"password":["This field may not be blank."]}"#)
            expectAnswer(try await ada.delete(path, #"{"password":"wrong"}"#), 400, #"{"password":["Password is incorrect."]}"#)
            expectAnswer(
                try await ada.delete(path, #"{"password":"\#(String(repeating: "x", count: 4097))"}"#), 400,
                #"{"password":["Ensure this field has no more than 4096 characters."]}"#)
            #expect(try await ada.get(path).status == 200)

            let deleted = try await ada.delete("/api/v1/auth/me", #"{"password":"correct horse 7"}"#)
            expectAnswer(deleted, 204, "")
            #expect(try server.traces(of: "zebrafish") == [])
            let id = try #require(Identifier(ada.id))
            #expect(try server.database.read { try $0.int("SELECT count(*) FROM accounts WHERE id = $1", id) } == 0)
            for table in ["accounts", "profiles", "logins", "chat_sessions"] {
                #expect(try server.database.read { try $0.int("SELECT count(*) FROM \(table)") } == 1, "\(table)")
            }
            #expect(try server.database.read { try $0.int("SELECT count(*) FROM chat_messages") } == 2)

            expectRefused(try await ada.get(path), "Token is blacklisted")
            expectTokenRefused(try await server.refresh(ada.refresh), "Token is blacklisted")
            expectTokenRefused(try await server.verify(ada.access), "Token is blacklisted")
            #expect(try await server.login("zebrafish@example.org").status == 401)
            #expect(try await eve.get(path).status == 200)
            let again = try await server.register("zebrafish@example.org")
            #expect(again.id != ada.id)
            #expect(try await again.get("/api/v1/chat/sessions/").json["count"] == 0)
            expectRefused(try await ada.get(path), "Token is blacklisted")
        }
    }

    @Test("Logins are listed, the last used first, and ended one by one")
    func logins() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            server.clock.advance(seconds: 5)
            let agent = String(repeating: "é", count: 300)
            let phone = try TokenAnswer(try await server.login("ada@example.org", headers: [("User-Agent", agent)]))
            let list = try await ada.get("/api/v1/auth/logins/")
            let items = try #require(list.json["results"]?.array)
            #expect(items.count == 2)
            var expected: [String] = []
            for (item, (shown, current)) in zip(items, [(String(repeating: "é", count: 255), false), ("", true)]) {
                let (id, created) = (try #require(item["id"]?.string), try #require(item["created_at"]?.string))
                #expect(Identifier(id) != nil && Timestamp(iso: created) != nil)
                expected.append(
                    #"{"id":"\#(id)","created_at":"\#(created)","last_used_at":"\#(created)","client_address":"127.0.0.1","#
                        + #""user_agent":"\#(shown)","current":\#(current)}"#)
            }
            expectAnswer(list, 200, #"{"results":[\#(expected.joined(separator: ","))]}"#)
            expectAnswer(try await ada.get("/api/v1/auth/logins"), 200, list.text)

            // A refresh is a use.
            server.clock.advance(seconds: 5)
            let fresh = try TokenAnswer(try await server.refresh(ada.refresh))
            let moved = try await server.request("GET", "/api/v1/auth/logins/", token: fresh.access).json["results"]?.array
            #expect(moved?.map { $0["current"] } == [true, false])
            #expect(moved?.first?["last_used_at"] != moved?.first?["created_at"])

            let id = try #require(items.first?["id"]?.string)
            let unknown = #"{"detail":"No Login matches the given query."}"#
            expectAnswer(try await eve.delete("/api/v1/auth/logins/\(id)/"), 404, unknown)
            expectAnswer(try await ada.delete("/api/v1/auth/logins/7/"), 404, #"{"detail":"Not found."}"#)
            expectAnswer(try await ada.delete("/api/v1/auth/logins/00000000-0000-7000-8000-000000000000/"), 404, unknown)
            #expect(try await server.me(phone.access).status == 200)
            expectAnswer(try await ada.delete("/api/v1/auth/logins/\(id)"), 204, "")
            expectRefused(try await server.me(phone.access), "Token is blacklisted")
            expectTokenRefused(try await server.refresh(phone.refresh), "Token is blacklisted")
            expectAnswer(try await ada.delete("/api/v1/auth/logins/\(id)/"), 404, unknown)
            #expect(try await ada.get("/api/v1/auth/logins/").json["results"]?.array?.count == 1)

            let own = try #require(items.last?["id"]?.string)
            expectAnswer(try await ada.delete("/api/v1/auth/logins/\(own)/"), 204, "")
            expectRefused(try await ada.get("/api/v1/auth/logins/"), "Token is blacklisted")
            #expect(try await eve.get("/api/v1/auth/logins/").json["results"]?.array?.count == 1)
        }
    }

    @Test("A login whose tokens have all expired is not listed any more")
    func expiredLogins() async throws {
        try await TestAppliance.run { server in
            _ = try await server.register()
            server.clock.advance(seconds: 8 * 86_400)
            let tokens = try TokenAnswer(try await server.login("ada@example.org"))
            let list = try await server.request("GET", "/api/v1/auth/logins/", token: tokens.access).json["results"]?.array
            #expect(list?.count == 1 && list?.first?["current"] == true)
        }
    }
}

extension TestAppliance {
    /// The tables and columns that hold a text anywhere, those of indexes included.
    func traces(of text: String) throws -> [String] {
        try database.read { reader in
            let tables = try reader.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'") {
                try $0.text(0)
            }
            return try tables.flatMap { table in
                try reader.rows("SELECT name FROM pragma_table_info($1)", table) { try $0.text(0) }.filter { column in
                    try reader.int(#"SELECT count(*) FROM "\#(table)" WHERE instr(CAST("\#(column)" AS TEXT), $1) > 0"#, text) > 0
                }.map { "\(table).\($0)" }
            }
        }
    }
}
