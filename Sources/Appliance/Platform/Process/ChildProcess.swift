import Glibc

/// One run of another program, with a time limit.
///
/// The program reads nothing; what it writes goes to a file, for whoever has to
/// find out why it failed. It gets this process's environment without the
/// variables that may hold secrets of ours. When its time is up it is killed,
/// and with it whatever it started itself.
package enum ChildProcess {
    package enum Failure: Error, Equatable, Sendable {
        /// The program could not be started; the system's words for it.
        case notStarted(String)
        /// It ended with this status, or by this signal (then 128 and the signal).
        case exited(Int32)
        case timedOut(seconds: Int)
    }

    /// Blocks until the program has ended. `arguments` begins with its name, which is looked for on the path.
    package static func run(_ arguments: [String], output: String, seconds: Int) throws(Failure) {
        let child = try start(arguments, output: output)
        let outcome = Monitor<Int32?>(nil)
        let waiter = PlatformThread.start("child") {
            let status = wait(for: child)
            outcome.signalling { $0 = status }
        }
        let status = outcome.wait(milliseconds: seconds * 1000) { $0 }
        if status == nil { kill(-child, SIGKILL) }
        waiter.join()
        guard let status else { throw .timedOut(seconds: seconds) }
        guard status == 0 else { throw .exited(status) }
    }

    private static func start(_ arguments: [String], output: String) throws(Failure) -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that it can be killed as one.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment().map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var child: pid_t = 0
        let status = posix_spawnp(&child, arguments.first ?? "", &files, &attributes, &words, &variables)
        guard status == 0 else { throw .notStarted(String(cString: strerror(status))) }
        return child
    }

    private static func environment() -> [String] {
        var entries: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if !line.hasPrefix("JOBRAKER_") && !line.hasPrefix("CREDENTIALS_DIRECTORY=") { entries.append(line) }
            entry += 1
        }
        return entries
    }

    private static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        // As the shell counts: the exit status, or 128 and the signal.
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }
}
