/// The reason why a connection ends, as events report it.
enum CloseReason: String, Sendable {
    case wrongNetwork = "message of another network"
    case outdatedVersion = "outdated version"
    case invalidType = "invalid message type"
    case badContent = "malformed message"
    case emptyHandshake = "handshake with neither query nor response"
    case secondQuery = "second query"
    case ownNodeID = "our own node id"
    case wrongGenesis = "another genesis"
    case missingCookie = "response without a query"
    case invalidSignature = "invalid signature"
    case duplicateNodeID = "node id already connected from there"
    case beforeHandshake = "message before the handshake"
    case idle = "idle"
    case handshakeTimeout = "handshake takes too long"
    case tooManyConnections = "too many connections"
    case excluded = "address is excluded"
    case foreignTelemetry = "telemetry of another genesis"
    case mute = "nothing sent for too long"
    case endOfStream = "end of stream"
    /// The reason of a node with a seeded fault.
    case fault = "seeded fault"
}
