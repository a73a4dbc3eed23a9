import Glibc

/// The directory that holds everything an instance knows, and the lock that
/// keeps it to one process.
///
///     jobraker.db        the database (0600; the directory is 0700)
///     backup/jobraker.db the snapshot that may be copied at any moment
///     lock               held with flock(2) by whoever may open the database for writing
///     control.sock       the running server's control socket
package final class DataDirectory: Sendable {
    package enum Failure: Error, Equatable {
        /// The path cannot be made or entered; `reason` is the system's word for it.
        case unusable(path: String, reason: String)
        /// Another process holds the lock.
        case inUse(path: String)
    }

    package let path: String
    private let lockFile: Int32

    package var databasePath: String { path + "/jobraker.db" }
    package var backupDirectory: String { path + "/backup" }
    package var snapshotPath: String { backupDirectory + "/jobraker.db" }
    package var controlSocketPath: String { path + "/control.sock" }

    /// Makes the directory where it is missing and takes its lock.
    package init(locking path: String) throws(Failure) {
        self.path = path
        for directory in [path, path + "/backup"] {
            guard FileSystem.makeDirectories(directory, mode: 0o700) else {
                throw .unusable(path: directory, reason: FileSystem.lastError())
            }
        }
        lockFile = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lockFile >= 0 else { throw .unusable(path: path + "/lock", reason: FileSystem.lastError()) }
        guard flock(lockFile, LOCK_EX | LOCK_NB) == 0 else {
            // `deinit` runs after this, and closes the file.
            throw .inUse(path: path)
        }
    }

    /// Lets another process, or another instance in this one, have the directory. Nothing of it may be used afterwards.
    package func unlock() { flock(lockFile, LOCK_UN) }

    deinit { close(lockFile) }
}
