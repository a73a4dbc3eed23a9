import Glibc

/// The bytes of a file of weights, for as long as someone refers to them.
///
/// A file is mapped and not read: its pages are shared with every other process
/// that has it open, come in as they are needed, and can be dropped by the
/// system at any time. So the file must not be cut short in place while it is
/// in use; an installed model is only ever replaced or removed as a whole, and
/// then its old pages stay until the last user is gone.
final class WeightBytes: @unchecked Sendable {
    // Safety: the memory is written before `init` returns and never again, and
    // lives until `deinit`; the pointer is only used by those who hold the object.
    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    init(mapping path: String) throws(EncoderError) {
        func failure() -> EncoderError { .unreadable(file: path, reason: String(cString: strerror(errno))) }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure() }
        guard (status.st_mode & S_IFMT) == S_IFREG else { throw .unreadable(file: path, reason: "not a file") }
        let size = Int(status.st_size)
        // An empty file cannot be mapped, and is no file of weights.
        guard size > 0 else { throw .header(.truncated) }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else { throw failure() }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
        isMapped = true
    }

    /// A copy of bytes that are in memory already.
    init(copying source: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(source.count, 1), alignment: 64)
        memory.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(rebasing: memory[0..<source.count])
        isMapped = false
    }

    /// Lets the system have back the pages that were read and will not be read again soon; they stay in its cache.
    func release() {
        if isMapped { madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED) }
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.baseAddress?.deallocate()
        }
    }
}
