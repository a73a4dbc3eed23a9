import Platform
import TestSupport

@testable import Appliance

/// Waits until something is so that happens by itself, at most twenty seconds; says whether it came about.
func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await isSo() { return true }
        try await Task.sleep(for: .milliseconds(2))
    }
    return try await isSo()
}

extension TestAppliance {
    /// Starts again on a directory whose earlier appliance has stopped. Its lock goes with the last thread
    /// that still holds a part of it, which may be a moment after `stop` has returned.
    static func rerun<T>(
        settings: String = "", in directory: TemporaryDirectory, _ body: (TestAppliance) async throws -> T
    ) async throws -> T {
        _ = try await eventually { (try? DataDirectory(locking: directory.path + "/data")) != nil }
        return try await run(settings: settings, in: directory, body)
    }

    /// A number out of the database.
    func count(_ sql: String) async throws -> Int64 { try await database.scan { try $0.int(sql) } }
}
