import Platform
import Testing

@testable import Appliance

@Suite struct ModerationOutageTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    @Test("The first failure is reported, and then one in half a minute with the number that it stands for")
    func failures() {
        var outage = ModerationOutage()
        #expect(outage.failed(at: start) == 1)
        for second in [0, 1, 29] { #expect(outage.failed(at: start.adding(seconds: second)) == nil) }
        #expect(outage.failed(at: start.adding(seconds: 30)) == 4)
        #expect(outage.failed(at: start.adding(seconds: 59)) == nil)
        #expect(outage.failed(at: start.adding(seconds: 60)) == 2)
    }

    @Test("The end of an outage is reported once, and only where the outage was")
    func recovery() {
        var outage = ModerationOutage()
        #expect(outage.answered() == false)
        #expect(outage.failed(at: start) == 1)
        #expect(outage.answered() == true)
        #expect(outage.answered() == false)
        // Now it comes and goes: within the half minute neither is told.
        for second in 1..<30 {
            #expect(outage.failed(at: start.adding(seconds: second)) == nil)
            #expect(outage.answered() == false)
        }
        #expect(outage.failed(at: start.adding(seconds: 31)) == 30)
        #expect(outage.answered() == true)
    }

    @Test("A clock that is set back does not silence the log")
    func clockSetBack() {
        var outage = ModerationOutage()
        #expect(outage.failed(at: start) == 1)
        #expect(outage.failed(at: start.adding(seconds: -3600)) == 1)
    }
}
