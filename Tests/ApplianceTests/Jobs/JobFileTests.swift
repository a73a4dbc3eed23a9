import Platform
import Testing

@testable import Appliance

@Suite struct JobFileTests {
    private func problems(_ text: String, _ format: JobFile.Format) -> [String] {
        JobFile.parse(Array(text.utf8), format: format).problems.map(\.text)
    }

    private static let minimal = #"{"title":"Baker","company":"Loaf","description":"Bakes.","location":"Ulm"}"#

    @Test("Each line of a JSON Lines file is a job; blank lines and CR LF are fine")
    func jsonLines() {
        let full = """
            {"title":"Pilot","company":"Air","description":"Flies.","location":"Oslo","salary_min":10,"salary_max":20,"is_remote":"yes",\
            "skills_required":["flying"],"posted_date":"2026-11-01T10:00:00Z","external_id":"7","external_source":"feed","status":"closed"}
            """
        let (jobs, problems) = JobFile.parse(Array("\(Self.minimal)\r\n\n\(full)\n".utf8), format: .jsonl)
        #expect(problems.isEmpty)
        #expect(jobs.map(\.title) == ["Baker", "Pilot"])
        #expect(jobs[1].salaryMax == 20 && jobs[1].isRemote && jobs[1].skillsRequired == ["flying"] && jobs[1].status == "closed")
        #expect(jobs[1].postedDate == Timestamp(iso: "2026-11-01T10:00:00Z"))
        #expect(jobs[0].country == "US" && jobs[0].jobType == "full_time")
    }

    @Test("All mistakes of a file are reported, each with its line")
    func jsonMistakes() {
        let text = """
            \(Self.minimal)
            {"title":
            {"title":"A","company":"B","description":"C","location":"D","colour":"red"}
            {"title":"","job_type":"slavery"}
            {"title":"A","company":"B","description":"C","location":"D","salary_min":9,"salary_max":3}
            [1]
            """
        #expect(
            problems(text, .jsonl) == [
                "line 2: not JSON: Expecting value: line 1 column 10 (char 9)",
                "line 3: unknown field \"colour\"",
                "line 4: title: This field may not be blank.",
                "line 4: company: This field is required.",
                "line 4: description: This field is required.",
                "line 4: location: This field is required.",
                "line 4: job_type: \"slavery\" is not a valid choice.",
                "line 5: salary_min: greater than salary_max",
                "line 6: non_field_errors: Invalid data. Expected a dictionary, but got list.",
            ])
    }

    @Test("One external id twice in a file is a mistake")
    func twice() {
        let line = #"{"title":"A","company":"B","description":"C","location":"D","external_id":"1"}"#
        #expect(problems("\(line)\n\(line)", .jsonl) == ["line 2: external_id: \"1\" stands in this file twice"])
    }

    @Test("An empty file is a mistake, and reporting stops at a hundred")
    func extremes() {
        #expect(problems("", .jsonl) == ["line 1: the file holds no job"])
        #expect(problems("", .csv) == ["line 1: the file holds no job"])
        #expect(problems(String(repeating: "x\n", count: 500), .jsonl).count == 100)
    }

    @Test("A CSV file names its columns in the first line; lists are split at semicolons")
    func csv() {
        let text = #"""
            title,company,description,location,skills_required,salary_min
            "Baker, senior","Loaf ""24""","Bakes
            bread.",Ulm,baking; sourdough ;,100
            Cook,Pan,Cooks.,Bonn,,
            """#
        let (jobs, problems) = JobFile.parse(Array(text.utf8), format: .csv)
        #expect(problems.isEmpty)
        #expect(jobs.map(\.title) == ["Baker, senior", "Cook"])
        #expect(jobs[0].company == "Loaf \"24\"" && jobs[0].description == "Bakes\nbread." && jobs[0].salaryMin == 100)
        #expect(jobs[0].skillsRequired == ["baking", "sourdough"])
        #expect(jobs[1].salaryMin == nil)
    }

    @Test("Mistakes of a CSV file carry the line on which the record starts")
    func csvMistakes() {
        #expect(problems("title,colour\na,b\n", .csv).first == "line 1: unknown column \"colour\"")
        #expect(problems("title,company\nonly one\n", .csv) == ["line 2: 1 fields where the first line names 2"])
        #expect(problems("title\n\"open", .csv) == ["line 2: a quoted field has no closing quote"])
        #expect(problems("title\n\"a\"b\n", .csv) == ["line 2: text follows the closing quote of a field"])
    }

    @Test("Records keep empty last fields, lone carriage returns and a byte order mark's absence")
    func csvForm() throws {
        let records = try CSVReader.records([0xEF, 0xBB, 0xBF] + Array("a,b,\rc,\"\"\r\n\n\"x\ny\",z".utf8))
        #expect(
            records == [
                CSVReader.Record(line: 1, fields: ["a", "b", ""]), CSVReader.Record(line: 2, fields: ["c", ""]),
                CSVReader.Record(line: 4, fields: ["x\ny", "z"]),
            ])
        #expect(try CSVReader.records(Array("a,".utf8)) == [CSVReader.Record(line: 1, fields: ["a", ""])])
    }

    @Test(
        "Pay is shown in words",
        arguments: [
            (120_000, 160_000, "$120,000 - $160,000 yearly"), (120_000, nil, "$120,000+ yearly"), (nil, 5, "Salary not disclosed"),
            (0, 10, "Salary not disclosed"), (999, 0, "$999+ yearly"), (1_000_000, 2_000_000, "$1,000,000 - $2,000,000 yearly"),
        ] as [(Int?, Int?, String)])
    func salary(low: Int?, high: Int?, text: String) {
        var job = Job()
        job.salaryMin = low
        job.salaryMax = high
        #expect(job.salaryRangeDisplay == text)
    }

    @Test("The text that is searched labels what it holds")
    func searchText() {
        var job = Job()
        job.company = "Loaf"
        job.location = "Ulm"
        job.description = "Bakes."
        #expect(job.searchText == "Company: Loaf\nLocation: Ulm\nType: full time\nBakes.")
        job.salaryMin = 5
        job.technologies = ["oven"]
        job.requirements = "Early hours"
        #expect(
            job.searchText
                == "Company: Loaf\nLocation: Ulm\nType: full time\nSalary: $5+ yearly\nSkills: oven\nBakes.\nRequirements: Early hours")
    }
}
