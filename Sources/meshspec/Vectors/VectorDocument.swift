import Report
import Scenario
import Wire

/// The vectors as one JSON document, which `Spec/vectors.md` describes.
enum VectorDocument {
    /// The name and the version of the format.
    static let format = "meshspec-vectors"
    static let version: UInt64 = 1

    /// Returns the document, with one vector on each line.
    static func text(_ vectors: [ProtocolVector]) -> [UInt8] {
        var out = Array("{\"format\":\"\(format)\",\"version\":\(version),\"vectors\":[\n".utf8)
        for (i, v) in vectors.enumerated() {
            if i > 0 { out += ",\n".utf8 }
            out += RunEvents.line(value(v)).dropLast()
        }
        return out + "\n]}\n".utf8
    }
    static func value(_ v: ProtocolVector) -> Value {
        let vector = v.vector
        var out: [Value.Entry] = [
            .init("id", .text(v.id)), .init("protocol", .text(v.protocolName)), .init("name", .text(vector.name)),
            .init("provenance", .text(vector.provenance)),
            .init("requirements", .list(vector.requirements.map { .text($0) })), .init("expect", .text(v.expect)),
        ]
        if let by = vector.refusedBy { out.append(.init("by", .text(by))) }
        if let function = vector.function { out.append(.init("call", .text(function))) }
        if let message = v.message { out.append(.init("message", .text(message))) }
        if vector.function == nil { out.append(.init("bytes", hexadecimal(vector.bytes))) }
        for key in ["settings", "fields", "error", "arguments"] {
            if let value = v.value(key) { out.append(.init(key, value)) }
        }
        // The result of a function may be null.
        if let result = vector.values["result"] { out.append(.init("result", result)) }
        return .map(out)
    }
    /// Returns bytes in the form of vectors: `0x` and lower-case digits.
    static func hexadecimal(_ bytes: [UInt8]) -> Value { .text("0x" + bytes.hex) }
}
