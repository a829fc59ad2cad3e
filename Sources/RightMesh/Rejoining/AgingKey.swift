internal import Node
import Wire

/// What `AgingTable` finds values by.
protocol AgingKey: Equatable, Sendable {
    /// Adds what it is made of.
    func add(to hash: inout WordHash)
}

extension MeshID: AgingKey {
    @inline(__always)
    func add(to hash: inout WordHash) {
        withUnsafeBytes(of: self) {
            hash.add($0.loadUnaligned(as: UInt64.self))
            hash.add($0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            hash.add(UInt64($0.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        }
    }
}
extension Endpoint: AgingKey {
    @inline(__always)
    func add(to hash: inout WordHash) {
        hash.add(high)
        hash.add(low)
        hash.add(UInt64(port))
    }
}
extension UInt32: AgingKey {
    @inline(__always)
    func add(to hash: inout WordHash) { hash.add(UInt64(self)) }
}
