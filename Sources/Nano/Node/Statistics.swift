import Node
import Wire

/// The counts of a node since its start, under the names of nano-node (lib/stats_enums.hpp).
struct Statistics: Sendable {
    /// The results of the check of a response, in the order of the checks (network.cpp, `verify_handshake_response`).
    static let results = ["ok", "invalid_node_id", "invalid_genesis", "missing_cookie", "invalid_signature"]
    private var handshakes = [UInt64](repeating: 0, count: results.count)
    private var received: [MessageType: UInt64] = [:]

    /// Counts a response that was refused for this reason; nil: it was accepted.
    mutating func count(response reason: CloseReason?) {
        let result: Int? =
            switch reason {
            case nil: 0
            case .ownNodeID: 1
            case .wrongGenesis: 2
            case .missingCookie: 3
            case .invalidSignature: 4
            default: nil
            }
        if let result { handshakes[result] += 1 }
    }
    /// Counts a received message.
    mutating func count(_ type: any NanoMessage.Type) { received[type.type, default: 0] += 1 }

    /// The counts by group: `handshake` has each result, and `message` each received type.
    var value: Value {
        let messages = received.sorted { $0.key.rawValue < $1.key.rawValue }
        return [
            "handshake": .map(zip(Self.results, handshakes).map { .init($0, .uint($1)) }),
            "message": .map(messages.map { .init(MessageType.name(of: $0.key), .uint($0.value)) }),
        ]
    }
}

extension MessageType {
    /// Returns the name of a type that has one.
    fileprivate static func name(of type: Self) -> String {
        names.first { $0.number == UInt64(type.rawValue) }.map { "\($0.name)" } ?? "\(type.rawValue)"
    }
}
