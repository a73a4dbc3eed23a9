import CPlatform

/// What a start leaves in memory: what it freed and the C library keeps for later, and code that runs once.
package enum StartMemory {
    /// Gives it back to the system. It takes a few milliseconds; code that is used is there again when it is next used.
    package static func giveBack() { jobraker_return_start_memory() }
}
