import CPlatform

/// Memory that was freed and that the C library keeps for later.
package enum FreedMemory {
    /// Gives it back to the system: worth its millisecond after a phase that never comes again, such as the start.
    package static func giveBack() { jobraker_return_freed_memory() }
}
