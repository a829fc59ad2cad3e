import Wire

@testable import Node
@testable import RightMesh

/// Makes ids, messages and datagrams for tests.
enum Maker {
    static func peers(_ count: Int, _ from: Int = 0) -> [Peer] {
        (from..<from + count).map { i in
            var id = MeshID(repeating: 7)
            id.bytes[0] = UInt8(truncatingIfNeeded: i)
            id.bytes[1] = UInt8(truncatingIfNeeded: i >> 8)
            id.bytes[2] = UInt8(truncatingIfNeeded: i >> 16)
            return Peer(id, hop: UInt8(1 + i % 14), role: .client, age: UInt16(i % 60))
        }
    }
    /// Returns a HELLO, or another message with PEERS.
    static func message(
        _ type: MessageType = .hello, src: UInt8 = 0xa1, dst: UInt8 = 0xb2, msgID: UInt32 = 1, boot: UInt16 = 0x1234,
        ackID: UInt32 = 0, peers count: Int
    ) -> [UInt8] {
        var header = Header(type)
        header.src = MeshID(repeating: src)
        header.dst = MeshID(repeating: dst)
        (header.msgID, header.boot, header.ackID) = (msgID, boot, ackID)
        var body = Body()
        if type == .find {
            body.targets = Targets(peers(count).map { Target($0.id) })
        } else {
            body.peers = Peers(peers(count), isSnapshot: true)
        }
        func encoded<M: RightMeshMessage>(_: M.Type) -> [UInt8] {
            var m = M()
            (m.header, m.body) = (header, body)
            return m.encoded()
        }
        return type.message.map { encoded($0) } ?? []
    }
    /// Returns the datagrams of the message.
    static func datagrams(
        _ type: MessageType = .hello, src: UInt8 = 0xa1, dst: UInt8 = 0xb2, msgID: UInt32 = 1, boot: UInt16 = 0x1234,
        ackID: UInt32 = 0, peers count: Int, maxDatagram: Int = 256
    ) -> [[UInt8]] {
        let whole = message(type, src: src, dst: dst, msgID: msgID, boot: boot, ackID: ackID, peers: count)
        return (try? Fragmenter.split(whole.span.bytes, maxDatagram: maxDatagram)) ?? []
    }
    /// Returns the first fragment of a message that claims the largest possible length.
    static func beginning(src: MeshID, msgID: UInt32 = 1, bytes: Int) -> [UInt8] {
        var f = Fragment()
        f.header.src = src
        f.header.dst = MeshID(repeating: 0xb2)
        f.header.msgID = msgID
        f.header.fragCount = 16_384
        f.header.bodyLen.stored = 2_097_152
        f.header.bodyCRC.stored = 1
        f.content = Bytes([UInt8](repeating: 1, count: bytes))
        return f.encoded()
    }
    static func id(_ n: Int) -> MeshID {
        var id = MeshID(repeating: 3)
        for i in 0..<8 { id.bytes[i] = UInt8(truncatingIfNeeded: n >> (8 * i)) }
        return id
    }
}

extension Reassembler {
    /// Returns the result of a datagram in one word.
    mutating func hear(_ datagram: [UInt8], from endpoint: Endpoint = .loopback(1), at ms: Int64 = 0) -> String {
        switch receive(datagram.span.bytes, from: endpoint, now: .zero + .milliseconds(ms)) {
        case .message: "message"
        case .more: "more"
        case .done: "dupDone"
        case .relay: "relay"
        case .dropped(let counter): counter.name
        }
    }
}
