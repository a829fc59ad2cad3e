public import Wire

/// Asks for a `telemetry_ack`. A header only; nodes since V25 take it and answer nothing.
public struct TelemetryReq: NanoMessage {
    public static var name: StaticString { "nano.telemetry_req" }
    static var type: MessageType { .telemetryReq }
    static var definedBits: UInt16 { 0 }
    static func payloadCount(_ header: RawHeader) -> Int { 0 }
    public var header = Header(.telemetryReq)
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { header.code(&c, .telemetryReq, 0) }
}
