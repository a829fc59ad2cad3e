internal import Node
import Wire

/// The exchange by which an address proves to a superpeer with a guard that it receives what is sent there (README,
/// "Security"): a HELLO, and a second one that returns the msg_id of the answer. Both use a random id that no other
/// node has.
struct AddressProof: Introduction {
    private let id: MeshID
    private let boot: UInt16
    private var number: UInt32 = 1
    /// True if the first answer has been received and its msg_id returned.
    private var isReturned = false
    /// The fragments of the second answer that have been received.
    private var heard: Set<UInt16> = []

    init(_ random: inout Random) {
        id = MeshID(random.bytes(20)) ?? MeshID()
        boot = UInt16(1 + random.next() % 0xffff)
    }
    var first: [UInt8] { hello(returning: 0) }
    mutating func take(_ datagram: [UInt8]) -> IntroductionProgress {
        guard let h = try? Header.read(datagram.span.bytes), h.type == .helloAck, h.dst == id else { return .other }
        guard isReturned else {
            isReturned = true
            number += 1
            return .send(hello(returning: h.msgID))
        }
        guard h.ackID == number else { return .more }
        // The rest of the answer must not arrive between the answers that a scenario waits for.
        return heard.insert(h.fragIndex).inserted && heard.count == Int(h.fragCount) ? .over : .more
    }
    private func hello(returning heard: UInt32) -> [UInt8] {
        var hello = Hello(peers: Peers([], isSnapshot: true))
        (hello.header.src, hello.header.role, hello.header.boot) = (id, .client, boot)
        (hello.header.msgID, hello.header.ackID) = (number, heard)
        return hello.encoded()
    }
}
