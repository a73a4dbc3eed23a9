import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 6, through a real socket.
@Suite struct ChatScenarios {
    @Test("A session is created with and without a title, listed, read, renamed and deleted")
    func sessions() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            #expect(
                try await user.get("/api/v1/chat/").json
                    == ["sessions": "http://jobs.example.org/api/v1/chat/sessions/"])
            let created = try await user.post("/api/v1/chat/sessions/", #"{"title":"  Pilots  "}"#)
            #expect(created.status == 201)
            let id = try #require(created.json["id"]?.string)
            #expect(Identifier(id) != nil)
            #expect(created.json["title"] == "Pilots" && created.json["messages"] == [] && created.json["last_message_at"] == .null)
            #expect(created.json["user"]?.string == user.id)
            #expect(created.json.object?.keys == ["id", "user", "title", "created_at", "updated_at", "last_message_at", "messages"])
            for body in ["{}", #"{"title":null}"#, #"{"title":" "}"#] {
                let untitled = try await user.post("/api/v1/chat/sessions", body)
                #expect(untitled.status == 201 && untitled.json["title"] == .null)
            }
            #expect(
                try await user.post("/api/v1/chat/sessions/", #"{"title":"\#(String(repeating: "x", count: 256))"}"#).text
                    == #"{"title":["Ensure this field has no more than 255 characters."]}"#)

            let list = try await user.get("/api/v1/chat/sessions/").json
            #expect(list["count"] == 4 && list["next"] == .null && list["previous"] == .null)
            let item = try #require(list["results"]?.array?.last)
            #expect(
                item.object?.keys == [
                    "id", "title", "created_at", "updated_at", "last_message_at", "last_message_preview", "message_count",
                ])
            #expect(item["id"]?.string == id && item["last_message_preview"] == .null && item["message_count"] == 0)

            let path = "/api/v1/chat/sessions/\(id)/"
            #expect(try await user.get(path).json["id"]?.string == id)
            #expect(try await user.patch(path, #"{"title":"Captains"}"#).json["title"] == "Captains")
            #expect(try await user.put(path, #"{"title":"Crew"}"#).json["title"] == "Crew")
            #expect(try await user.patch(path, "{}").json["title"] == "Crew")
            #expect(try await user.patch(path, #"{"title":["a"]}"#).text == #"{"title":["Not a valid string."]}"#)
            #expect(try await user.put(path, "{}").json["title"] == .null)
            let deleted = try await user.delete(path)
            #expect(deleted.status == 204 && deleted.body.isEmpty)
            for answer in [try await user.get(path), try await user.delete(path), try await user.patch(path, #"{"title":"x"}"#)] {
                #expect(answer.status == 404)
                #expect(answer.text == #"{"detail":"No ChatSession matches the given query."}"#)
            }
        }
    }

    @Test("Ids that are no UUIDs and other people's sessions are not found")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let id = try #require(try await ada.post("/api/v1/chat/sessions/", "{}").json["id"]?.string)
            for path in ["", "messages/"] {
                let answer = try await eve.get("/api/v1/chat/sessions/\(id)/\(path)")
                #expect(answer.status == 404 && answer.text == #"{"detail":"No ChatSession matches the given query."}"#)
                let odd = try await ada.get("/api/v1/chat/sessions/7/\(path)")
                #expect(odd.status == 404 && odd.text == #"{"detail":"Not found."}"#)
            }
            #expect(try await eve.get("/api/v1/chat/sessions/").json["count"] == 0)
            let foreign = try await eve.post("/api/v1/chat/send/", #"{"content":"hello","session_id":"\#(id)"}"#)
            #expect(foreign.status == 404 && foreign.text == #"{"error":"Chat session not found"}"#)
            #expect(try await ada.get("/api/v1/chat/sessions/\(id)/").json["messages"] == [])
        }
    }

    @Test("Sessions are listed by their last talk, page by page, with the client's page size up to a hundred")
    func paging() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for number in 0..<12 { _ = try await user.post("/api/v1/chat/sessions/", #"{"title":"S\#(number)"}"#) }
            let base = "http://jobs.example.org/api/v1/chat/sessions/"
            let first = try await user.get("/api/v1/chat/sessions/").json
            #expect(first["count"] == 12 && first["results"]?.array?.count == 10)
            #expect(first["next"]?.string == "\(base)?page=2")
            let second = try await user.get("/api/v1/chat/sessions/?page=2").json
            #expect(second["results"]?.array?.count == 2 && second["previous"]?.string == base && second["next"] == .null)
            #expect(try await user.get("/api/v1/chat/sessions/?page=last").json["results"]?.array?.count == 2)
            #expect(try await user.get("/api/v1/chat/sessions/?page_size=1000").json["results"]?.array?.count == 12)
            #expect(try await user.get("/api/v1/chat/sessions/?page_size=5&page=3").json["next"] == .null)
            for bad in ["0", "3", "x", "-1"] {
                let answer = try await user.get("/api/v1/chat/sessions/?page=\(bad)")
                #expect(answer.status == 404 && answer.text == #"{"detail":"Invalid page."}"#)
            }
            let oldest = try #require(try await user.get("/api/v1/chat/sessions/?page=2").json["results"]?.array?.last)
            #expect(oldest["title"] == "S0")
            _ = try await user.post("/api/v1/chat/send/", #"{"content":"hi","session_id":"\#(oldest["id"]?.string ?? "")"}"#)
            #expect(try await user.get("/api/v1/chat/sessions/").json["results"]?.array?.first?["title"] == "S0")
        }
    }

    @Test("Without a model the built-in assistant answers from what the appliance knows, with its sources")
    func builtIn() async throws {
        try await TestAppliance.run { server in
            try await server.importArticles([
                (title: "Aircraft Mechanics", body: "They diagnose, adjust and repair aircraft engines and assemblies."),
                (title: "Bakers", body: "They mix and bake ingredients to make bread."),
            ])
            let user = try await server.register()
            let asked = try await user.post("/api/v1/chat/send/", #"{"content":"  Which occupations repair aircraft engines?  "}"#)
            #expect(asked.status == 200)
            #expect(asked.json.object?.keys == ["session_id", "user_message", "assistant_message"])
            let question = try #require(asked.json["user_message"])
            #expect(
                question.object?.keys == [
                    "id", "session", "role", "content", "timestamp", "function_call_data", "function_name", "metadata",
                ])
            #expect(question["content"] == "Which occupations repair aircraft engines?" && question["role"] == "user")
            #expect(question["metadata"] == [:] && question["function_call_data"] == .null && question["function_name"] == .null)
            let answer = try #require(asked.json["assistant_message"])
            #expect(answer["role"] == "assistant")
            #expect(answer["content"]?.string?.contains("Aircraft Mechanics") == true)
            #expect(answer["content"]?.string?.contains("Bakers") == false)
            #expect(answer["content"]?.string?.contains("No language model is configured") == true)
            #expect(answer["metadata"]?["model_used"] == "built-in")
            let source = try #require(answer["metadata"]?["sources"]?.array?.first)
            #expect(source["source_type"] == "knowledge_article" && source["title"] == "Aircraft Mechanics" && source["source_id"] == "1")
            #expect(source["passage_id"]?.int != nil && source["start"] == 0 && source["end"] == 65)

            let id = try #require(asked.json["session_id"]?.string)
            let session = try await user.get("/api/v1/chat/sessions/\(id)/").json
            #expect(session["title"]?.string?.wholeMatch(of: /Chat started at \d{4}-\d\d-\d\d \d\d:\d\d/) != nil)
            #expect(session["messages"]?.array == [question, answer])
            let listed = try #require(try await user.get("/api/v1/chat/sessions/").json["results"]?.array?.first)
            #expect(listed["message_count"] == 2)
            #expect(listed["last_message_preview"]?.string?.unicodeScalars.count == 103)
            #expect(listed["last_message_preview"]?.string?.hasSuffix("...") == true)
            let page = try await user.get("/api/v1/chat/sessions/\(id)/messages/?page_size=1&page=2").json
            #expect(page["count"] == 2 && page["results"]?.array == [answer])

            let offTopic = try await user.post("/api/v1/chat/send/", #"{"content":"How many moons has Jupiter?","session_id":"\#(id)"}"#)
            #expect(offTopic.json["assistant_message"]?["content"]?.string?.hasPrefix("I found nothing about that") == true)
            #expect(offTopic.json["assistant_message"]?["metadata"]?["sources"] == [])
        }
    }

    @Test(
        "What is wrong with a question is said for each field",
        arguments: [
            (#"{}"#, #"{"content":["This field is required."]}"#),
            (#"{"content":"  "}"#, #"{"content":["This field may not be blank."]}"#),
            (#"{"content":null}"#, #"{"content":["This field may not be null."]}"#),
            (#"{"content":["a"],"session_id":"x"}"#, #"{"content":["Not a valid string."],"session_id":["Must be a valid UUID."]}"#),
            (#"{"content":"\u0000"}"#, #"{"content":["Null characters are not allowed."]}"#),
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
            ("{", #"{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}"#),
        ])
    func badQuestions(body: String, expected: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let answer = try await user.post("/api/v1/chat/send/", body)
            #expect(answer.status == 400 && answer.text == expected)
            #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 0)
        }
    }

    @Test("Ten thousand characters are a question, one more is not")
    func longest() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let text = String(repeating: "é", count: 10_000)
            #expect(try await user.post("/api/v1/chat/send/", #"{"content":"\#(text)"}"#).status == 200)
            #expect(
                try await user.post("/api/v1/chat/send/", #"{"content":"\#(text)x"}"#).text
                    == #"{"content":["Ensure this field has no more than 10000 characters."]}"#)
        }
    }

    @Test("A repeat with the same Idempotency-Key is answered the same and stores nothing twice")
    func idempotent() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let key = [("Idempotency-Key", "k-1")]
            let first = try await user.post("/api/v1/chat/send/", #"{"content":"hello"}"#, headers: key)
            let second = try await user.post("/api/v1/chat/send/", #"{"content":"hello"}"#, headers: key)
            #expect(first.status == 200 && second.body == first.body && second["Idempotency-Replayed"] == "true")
            let other = try await user.post("/api/v1/chat/send/", #"{"content":"other"}"#, headers: key)
            #expect(other.status == 422)
            #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 1)
        }
    }

    @Test("Advice is given by matter, from the documents where there is no model", arguments: AdviceKind.allCases.map(\.rawValue) + ["odd"])
    func advice(kind: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let answer = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"\#(kind)","context":"pilots"}"#)
            #expect(answer.status == 200 && answer.json["advice_type"]?.string == kind)
            #expect(answer.json["advice"]?.string?.contains("No language model is configured") == true)
            #expect(
                try await user.post("/api/v1/chat/advice/", "{}").text == #"{"advice_type":["This field is required."]}"#)
        }
    }
}
