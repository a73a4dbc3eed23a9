import Platform
import Testing

@testable import Appliance

@Suite struct JobResourceTests {
    private static let full: JSONValue = [
        "title": "Baker", "company": "Loaf", "description": "Bakes.", "requirements": "Early hours", "benefits": "Bread",
        "location": "Ulm", "city": "Ulm", "state": "BW", "country": "DE", "is_remote": true, "remote_type": "hybrid",
        "job_type": "part_time", "experience_level": "senior", "salary_min": 10, "salary_max": 20, "salary_currency": "EUR",
        "salary_period": "hourly", "skills_required": ["dough"], "skills_preferred": ["pastry"], "technologies": ["oven"],
        "external_id": "7", "external_source": "feed", "external_url": "https://jobs.example.org/7",
        "company_logo_url": "https://jobs.example.org/7.png", "status": "paused", "posted_date": "2026-11-01T10:00:00Z",
        "application_deadline": "2026-12-01T10:00:00.500000Z",
    ]

    private func written(_ job: Job) throws -> JSONValue {
        var writer = JSONWriter()
        JobResource.description.write(job, into: &writer)
        return try JSONValue.parse(writer.bytes)
    }

    @Test("Every field that is read is written again, under the same name")
    func roundTrip() throws {
        var job = Job()
        try JobResource.description.decode(Self.full, into: &job, mode: .create)
        #expect(try written(job) == Self.full)
        #expect(Set(Self.full.object?.keys ?? []) == JobResource.importable)
        #expect(JobResource.lists.isSubset(of: JobResource.importable))
    }

    @Test("What is left out has the documented defaults")
    func defaults() throws {
        var job = Job()
        try JobResource.description.decode(
            ["title": "Baker", "company": "Loaf", "description": "Bakes.", "location": "Ulm"], into: &job, mode: .create)
        let json = try written(job)
        #expect(json["country"] == "US" && json["job_type"] == "full_time" && json["experience_level"] == "mid")
        #expect(json["remote_type"] == "no" && json["is_remote"] == false && json["status"] == "active")
        #expect(json["salary_min"] == .null && json["salary_currency"] == "USD" && json["salary_period"] == "yearly")
        #expect(json["skills_required"] == [] && json["posted_date"] == .null && json["external_id"] == "")
    }
}
