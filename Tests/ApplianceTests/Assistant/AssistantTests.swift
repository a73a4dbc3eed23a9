import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite struct AssistantTests {
    @Test("With a database that cannot be read there is no answer, rather than one without the facts")
    func closedDatabase() async throws {
        let directory = try TemporaryDirectory()
        let core = try Core(
            configuration: try TestAppliance.configuration("", in: directory).values, clock: SystemClock(), random: SystemRandom(),
            log: Log(level: .error), hashing: .test)
        let assistant = Assistant(
            database: core.database, retriever: Retriever(database: core.database, vectors: nil),
            provider: ChatProvider(outbound: Outbound(clock: core.clock, random: core.random)), random: core.random,
            settings: { Configuration.standard.assistant }, log: core.log)
        let id = Identifier(v7: core.clock.now(), random: core.random)
        let caller = Caller(accountRowID: 1, accountID: id, loginID: id, isStaff: false, email: "ada@example.org")
        core.close()
        await #expect(throws: AssistantFailure.unavailable(retryAfterSeconds: 1)) {
            _ = try await assistant.advise(kind: .general, context: "", caller: caller)
        }
        await #expect(throws: AssistantFailure.unavailable(retryAfterSeconds: 1)) {
            _ = try await assistant.answer([], caller: caller)
        }
    }
}
