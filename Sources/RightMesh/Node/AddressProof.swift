internal import Node
import Wire

/// How an address shows a superpeer with a guard that it hears it (README, "Security"): a HELLO, and another one that
/// returns the msg_id of the answer. Both are of an id that nobody else has.
struct AddressProof: Introduction {
    private let id: MeshID
    private let boot: UInt16
    private var number: UInt32 = 1
    /// The first answer has come.
    private var isReturned = false
    /// Fragments of the second answer that have come.
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
        // What is still to come of it may not come between the answers that a scenario waits for.
        return heard.insert(h.fragIndex).inserted && heard.count == Int(h.fragCount) ? .over : .more
    }
    private func hello(returning heard: UInt32) -> [UInt8] {
        var hello = Hello(peers: Peers([], isSnapshot: true))
        (hello.header.src, hello.header.role, hello.header.boot) = (id, .client, boot)
        (hello.header.msgID, hello.header.ackID) = (number, heard)
        return hello.encoded()
    }
}
