import DXOS
import Wire

/// The swarm that a call to a signal server joins; nil for any other call.
func joinedSwarm(_ call: [UInt8]) throws(WireError) -> String? {
    try Request(copying: call).request?.payload?.joinRequest?.swarm?.array().hex
}
/// A call with another id, all else as it was.
func numbered(_ call: [UInt8], _ id: Int32) throws(WireError) -> [UInt8] {
    var message = try Request(copying: call)
    message.request?.id = id
    return message.encoded()
}
