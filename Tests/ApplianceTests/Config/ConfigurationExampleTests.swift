import Platform
import Testing

@testable import Appliance

@Suite struct ConfigurationExampleTests {
    /// The file at the top of the repository, four folders above this one.
    private let path: String = {
        var path = #filePath
        for _ in 0..<4 { path = FileSystem.directory(of: path) }
        return path + "/config.example.toml"
    }()

    private func text() throws -> String {
        String(decoding: try #require(FileSystem.read(path, limit: 1 << 20)), as: UTF8.self)
    }

    @Test("config.example.toml is what `config example` prints")
    func same() throws {
        #expect(try text() == ConfigurationExample.text)
    }

    @Test("config.example.toml is accepted as it is, and sets nothing")
    func setsNothing() throws {
        let loaded = try Configuration.load(path: path, environment: [:])
        #expect(loaded.origins.values.allSatisfy { $0 == .standard })
    }

    @Test("config.example.toml documents every key, under its table and with its default, and no other")
    func documents() throws {
        var table = ""
        var found: [String: String] = [:]
        for line in try text().split(separator: "\n") {
            if line.hasPrefix("["), line.hasSuffix("]") { table = String(line.dropFirst().dropLast()) }
            guard line.hasPrefix("# "), let equals = line.firstRange(of: " = ") else { continue }
            let name = line[..<equals.lowerBound].dropFirst(2)
            guard name.allSatisfy({ $0.isLowercase || $0 == "_" }) else { continue }
            found["\(table).\(name)"] = String(line[equals.upperBound...])
        }
        #expect(found == Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, $0.standard.toml) }))
    }

    @Test("With every comment sign before a key taken away, the file still says the defaults")
    func uncommented() throws {
        let lines = try text().split(separator: "\n").map { line in
            let name = line.dropFirst(2).prefix { $0.isLowercase || $0 == "_" }
            return !name.isEmpty && line.dropFirst(2 + name.count).hasPrefix(" = ") ? line.dropFirst(2) : line
        }
        let loaded = try ConfigurationFile(lines.joined(separator: "\n")).load()
        #expect(Setting.all.allSatisfy { loaded[origin: $0.key] != .standard })
        #expect(loaded.values == (try Configuration.load(path: nil, environment: [:])).values)
    }

    @Test("Every key says what it does, in lines that fit a terminal")
    func prose() throws {
        #expect(Setting.all.allSatisfy { $0.manual.count > 60 })
        #expect(try text().split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
