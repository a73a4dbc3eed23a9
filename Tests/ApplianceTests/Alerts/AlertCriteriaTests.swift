import Testing

@testable import Appliance

@Suite struct AlertCriteriaTests {
    @Test("What an alert looks for is said in words, of many keywords the first ten; of what it does not look for there is nothing")
    func words() {
        #expect(AlertCriteria().words.isEmpty && AlertCriteria(minSalary: 0, maxSalary: 0).words.isEmpty)
        let all = AlertCriteria(
            keywords: ["bread", "rolls"], location: "Zürich", jobType: "full_time", experienceLevel: "senior", remoteOnly: true,
            minSalary: 1000, maxSalary: 2000)
        #expect(all.words == "bread or rolls, in Zürich, full time, senior level, remote only, pay from 1000, pay up to 2000")
        let many = AlertCriteria(keywords: (1...12).map { "k\($0)" })
        #expect(many.words.hasPrefix("k1 or k2") && many.words.hasSuffix("k10 or 2 more"))
    }
}
