internal import Node
import Wire

/// A key of `ExpiringLRU`.
protocol ExpiringKey: Equatable, Sendable {
    /// Adds the parts of the key to a hash.
    func add(to hash: inout WordHash)
}

extension MeshID: ExpiringKey {
    @inline(__always)
    func add(to hash: inout WordHash) {
        let (first, second, last) = words
        hash.add(first)
        hash.add(second)
        hash.add(UInt64(last))
    }
}
extension Endpoint: ExpiringKey {
    @inline(__always)
    func add(to hash: inout WordHash) {
        hash.add(high)
        hash.add(low)
        hash.add(UInt64(port))
    }
}
extension UInt32: ExpiringKey {
    @inline(__always)
    func add(to hash: inout WordHash) { hash.add(UInt64(self)) }
}

/// A source and one of its numbers: a boot, or the msg_id of a request.
struct SourceNumber: ExpiringKey {
    var src: MeshID
    var number: UInt32
    func add(to hash: inout WordHash) {
        src.add(to: &hash)
        number.add(to: &hash)
    }
}
