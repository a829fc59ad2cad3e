public import Wire

/// Asks for a `telemetry_ack`. It is only a header. Nodes since V25 accept it but do not answer.
public struct TelemetryReq: NanoMessage {
    public static var name: StaticString { "nano.telemetry_req" }
    public static var summary: MessageSummary { ["ask for telemetry"] }
    static var type: MessageType { .telemetryReq }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { 0 }
    public var header = Header(.telemetryReq)
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { header.code(&c, .telemetryReq, 0) }
}
