import Testing

@testable import Appliance

@Suite struct ClockTimeTests {
    @Test("Every minute of the day is written as it is read")
    func roundTrip() {
        for minutes in 0..<1440 {
            let time = ClockTime(minutes: Int64(minutes))
            #expect(time?.minutes == minutes)
            #expect(time.flatMap { ClockTime($0.text) } == time)
        }
        #expect(ClockTime(7, 5).text == "07:05" && ClockTime(23, 59).text == "23:59" && ClockTime(0, 0).text == "00:00")
    }

    @Test(
        "Anything but two digits, a colon and two digits of a real time is none",
        arguments: ["", "7:05", "07:5", "24:00", "23:60", "07:05:00", "07-05", " 7:05", "0a:05", "07:0é", "-1:00", "٠٧:٠٥", "99:99"])
    func refused(text: String) { #expect(ClockTime(text) == nil) }

    @Test("There are no minutes outside a day")
    func outside() { #expect(ClockTime(minutes: -1) == nil && ClockTime(minutes: 1440) == nil) }
}
