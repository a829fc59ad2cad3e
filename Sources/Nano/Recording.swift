import Node

extension RecordingRules {
    /// The fields that are new in every conversation of Nano nodes, and the signed fields.
    static let nano = RecordingRules(
        fresh: [
            FreshField("nano.node_id_handshake.query", name: "cookie", requirement: NanoRule.nano21.id),
            FreshField("nano.node_id_handshake.response.salt", name: "salt", requirement: NanoRule.nano21.id),
            FreshField("nano.asc_pull_req.id", name: "id"),
        ],
        changing: [
            "nano.keepalive.peers", "nano.telemetry_ack.data", "nano.confirm_ack.timestamp",
            "nano.confirm_ack.packed_timestamp", "nano.confirm_ack.duration",
        ],
        signatures: [
            // The signature of V1 covers the cookie alone, V2 adds salt and genesis hash, and V3 covers all these
            // fields.
            SignedField(
                "nano.node_id_handshake.response.signature", algorithm: "ed25519-blake2b", key: "response.node_id",
                over: [
                    .heard("nano.node_id_handshake.query"), .field("response.salt"), .field("response.genesis"),
                    .number("response.capabilities", bytes: 8), .number("response.reserved", bytes: 8),
                ]),
            SignedField(
                "nano.telemetry_ack.data.signature", algorithm: "ed25519-blake2b", key: "data.node_id",
                over: [.call("nano.telemetry_signed", ["data"])]),
            SignedField(
                "nano.confirm_ack.signature", algorithm: "ed25519-blake2b", key: "account",
                over: [.call("nano.vote_hash", ["hashes", "timestamp", "duration"])]),
        ],
        unprompted: [
            UnpromptedMessage("nano.keepalive"), UnpromptedMessage("nano.publish"),
            UnpromptedMessage("nano.confirm_req"),
            UnpromptedMessage("nano.confirm_ack", unlessAskedBy: "nano.confirm_req"),
            UnpromptedMessage("nano.telemetry_req"), UnpromptedMessage("nano.telemetry_ack"),
            UnpromptedMessage("nano.asc_pull_req"),
        ])
}
