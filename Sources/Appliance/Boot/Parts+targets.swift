import Platform

/// What sends notifications to the addresses that accounts have set.
struct TargetParts: Sendable {
    let outbound: Outbound
    let configuration: @Sendable () -> Configuration
    let counters = PushCounters()

    func workers(_ core: Core) -> [any Worker] {
        [
            PushWork(
                database: core.database, outbound: outbound, counters: counters, clock: core.clock, random: core.random, log: core.log,
                configuration: configuration)
        ]
    }

    func routes(_ core: Core) -> [Route] { TargetRoutes(database: core.database, configuration: configuration).routes }
}
