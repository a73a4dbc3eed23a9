import Glibc
import Testing

@testable import Platform

@Suite struct TimeZoneNamesTests {
    private let temporary: TemporaryDirectory
    private var names: TimeZoneNames { TimeZoneNames(folder: temporary("zones")) }

    init() throws {
        temporary = try TemporaryDirectory()
        for folder in ["zones", "zones/Europe", "zones/America", "zones/America/Indiana", "zones/posix"] {
            _ = FileSystem.makeDirectories(temporary(folder), mode: 0o700)
        }
        for zone in ["Europe/Harbour", "America/Indiana/Knox", "Etc-GMT+5", "posix/Harbour", "localtime"] {
            try writeFile(temporary("zones/" + zone), Array("TZif2 and the rest".utf8))
        }
        try writeFile(temporary("zones/Europe/Text"), Array("TZ".utf8))
        try writeFile(temporary("zones/Europe/Other"), Array("text".utf8))
        try writeFile(temporary("Secret"), Array("TZif2".utf8))
    }

    @Test(
        "Files of zones are known by their names, and so is UTC everywhere",
        arguments: [
            "Europe/Harbour", "America/Indiana/Knox", "Etc-GMT+5", "UTC",
        ])
    func known(name: String) {
        #expect(names.contains(name))
        #expect(TimeZoneNames(folder: temporary("none")).contains(name) == (name == "UTC"))
    }

    @Test(
        "Other files, folders, and names that lead elsewhere are none",
        arguments: [
            "", "/", "Europe", "Europe/", "/Europe/Harbour", "Europe//Harbour", "Europe/Text", "Europe/Other", "Europe/None",
            "posix/Harbour",
            "localtime", "../Secret", "Europe/../../Secret", "..", "Secret", "europe/harbour", "Europe/Harbour\0", "Europe/Harbour/",
            "Europe/Hárbour", "A/B/C/D", "utc",
        ])
    func unknown(name: String) { #expect(!names.contains(name)) }

    @Test("A name longer than any is not looked for")
    func long() throws {
        let word = "A" + String(repeating: "b", count: 64)
        try writeFile(temporary("zones/" + word), Array("TZif2".utf8))
        #expect(!names.contains(word) && names.contains(String("UTC")))
    }
}
