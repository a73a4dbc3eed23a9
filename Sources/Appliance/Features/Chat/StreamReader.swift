import Platform
import Synchronization

/// What a reader of a stream gets when it asks.
enum StreamReading: Sendable, Equatable {
    case frames([StreamFrame])
    /// Nothing has come for a while.
    case quiet
    /// It has had the end, or may not read on.
    case over
}

/// Somebody who follows one answer at its own pace. Nothing waits for it but the answer itself: a slow reader gets more
/// pieces at a time. One task at a time may ask.
final class StreamReader: Sendable {
    private let live: (streams: ChatStreams, id: Identifier, number: Int)?
    private let stored: Mutex<[StreamFrame]>

    /// Of an answer that is being written.
    init(_ streams: ChatStreams, _ id: Identifier, _ number: Int) {
        live = (streams, id, number)
        stored = Mutex([])
    }

    /// Of one that has ended.
    init(stored frames: [StreamFrame]) {
        live = nil
        stored = Mutex(frames)
    }

    deinit { live.map { $0.streams.leave($0.id, $0.number) } }

    /// Waits until there is something, and with `patience` no longer than that.
    func next(patience microseconds: Int64? = nil) async -> StreamReading {
        guard let live else {
            let frames = stored.withLock { frames in
                defer { frames = [] }
                return frames
            }
            return frames.isEmpty ? .over : .frames(frames)
        }
        let (streams, id, number) = live
        let alarm = microseconds.map { microseconds in
            Task { [clock = streams.clock] in
                if (try? await clock.sleep(microseconds: microseconds)) != nil { streams.interrupt(id, number, .quiet) }
            }
        }
        defer { alarm?.cancel() }
        return await withTaskCancellationHandler {
            await streams.next(id, number)
        } onCancel: {
            streams.interrupt(id, number, .over)
        }
    }

    /// The end, when it has come.
    func end() async -> StreamFrame? {
        while case .frames(let frames) = await next() {
            if let end = frames.last, end.isEnd { return end }
        }
        return nil
    }
}
