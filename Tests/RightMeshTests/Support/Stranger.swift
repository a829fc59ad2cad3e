import Wire

@testable import Node
@testable import RightMesh

/// An endless sequence of addresses and sources. Each of them begins a message once and does not complete it.
struct Stranger {
    /// The bytes of each fragment. The largest number of open messages nearly fills the memory, so that each further
    /// one removes another.
    static let bytes = Limits.held / Limits.open - 1
    private(set) var datagram: [UInt8]
    private(set) var number = 0

    init(to dst: MeshID) {
        datagram = Maker.beginning(src: Maker.id(0), bytes: Self.bytes)
        datagram.replaceSubrange(28..<48, with: dst.array)
    }
    /// Replaces the current source with the next one, and returns its address.
    mutating func next() -> Endpoint {
        number += 1
        for i in 0..<8 { datagram[8 + i] = UInt8(truncatingIfNeeded: number >> (8 * i)) }
        return Endpoint(number)
    }
}
