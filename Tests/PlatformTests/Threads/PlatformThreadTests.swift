import Testing

@testable import Platform

@Suite struct PlatformThreadTests {
    @Test("A thread runs its work under its name, and joining waits for the end of it")
    func runs() async throws {
        let name = Shared("")
        try await offPool {
            PlatformThread.start("a name that is too long") {
                let kept = FileSystem.read("/proc/thread-self/comm", limit: 64) ?? []
                name.update { $0 = String(decoding: kept, as: UTF8.self) }
            }.join()
        }
        #expect(name.value == "a name that is \n")
    }

    @Test("Blocking work runs off the caller's thread")
    func blocking() async throws {
        let gate = Gate()
        BlockingWork.run { gate.enter() }
        #expect(await gate.arrivals())
        gate.open()
    }
}
