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
            settings: { Configuration.standard.assistant }, allowance: { TokenAllowance(account: 0, instance: 0) }, log: core.log)
        let owner = Owner.ofWork(accountRowID: 1)
        core.close()
        await #expect(throws: AssistantFailure.unavailable(retryAfterSeconds: 1)) {
            _ = try await assistant.advise(kind: .general, context: "", owner: owner)
        }
        await #expect(throws: AssistantFailure.unavailable(retryAfterSeconds: 1)) {
            _ = try await assistant.answer([], owner: owner)
        }
    }
}
