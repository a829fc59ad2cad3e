import Nano
import Node
import Wire

/// Returns the name and the fields of the first message in a Nano stream, or nil if it is incomplete.
func firstNanoMessage(_ stream: [UInt8]) throws(WireError) -> String? {
    var framing = Definition.nano.reading.framing(nil)
    switch framing.next(stream.span.bytes) {
    case .message(let type, let length):
        let bytes = Array(stream[..<length])
        return "\(type.name) \(type.dissect(bytes).fields(in: bytes.span.bytes).json)"
    case .needMore: return nil
    case .refused(let error): throw error
    }
}
/// Returns a keepalive with another port of its first peer.
func keepalive(_ bytes: [UInt8], port: UInt16) throws(WireError) -> [UInt8] {
    var message = try Keepalive(copying: bytes)
    message.peers[0].port = port
    return message.encoded()
}
