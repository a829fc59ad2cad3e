import Capture
import Node
import TLS
import WebSocket

/// Returns the types of the messages that a filter selects in a capture, including messages inside TLS. The keys are in
/// the capture file.
func chosen(_ filter: String, in path: String) throws -> [String] {
    let protocols: [Definition] = [.webSocket.foundInTLS(), .tls]
    let filter = try Filter(filter, protocols)
    var capture = try CaptureReader(path, protocols)
    capture.givesLayers = true
    var names: [String] = []
    while let message = try capture.next() { if message.passes(filter) { names.append(message.record.name) } }
    return names
}
