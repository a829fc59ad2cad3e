import Crypto
import Node

@testable import WebRTC

/// An association of usrsctp without DTLS. Its other side can be replaced by packets of a test, which have the tag and the
/// numbers of that side.
struct Association {
    let near: SecureTransport
    let far: SecureTransport
    /// The verification tag of packets to `near`, and the number of the next data to it.
    private var tag: [UInt8] = [0, 0, 0, 0]
    private(set) var next: UInt32 = 0

    /// Creates an association between two sides; nil if that fails.
    init?() {
        let unknown = SessionDescription.Fingerprint(hash: "sha-256", value: "")
        guard let identity = SecureIdentity(),
            let near = SecureTransport(identity, isClient: true, to: unknown, port: 5000, hasDTLS: false),
            let far = SecureTransport(identity, isClient: false, to: unknown, port: 5000, hasDTLS: false)
        else { return nil }
        (self.near, self.far) = (near, far)
        near.wake(now: .zero)
        far.wake(now: .zero)
        for _ in 0..<10 {
            for packet in far.takeDatagrams() {
                note(packet)
                near.receive(packet.span.bytes, now: .zero)
            }
            for packet in near.takeDatagrams() { far.receive(packet.span.bytes, now: .zero) }
        }
        guard near.takeEvents().contains(.associated) else { return nil }
    }
    /// Notes the tag, and the first number in INIT or INIT ACK.
    private mutating func note(_ packet: [UInt8]) {
        if packet[4..<8].contains(where: { $0 != 0 }) { tag = Array(packet[4..<8]) }
        guard packet.count >= 32, packet[12] == 1 || packet[12] == 2 else { return }
        next = packet[28..<32].reduce(0) { $0 << 8 | UInt32($1) }
    }
    /// Gives a packet with these chunks to `near`.
    func receive(_ chunks: [UInt8]) {
        var packet: [UInt8] = [0x13, 0x88, 0x13, 0x88] + tag + [0, 0, 0, 0] + chunks
        let sum = CRC32C.checksum(packet.span.bytes)
        for i in 0..<4 { packet[8 + i] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(i))) }
        near.receive(packet.span.bytes, now: .zero)
    }
    /// Gives the next piece of a message to `near`. The flag 2 begins the message, and 1 ends it. `gap` numbers are left
    /// out before it.
    mutating func receive(piece: [UInt8], flags: UInt8, stream: UInt16 = 1, gap: UInt32 = 0) {
        let tsn = next &+ gap
        next = tsn &+ 1
        let count = 16 + piece.count
        var chunk: [UInt8] = [0, flags, UInt8(count >> 8), UInt8(count & 255)]
        for i in 0..<4 as Range<UInt32> { chunk.append(UInt8(truncatingIfNeeded: tsn >> (24 - 8 * i))) }
        chunk += [UInt8(stream >> 8), UInt8(stream & 255), 0, 0, 0, 0, 0, 53] + piece
        receive(chunk + [UInt8](repeating: 0, count: -count & 3))
    }
}
