import Wire

@testable import Node
@testable import RightMesh

/// Addresses and sources without end, each of which begins a message once and does not finish it.
struct Stranger {
    /// Bytes of the fragment that each sends: as many as may be open nearly fill all memory, so that each further one
    /// pushes one out.
    static let bytes = Limits.held / Limits.open - 1
    private(set) var datagram: [UInt8]
    private(set) var number = 0

    init(to dst: MeshID) {
        datagram = Maker.beginning(src: Maker.id(0), bytes: Self.bytes)
        datagram.replaceSubrange(28..<48, with: dst.array)
    }
    /// The next one takes the place of the one before; gives its address.
    mutating func next() -> Endpoint {
        number += 1
        for i in 0..<8 { datagram[8 + i] = UInt8(truncatingIfNeeded: number >> (8 * i)) }
        return Endpoint(number)
    }
}
