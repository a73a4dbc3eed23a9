import Glibc

/// One of the two files, read whole and known to hold a PEM block of the right kind.
struct CertificateFile {
    /// A chain of a few certificates is 10 KB. The bound is there for a path that points at something else.
    private static let largest = 1 << 20

    let path: String
    let bytes: [UInt8]
    /// The permission bits that the file had.
    let mode: mode_t

    init(_ file: CertificateProblem.File, path: String) throws(CertificateProblem) {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(file, path: path, reason: FileSystem.lastError()) }
        // A pipe or a device could keep the start waiting for ever.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file, path: path, reason: "not a regular file") }
        guard let bytes = FileSystem.read(path, limit: Self.largest) else {
            throw .unreadable(file, path: path, reason: FileSystem.lastError())
        }
        self.bytes = bytes
        mode = status.st_mode & 0o777
        let labels = Self.labels(in: bytes)
        switch file {
        case .certificate:
            guard labels.contains("CERTIFICATE") else { throw .noPEM(file, path: path, holds: labels.first) }
        case .key:
            guard let label = labels.first(where: { $0.hasSuffix("PRIVATE KEY") }) else {
                throw .noPEM(file, path: path, holds: labels.first)
            }
            // PKCS #8 says so in its label, the older forms in a header below it (RFC 1421, 4.6.1.1).
            if label.hasPrefix("ENCRYPTED") || String(decoding: bytes, as: UTF8.self).contains("Proc-Type: 4,ENCRYPTED") {
                throw .encrypted(path: path)
            }
        }
    }

    /// What stands between `-----BEGIN ` and the dashes behind it, for every block (RFC 7468).
    private static func labels(in bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let text = String(decoding: line.prefix(100), as: UTF8.self).trimmingTail()
            guard text.hasPrefix("-----BEGIN "), text.hasSuffix("-----"), text.utf8.count > 16 else { return nil }
            return String(text.dropFirst(11).dropLast(5))
        }
    }
}

extension String {
    /// Without the spaces and the carriage return that editors leave at the end of a line.
    fileprivate func trimmingTail() -> String {
        var text = self[...]
        while let last = text.unicodeScalars.last, last == " " || last == "\r" || last == "\t" { text.unicodeScalars.removeLast() }
        return String(text)
    }
}
