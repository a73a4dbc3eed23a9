@testable import Platform

/// Something that a stub's thread waits for until the test lets it go on.
final class Gate: Sendable {
    private let isOpen = Monitor(false)

    func open() { isOpen.signalling { $0 = true } }

    /// Blocks. Not for ever: a test that has failed must still end.
    func wait() { _ = isOpen.wait(milliseconds: 30_000) { $0 ? true : nil } }
}
