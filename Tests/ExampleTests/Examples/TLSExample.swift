import Capture
import Node
import TLS
import WebSocket

/// Types of the messages of a capture that a filter chooses, those inside TLS included: by the keys that the file has.
func chosen(_ filter: String, in path: String) throws -> [String] {
    let protocols: [Definition] = [.webSocket.foundInTLS(), .tls]
    let filter = try Filter(filter, protocols)
    var capture = try CaptureReader(path, protocols)
    capture.givesLayers = true
    var names: [String] = []
    while let message = try capture.next() { if message.passes(filter) { names.append(message.record.name) } }
    return names
}
