internal import Node
import Wire

/// The state that `Reassembler` remembers of a complete message for some time.
struct DoneMessage: Sendable {
    /// The key of a complete message. Each boot of a source has its own `life`.
    struct Key: ExpiringKey {
        let life: UInt64
        let msgID: UInt32
        let type: MessageType
        init(life: UInt64, _ h: Header) { (self.life, msgID, type) = (life, h.msgID, h.type) }
        @inline(__always)
        func add(to hash: inout WordHash) {
            hash.add(life)
            hash.add(UInt64(msgID) << 8 | UInt64(type.rawValue))
        }
    }
    /// The number of the datagram that completed the message.
    var number: Int
    var bodyCRC: UInt32
    var bodyLen: UInt32
    init(_ h: Header, number: Int) { (self.number, bodyCRC, bodyLen) = (number, h.bodyCRC.value, h.bodyLen.value) }
}
