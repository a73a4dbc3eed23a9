import Platform
import TestSupport
import Testing

@testable import Appliance

/// What each person sees: its own rows in every list, count, search and file, and nothing of the others'.
extension IsolationWorld {
    func lookEverywhere() async throws {
        for person in people {
            try await lookAtLists(person)
            try await lookAtFilters(person)
            try await lookAtFigures(person)
            try await lookAtFiles(person)
        }
        #expect(try await server.count(Self.wrongCounts) == 0)
    }

    private static let wrongCounts =
        "SELECT count(*) FROM jobs WHERE application_count <> (SELECT count(*) FROM applications WHERE job_rid = jobs.rid)"

    private func expect(
        _ seen: [String], _ own: Set<String>, _ what: String, of person: IsolatedPerson, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(Set(seen) == own && seen.count == own.count, "\(what) of \(person.user.email)", sourceLocation: location)
    }

    private func lookAtLists(_ person: IsolatedPerson) async throws {
        for kind in OwnThings.Kind.allCases where ![.job, .task, .stream, .mail, .delivery].contains(kind) {
            expect(try await person.list(kind), person.rows[kind] ?? [], "\(kind)s", of: person)
        }
        for kind in [OwnThings.Kind.session, .application, .alert, .saved, .notification, .target] {
            guard !person.has(kind).isEmpty else { continue }
            let id = dice.pick(person.has(kind))
            let route = server.appliance.routes.first { $0.method == "GET" && OwnThings.kind(of: $0.pattern) == kind }
            let path = OwnThings.path(route?.pattern ?? "", naming: id)
            #expect(try await person.ask("GET", path, expecting: 200).json["id"]?.string == id)
        }
        for task in person.has(.task) {
            let answer = try await person.ask("GET", "/api/v1/tasks/\(task)/", expecting: 200)
            #expect(answer.json["task_id"]?.string == task)
        }
    }

    private func lookAtFilters(_ person: IsolatedPerson) async throws {
        let stranger = dice.pick(people.filter { $0 !== person }).word
        let status = dice.pick(["pending", "submitted", "under_review", "rejected"])
        let there = Set(person.has(.application).filter { person.statuses[$0] == status })
        expect(try await person.list(.application, "status=\(status)"), there, "applications with \(status)", of: person)
        expect(try await person.list(.application, "q=\(person.word)"), person.noted, "found applications", of: person)
        expect(try await person.list(.application, "q=\(stranger)"), [], "applications of others", of: person)
        let categorised = person.categorised.filter { person.jobs[$0].map { jobs.contains($0) } ?? false }
        expect(try await person.list(.saved, "category=\(person.word)"), categorised, "saved jobs of a category", of: person)
        expect(try await person.list(.saved, "category=\(stranger)"), [], "saved jobs of others", of: person)
        expect(try await person.list(.notification, "unread_only=true"), person.unread, "unread notifications", of: person)
        #expect(try await person.ask("GET", "/api/v1/jobs/search/?q=\(stranger)", expecting: 200).json["count"] == 0)
    }

    private func lookAtFigures(_ person: IsolatedPerson) async throws {
        let stats = try await person.ask("GET", applicationsPath + "stats/", expecting: 200).json
        #expect(stats["total_applications"]?.int == person.has(.application).count)
        #expect(stats["rejections"]?.int == person.statuses.values.count { $0 == "rejected" })
        let notifications = try await person.ask("GET", "/api/v1/notifications/statistics/", expecting: 200).json
        #expect(notifications["total"]?.int == person.has(.notification).count)
        #expect(notifications["unread"]?.int == person.unread.count)
        let list = try await person.ask("GET", NotificationPath.list, expecting: 200).json
        #expect(list["unread_count"]?.int == person.unread.count)
        let recommendations = try await person.ask("GET", "/api/v1/common/user-recommendations-status/", expecting: 200).json
        #expect(recommendations["user_id"]?.string == person.user.id)
        #expect(recommendations["recommendations_count"]?.int == person.has(.recommendation).count)
        let settings = try await person.ask("GET", "/api/v1/notifications/settings/", expecting: 200).json
        #expect(settings["frequency"]?.string == person.frequency)
        #expect(try await person.ask("GET", "/api/v1/auth/me/", expecting: 200).json["id"]?.string == person.user.id)
    }

    private func lookAtFiles(_ person: IsolatedPerson) async throws {
        let document = try await person.everything()
        #expect(document["account"]?["id"]?.string == person.user.id)
        #expect(document["profile"]?["current_title"]?.string == person.title)
        let sections: [(String, OwnThings.Kind)] = [
            ("chat_sessions", .session), ("notifications", .notification), ("saved_jobs", .saved), ("applications", .application),
            ("job_alerts", .alert), ("recommendations", .recommendation), ("notification_targets", .target),
            ("work_items", .task),
        ]
        for (name, kind) in sections {
            // Work that the server orders by itself has ids that nobody was told.
            let rows = (document[name]?.array ?? []).filter { $0["kind"]?.string.map { !IsolatedPerson.unasked.contains($0) } ?? true }
            let ids = rows.compactMap { ($0["id"] ?? $0["task_id"])?.string }
            expect(ids, person.rows[kind] ?? [], "exported \(name)", of: person)
        }
        let file = try await person.ask("GET", applicationsPath + "export/?format=jsonl", expecting: 200)
        let ids = file.text.split(separator: "\n").compactMap { (try? JSONValue.parse(Array($0.utf8)))?["id"]?.string }
        expect(ids, person.rows[.application] ?? [], "applications in the file", of: person)
    }
}
