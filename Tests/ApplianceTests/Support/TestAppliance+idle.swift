import Platform
import Testing

extension TestAppliance {
    /// Waits until nothing is left that the queue could do now.
    func idle() async throws {
        let isIdle = try await eventually {
            let now = clock.now()
            return try await database.scan {
                try $0.int("SELECT count(*) FROM work_items WHERE state = 'running' OR (state = 'pending' AND run_at <= $1)", now) == 0
            }
        }
        #expect(isIdle)
    }
}
