import Platform

/// Tells which of many alerts a job matches, exactly, without asking each of them.
///
/// Each alert waits in one place only, its rarest sign first:
///
/// 1. with keywords, under each of these: the job's title and description are searched for all keywords at once;
/// 2. without keywords but with a location, under that: the job's location is searched for all of them at once;
/// 3. with neither, in the box of its job type and experience level.
///
/// The alerts met there are then asked for the rest, which are comparisons of numbers.
struct AlertMatcher: Sendable {
    /// One alert, and which jobs are new to it.
    struct Entry: Sendable {
        var criteria: AlertCriteria
        /// Jobs up to this number it knows already.
        var afterJob: Int64 = 0
        /// Older jobs are not news to it.
        var since: Timestamp?

        init(_ criteria: AlertCriteria, afterJob: Int64 = 0, since: Timestamp? = nil) {
            self.criteria = criteria
            self.afterJob = afterJob
            self.since = since
        }
    }

    /// What one search after another notes down; it belongs to one matcher.
    struct Scratch: Sendable {
        fileprivate var keywords: Marks
        fileprivate var places: Marks
        fileprivate var alerts: Marks
        fileprivate var text: [UInt8] = []
    }

    private let rules: [AlertRule]
    private let words: AlertWords
    private let keywords: PhraseAutomaton
    private let places: PhraseAutomaton
    private let byKeyword: [[Int32]]
    private let byPlace: [[Int32]]
    /// Alerts with neither, by type and level.
    private let boxes: [[Int32]]
    /// Whether any alert at all is about this type and level.
    private let isWanted: [Bool]

    init(_ entries: [Entry]) {
        var words = AlertWords()
        var (keywords, places) = (PhraseList(), PhraseList())
        let rules = entries.map { entry in
            let place = entry.criteria.location.isEmpty ? -1 : places.number(of: entry.criteria.location)
            return AlertRule(entry, place: Int32(place), words: &words)
        }
        var byKeyword: [[Int32]] = []
        var byPlace = [[Int32]](repeating: [], count: places.phrases.count)
        var boxes = [[Int32]](repeating: [], count: words.boxCount)
        var isWanted = [Bool](repeating: false, count: words.boxCount)
        for (position, entry) in entries.enumerated() {
            let (alert, rule) = (Int32(position), rules[position])
            isWanted[words.box(rule.type, rule.level)] = true
            for number in Set(entry.criteria.keywords.map { keywords.number(of: $0) }) {
                while byKeyword.count <= number { byKeyword.append([]) }
                byKeyword[number].append(alert)
            }
            guard entry.criteria.keywords.isEmpty else { continue }
            if rule.place >= 0 { byPlace[Int(rule.place)].append(alert) } else { boxes[words.box(rule.type, rule.level)].append(alert) }
        }
        self.rules = rules
        self.words = words
        self.keywords = PhraseAutomaton(keywords.phrases)
        self.places = PhraseAutomaton(places.phrases)
        self.byKeyword = byKeyword
        self.byPlace = byPlace
        self.boxes = boxes
        self.isWanted = isWanted
    }

    var scratch: Scratch { Scratch(keywords: Marks(byKeyword.count), places: Marks(byPlace.count), alerts: Marks(rules.count)) }

    /// Calls `body` once with the position of each alert that the job matches, in no particular order.
    func eachMatch(of job: ScannedJob, _ scratch: inout Scratch, _ body: (Int) -> Void) {
        let (type, level) = (words.type(of: job), words.level(of: job))
        let possible = words.boxes(type, level)
        guard possible.contains(where: { isWanted[$0] }) else { return }
        scratch.places.clear()
        scratch.keywords.clear()
        scratch.alerts.clear()
        var found: [Int32] = []
        if !byPlace.isEmpty {
            scratch.text.removeAll(keepingCapacity: true)
            FoldedText.append(job.location, to: &scratch.text)
            places.eachPhrase(in: scratch.text, notIn: &scratch.places) { found += byPlace[$0] }
        }
        if !byKeyword.isEmpty {
            scratch.text.removeAll(keepingCapacity: true)
            FoldedText.append(job.title, to: &scratch.text)
            // No keyword has a NUL in it, so none is found across the two.
            scratch.text.append(0)
            FoldedText.append(job.description, to: &scratch.text)
            keywords.eachPhrase(in: scratch.text, notIn: &scratch.keywords) { number in
                for alert in byKeyword[number] where scratch.alerts.insert(Int(alert)) { found.append(alert) }
            }
        }
        for box in possible { found += boxes[box] }
        for alert in found {
            let rule = rules[Int(alert)]
            guard rule.place < 0 || scratch.places.contains(Int(rule.place)) else { continue }
            if rule.accepts(job, type: type, level: level) { body(Int(alert)) }
        }
    }
}

/// Phrases in their folded form, each once, numbered in the order of their coming.
private struct PhraseList {
    private(set) var phrases: [[UInt8]] = []
    private var numbers: [[UInt8]: Int] = [:]

    mutating func number(of text: String) -> Int {
        let phrase = FoldedText.bytes(of: text)
        if let known = numbers[phrase] { return known }
        numbers[phrase] = phrases.count
        phrases.append(phrase)
        return phrases.count - 1
    }
}
