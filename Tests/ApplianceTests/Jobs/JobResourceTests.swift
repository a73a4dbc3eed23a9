import Platform
import Testing

@testable import Appliance

@Suite struct JobResourceTests {
    /// Every field that clients fill.
    static let full: JSONValue = [
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
        let shown = try #require(try written(job).object)
        for member in try #require(Self.full.object).members { #expect(shown[member.key] == member.value, "\(member.key)") }
        #expect(shown["salary_range_display"] == "$10 - $20 hourly")
        #expect(Set(Self.full.object?.keys ?? []) == JobResource.importable)
        #expect(JobResource.lists.isSubset(of: JobResource.importable))
        #expect(Set(shown.keys) == JobResource.importable.union(JobResource.passedOver))
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

    @Test("The fields come in the contract's order, and what the server decides cannot be written")
    func order() throws {
        #expect(
            JobResource.description.fields.map(\.schema.name) == [
                "id", "title", "company", "description", "requirements", "benefits", "location", "city", "state", "country", "is_remote",
                "remote_type", "job_type", "experience_level", "salary_min", "salary_max", "salary_currency", "salary_period",
                "skills_required", "skills_preferred", "technologies", "external_id", "external_source", "external_url",
                "company_logo_url", "processed_for_matching", "status", "posted_date", "application_deadline", "view_count",
                "application_count", "created_at", "updated_at", "salary_range_display", "is_expired",
            ])
        #expect(
            JobResource.passedOver == [
                "id", "processed_for_matching", "view_count", "application_count", "created_at", "updated_at", "salary_range_display",
                "is_expired",
            ])
        var job = Job()
        let body: JSONValue = ["id": "x", "view_count": 7, "application_count": 7, "created_at": 7, "salary_range_display": 7]
        try JobResource.description.decode(body, into: &job, mode: .update)
        #expect(job == Job())
    }

    @Test("The lower pay is not above the upper one")
    func pay() throws {
        var job = Job()
        (job.salaryMin, job.salaryMax) = (10, 10)
        try job.check()
        job.salaryMax = nil
        try job.check()
        job.salaryMax = 9
        #expect(throws: ValidationErrors(object: "Min salary cannot be greater than max salary")) { try job.check() }
    }

    @Test(
        "Pay is compared by the year, of the upper end where there is one",
        arguments: [
            (10, nil, "hourly", 20_800), (nil, 1000, "monthly", 12_000), (5, 7, "yearly", 7), (0, 0, "yearly", nil), (3, 0, "yearly", 3),
            (nil, nil, "yearly", nil),
        ] as [(Int?, Int?, String, Int?)])
    func yearlyPay(low: Int?, high: Int?, period: String, pay: Int?) {
        var job = Job()
        (job.salaryMin, job.salaryMax, job.salaryPeriod) = (low, high, period)
        #expect(job.yearlyPay == pay)
    }
}
