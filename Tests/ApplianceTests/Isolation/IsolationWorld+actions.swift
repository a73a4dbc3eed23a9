import Platform
import TestSupport
import Testing

@testable import Appliance

/// What a person may do, over all features. Each action says what it did to the person's rows; nobody else's change.
extension IsolationWorld {
    func act() async throws {
        let person = dice.pick(people)
        switch dice.below(10) {
        case 0, 1: try await chat(person)
        case 2, 3: try await apply(person)
        case 4: try await changeApplication(person)
        case 5: try await alert(person)
        case 6: try await save(person)
        case 7: try await recommend(person)
        case 8: try await notify(person)
        default: try await settle(person)
        }
    }

    private func chat(_ person: IsolatedPerson) async throws {
        let sessions = "/api/v1/chat/sessions/"
        let own = dice.chance(1) || person.has(.session).isEmpty ? nil : dice.pick(person.has(.session))
        let session = own.map { #","session_id":"\#($0)""# } ?? ""
        switch dice.below(5) {
        case 0:
            let answer = try await person.ask("POST", sessions, #"{"title":"\#(text(of: person))"}"#, expecting: 201)
            person.add(answer.json["id"]?.string, to: .session)
        case 1:
            let body = #"{"content":"\#(text(of: person))"\#(session)}"#
            let answer = try await person.ask("POST", "/api/v1/chat/send/", body, expecting: 200)
            person.add(answer.json["session_id"]?.string, to: .session)
        case 2:
            let body = #"{"message_text":"\#(text(of: person))"\#(session)}"#
            let answer = try await person.ask("POST", "/api/v1/chat/chat/", body, expecting: 202).json
            person.add(answer["session_id"]?.string, to: .session)
            person.add(answer["task_id"]?.string, to: .task)
            try await finish(answer["task_id"]?.string ?? "", of: person)
        case 3:
            guard let own else { return }
            try await person.ask("PATCH", "\(sessions)\(own)/", #"{"title":"\#(text(of: person))"}"#, expecting: 200)
        default:
            guard let own, person.has(.session).count > 1 else { return }
            try await person.ask("DELETE", "\(sessions)\(own)/", expecting: 204)
            person.drop(own, from: .session)
        }
    }

    private func apply(_ person: IsolatedPerson) async throws {
        if dice.chance(1, in: 3) {
            let chosen = [dice.pick(jobs), dice.pick(jobs), dice.pick(jobs)]
            let body = #"{"job_ids":\#(JSONValue.list(chosen).jsonText),"cover_letter":"\#(text(of: person))"}"#
            let applied =
                try await person.ask("POST", applicationsPath + "bulk-apply/", body, expecting: 200).json["applied_jobs"]?.array ?? []
            let news = Set(chosen).filter { !person.has(.application, for: $0) }
            #expect(Set(applied.compactMap { $0["job_id"]?.string }) == news && applied.count == news.count)
            for item in applied { note(item["application_id"]?.string, for: item["job_id"]?.string, as: "submitted", of: person) }
            return
        }
        let job = dice.pick(jobs)
        let isNew = !person.has(.application, for: job)
        let body = #"{"job_id":"\#(job)","status":"submitted","notes":"\#(text(of: person))"}"#
        let answer = try await person.ask("POST", applicationsPath, body, expecting: isNew ? 201 : 400)
        guard isNew, let id = answer.json["id"]?.string else { return }
        note(id, for: job, as: "submitted", of: person)
        person.noted.insert(id)
    }

    private func note(_ application: String?, for job: String?, as status: String, of person: IsolatedPerson) {
        person.add(application, to: .application)
        guard let application else { return }
        person.jobs[application] = job
        person.statuses[application] = status
    }

    private func changeApplication(_ person: IsolatedPerson) async throws {
        guard !person.has(.application).isEmpty else { return }
        let id = dice.pick(person.has(.application))
        if dice.chance(1, in: 4) {
            try await person.ask("DELETE", "\(applicationsPath)\(id)/", expecting: 204)
            return person.drop(id, from: .application)
        }
        let status = dice.pick(["submitted", "under_review", "rejected", "interview_scheduled"])
        try await person.ask("PATCH", "\(applicationsPath)\(id)/", #"{"status":"\#(status)"}"#, expecting: 200)
        let news = try await person.learn(.notification)
        #expect(news.count == (person.statuses[id] == status ? 0 : 1), "\(id) became \(status)")
        person.statuses[id] = status
    }

    private func alert(_ person: IsolatedPerson) async throws {
        let path = "/api/v1/jobs/alerts/"
        guard !person.has(.alert).isEmpty, dice.chance(2, in: 3) else {
            let answer = try await person.ask("POST", path, #"{"name":"\#(text(of: person))"}"#, expecting: 201)
            return person.add(answer.json["id"]?.string, to: .alert)
        }
        let id = dice.pick(person.has(.alert))
        switch dice.below(3) {
        case 0: try await person.ask("PUT", "\(path)\(id)/", #"{"name":"\#(text(of: person))"}"#, expecting: 200)
        case 1: try await person.ask("POST", "\(path)\(id)/test/", expecting: 200)
        default:
            try await person.ask("DELETE", "\(path)\(id)/", expecting: 204)
            person.drop(id, from: .alert)
        }
    }

    private func save(_ person: IsolatedPerson) async throws {
        let job = dice.pick(jobs)
        let saved = person.has(.saved).first { person.jobs[$0] == job }
        guard let saved else {
            let isOwn = dice.chance(1, in: 2)
            let body = isOwn ? #"{"category":"\#(person.word)","notes":"\#(text(of: person))"}"# : "{}"
            try await person.ask("POST", "/api/v1/jobs/jobs/\(job)/save/", body, expecting: 200)
            let new = try await person.learn(.saved)
            #expect(new.count == 1)
            for id in new { person.jobs[id] = job }
            if isOwn { person.categorised.formUnion(new) }
            return
        }
        switch dice.below(4) {
        case 0:
            try await person.ask("POST", "/api/v1/jobs/jobs/\(job)/save/", "{}", expecting: 200)
        case 1:
            try await person.ask("PATCH", "/api/v1/jobs/saved/\(saved)/", #"{"category":"\#(person.word)"}"#, expecting: 200)
            person.categorised.insert(saved)
        case 2:
            try await person.ask("DELETE", "/api/v1/jobs/saved/\(saved)/", expecting: 204)
            person.drop(saved, from: .saved)
        default:
            try await person.ask("DELETE", "/api/v1/jobs/jobs/\(job)/unsave/", expecting: 200)
            person.drop(saved, from: .saved)
        }
    }

    private func recommend(_ person: IsolatedPerson) async throws {
        if dice.chance(1, in: 2) {
            let made = try await person.ask("POST", "/api/v1/jobs/recommendations/generate/", expecting: 200).json["data"]?.array ?? []
            for item in made { person.add(item["recommended_job_id"]?.string, to: .recommendation) }
            _ = try await person.learn(.notification)
            return
        }
        guard !person.has(.recommendation).isEmpty else { return }
        let status = dice.pick(["viewed", "dismissed", "irrelevant"])
        let path = "/api/v1/jobs/recommendations/\(dice.pick(person.has(.recommendation)))/"
        try await person.ask("PATCH", path, #"{"status":"\#(status)"}"#, expecting: 200)
    }

    private func notify(_ person: IsolatedPerson) async throws {
        let path = NotificationPath.list
        if dice.chance(1, in: 3) {
            let recipient = #"{"title":"\#(text(of: person))","message":"For one.","user_ids":["\#(person.user.id)"]}"#
            let answer = try await staff.ask("POST", path, recipient, expecting: 201)
            #expect(answer.json["recipients"] == 1)
            #expect(try await person.learn(.notification).count == 1)
            return
        }
        guard !person.has(.notification).isEmpty else { return }
        let id = dice.pick(person.has(.notification))
        switch dice.below(4) {
        case 0:
            try await person.ask("POST", "\(path)\(id)/mark_read/", expecting: 200)
            person.unread.remove(id)
        case 1:
            try await person.ask("PUT", "\(path)\(id)/", #"{"is_read":false}"#, expecting: 200)
            person.unread.insert(id)
        case 2:
            let answer = try await person.ask("POST", "\(path)mark_all_read/", expecting: 200)
            #expect(answer.json["marked_count"]?.int == person.unread.count)
            person.unread = []
        default:
            try await person.ask("DELETE", "\(path)\(id)/", expecting: 204)
            person.drop(id, from: .notification)
        }
    }

    /// Settings, names, logins, and questions about a job.
    private func settle(_ person: IsolatedPerson) async throws {
        switch dice.below(6) {
        case 0:
            person.frequency = dice.pick(NotificationSettings.frequencies)
            let body = #"{"frequency":"\#(person.frequency)"}"#
            try await person.ask("PUT", "/api/v1/notifications/settings/", body, expecting: 200)
        case 1:
            person.title = text(of: person)
            let body = #"{"current_title":"\#(person.title)","skills":["\#(person.word)","bread"]}"#
            try await person.ask("PATCH", "/api/v1/auth/profiles/\(dice.pick(person.has(.profile)))/", body, expecting: 200)
        case 2:
            try await person.ask("PATCH", "/api/v1/auth/me/", #"{"last_name":"\#(text(of: person))"}"#, expecting: 200)
        case 3:
            _ = try await server.login(person.user.email, person.user.password, headers: [("User-Agent", person.word)])
            #expect(try await person.learn(.login).count == 1)
        case 4:
            let logins = try await person.ask("GET", "/api/v1/auth/logins/", expecting: 200).json["results"]?.array ?? []
            guard let other = logins.first(where: { $0["current"] == false })?["id"]?.string else { return }
            try await person.ask("DELETE", "/api/v1/auth/logins/\(other)/", expecting: 204)
            person.drop(other, from: .login)
        default:
            let path = "/api/v1/jobs/jobs/\(dice.pick(jobs))/generate_interview_questions/"
            let task = try await person.ask("POST", path, expecting: 202).json["task_id"]?.string
            person.add(task, to: .task)
            try await finish(task ?? "", of: person)
        }
    }
}
