import Node

extension RecordingRules {
    /// The values that change in each run of WebSocket endpoints: header fields, such as dates and keys, and masking
    /// keys. The proof that the key was read follows from the key.
    static let webSocket: RecordingRules = {
        var rules = RecordingRules(changing: [
            "websocket.upgrade.headers", "websocket.upgrade_response.headers",
        ])
        rules.elements = [
            ElementField(
                "Sec-WebSocket-Accept", in: "websocket.upgrade_response.headers", of: "websocket.upgrade.headers"
            ) { "websocket.accept(websocket.header(\($0), 'sec-websocket-key'))" }
        ]
        rules.random = ["websocket.frame.masking_key"]
        rules.randomElements = [NamedElement("Sec-WebSocket-Key", in: "websocket.upgrade.headers")]
        return rules
    }()
}
