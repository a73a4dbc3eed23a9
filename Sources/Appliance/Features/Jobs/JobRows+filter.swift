import Platform

extension JobRows {
    /// A filter made ready to be put to each row. Its words are not in it: `matched` is what they find.
    private struct Test {
        let titles: [Bool]?
        let companies: [Bool]?
        let locations: [Bool]?
        let jobType: Int32?
        let level: Int32?
        let status: Int32?
        let isRemote: Bool?
        let minimumSalary: Int64?
        let maximumSalary: Int64?
        /// The jobs that have one of the skills of the filter, a mark a skill; nil when it asks for none.
        let skills: [JobMark]?
        let matched: JobMark?

        func holds(_ row: JobRow) -> Bool {
            if let status, row.status != status { return false }
            if let jobType, row.jobType != jobType { return false }
            if let level, row.level != level { return false }
            if let isRemote, row.isRemote != isRemote { return false }
            if let locations, !locations[Int(row.location)] { return false }
            if let companies, !companies[Int(row.company)] { return false }
            if let titles, !titles[Int(row.title)] { return false }
            if let low = minimumSalary, !row.hasSalary({ $0 >= low }) { return false }
            if let high = maximumSalary, !row.hasSalary({ $0 <= high }) { return false }
            if let skills, !skills.contains(where: { $0.holds(row.rowID) }) { return false }
            if let matched, !matched.holds(row.rowID) { return false }
            return true
        }
    }

    /// The places in `rows` of the jobs that the filter finds, in their order.
    func places(_ filter: JobFilter, skills: [JobMark], matched: JobMark?) -> [Int32] {
        guard !filter.isHopeless else { return [] }
        // A number that no row has.
        func number(_ word: String?) -> Int32? { word.map { words.known($0) ?? -1 } }
        let test = Test(
            titles: filter.title.isEmpty ? nil : titles.holding(filter.title),
            companies: filter.company.isEmpty ? nil : companies.holding(filter.company),
            locations: filter.location.isEmpty ? nil : locations.holding(filter.location),
            jobType: number(filter.jobType), level: number(filter.experienceLevel), status: number(filter.status),
            isRemote: filter.isRemote, minimumSalary: filter.minimumSalary.map(Int64.init),
            maximumSalary: filter.maximumSalary.map(Int64.init), skills: filter.skills.isEmpty ? nil : skills, matched: matched)
        var found: [Int32] = []
        for place in rows.indices where test.holds(rows[place]) { found.append(Int32(truncatingIfNeeded: place)) }
        return found
    }

    /// The same places in another order.
    func sorted(_ places: [Int32], by order: JobOrder) -> [Int32] {
        guard order == .salary else { return places }
        return places.sorted { (rows[Int($1)].payKey, $0) < (rows[Int($0)].payKey, $1) }
    }

    func facets(of places: [Int32], name: (Int64) throws -> String?) rethrows -> JobFacets {
        var tally = JobFacets.Tally()
        for place in places { tally.add(rows[Int(place)]) }
        return try tally.facets(in: self, name: name)
    }
}

extension JobRow {
    fileprivate func hasSalary(_ isMeant: (Int64) -> Bool) -> Bool {
        (salaryMin != JobIndex.none && isMeant(salaryMin)) || (salaryMax != JobIndex.none && isMeant(salaryMax))
    }
}
