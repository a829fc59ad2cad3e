import WebSocket
import Wire

/// Returns a text frame of a client, masked with a key.
func textFrame(_ text: String, key: Fixed<4>) -> [UInt8] { Frame(.text, Array(text.utf8), key: key).encoded() }

/// Returns the unmasked payload of a frame.
func payload(_ frame: [UInt8]) throws(WireError) -> String {
    String(decoding: try Frame(copying: frame).payload.array(), as: UTF8.self)
}
