import WebSocket
import Wire

/// A text as a client sends it, masked with a key.
func textFrame(_ text: String, key: Fixed<4>) -> [UInt8] { Frame(.text, Array(text.utf8), key: key).encoded() }

/// The payload of a frame in the clear.
func payload(_ frame: [UInt8]) throws(WireError) -> String {
    String(decoding: try Frame(copying: frame).payload.array(), as: UTF8.self)
}
