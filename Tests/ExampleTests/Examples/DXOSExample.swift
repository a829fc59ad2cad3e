import DXOS
import Wire

/// Returns the swarm that a call to a signal server joins, or nil for any other call.
func joinedSwarm(_ call: [UInt8]) throws(WireError) -> String? {
    try Request(copying: call).request?.payload?.joinRequest?.swarm?.array().hex
}
/// Returns a call with another id and otherwise unchanged.
func numbered(_ call: [UInt8], _ id: Int32) throws(WireError) -> [UInt8] {
    var message = try Request(copying: call)
    message.request?.id = id
    return message.encoded()
}
