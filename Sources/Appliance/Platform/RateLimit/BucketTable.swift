import Synchronization

/// The buckets of all clients that are not full, in bounded memory.
///
/// A bucket is two numbers: the fingerprint of whose it is, and when it is full again. They lie in shards under a lock
/// each; a shard is an array of sets of eight, and a bucket may lie anywhere in the set that its fingerprint names. A
/// set without a free place doubles its shard, up to the bound; from then on the bucket that is nearest to full gives
/// way, which errs in that client's favour by as little as there is. Full buckets are free places.
///
///     slot (16 bytes)   fingerprint: UInt64   0 is empty
///                       fullAt: Int64         microseconds since 1970
///
/// At its largest it is `maximumSlots` × 16 bytes: 32 MiB for the standard two million.
package final class BucketTable: Sendable {
    struct Slot {
        var fingerprint: UInt64 = 0
        var fullAt: Int64 = 0
    }

    private struct Shard: Sendable {
        var slots: ContiguousArray<Slot>
    }

    private static let setSize = 8
    private static let shardBits = 6
    private let shards: [Locked]
    private let maximumSlotsPerShard: Int

    /// A lock cannot lie in an array.
    private final class Locked: Sendable {
        let shard: Mutex<Shard>
        init(_ slots: Int) { shard = Mutex(Shard(slots: ContiguousArray(repeating: Slot(), count: slots))) }
    }

    package init(maximumSlots: Int = 1 << 21) {
        let count = 1 << Self.shardBits
        shards = (0..<count).map { _ in Locked(Self.setSize * 2) }
        var perShard = Self.setSize * 2
        while perShard * 2 * count <= maximumSlots { perShard *= 2 }
        maximumSlotsPerShard = perShard
    }

    /// Finds the client's bucket, or makes a full one, and lets `body` use it.
    package func withBucket<T>(_ fingerprint: UInt64, now: Int64, _ body: (inout Int64) -> T) -> T {
        // Zero marks an empty slot.
        let fingerprint = fingerprint == 0 ? 1 : fingerprint
        return shards[Int(fingerprint >> (64 - Self.shardBits))].shard.withLock { shard in
            let index = place(of: fingerprint, in: &shard, now: now)
            return body(&shard.slots[index].fullAt)
        }
    }

    private func place(of fingerprint: UInt64, in shard: inout Shard, now: Int64) -> Int {
        while true {
            let first = Self.set(of: fingerprint, in: shard)
            var free: Int?
            var nearest = first
            for index in first..<(first + Self.setSize) {
                let slot = shard.slots[index]
                if slot.fingerprint == fingerprint { return index }
                if slot.fullAt <= now, free == nil { free = index }
                if slot.fullAt < shard.slots[nearest].fullAt { nearest = index }
            }
            if let taken = free ?? (shard.slots.count >= maximumSlotsPerShard ? nearest : nil) {
                shard.slots[taken] = Slot(fingerprint: fingerprint, fullAt: 0)
                return taken
            }
            grow(&shard, now: now)
        }
    }

    private static func set(of fingerprint: UInt64, in shard: Shard) -> Int {
        Int(fingerprint & UInt64(shard.slots.count / setSize - 1)) * setSize
    }

    /// Doubles the shard. Each set is spread over two, so whatever is in it has room.
    private func grow(_ shard: inout Shard, now: Int64) {
        let old = shard.slots
        shard.slots = ContiguousArray(repeating: Slot(), count: old.count * 2)
        for slot in old where slot.fullAt > now {
            let first = Self.set(of: slot.fingerprint, in: shard)
            for index in first..<(first + Self.setSize) where shard.slots[index].fingerprint == 0 {
                shard.slots[index] = slot
                break
            }
        }
    }

    /// Slots in memory, used or not.
    package var slotCount: Int { shards.reduce(0) { $0 + $1.shard.withLock { $0.slots.count } } }
}
