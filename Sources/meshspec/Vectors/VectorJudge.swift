import Node
import Scenario
import Wire

/// Asks a codec about a vector and judges its answers.
struct VectorJudge {
    let codec: Codec

    func judge(_ v: ProtocolVector) -> VectorFinding {
        do throws(CodecTrouble) {
            if v.vector.function != nil { return try call(v) }
            return v.vector.isAccepted ? try bothWays(v) : try refusal(v)
        } catch {
            return VectorFinding(error.isInterrupted ? .notRun : .error, error.description)
        }
    }

    /// Asks the codec to decode the bytes and to encode the fields of a message.
    private func bothWays(_ v: ProtocolVector) throws(CodecTrouble) -> VectorFinding {
        let decoded = try decoding(v)
        guard decoded.verdict != .fail, v.isCanonical else { return decoded }
        let encoded = try encoding(v)
        switch (decoded.verdict, encoded.verdict) {
        case (.skip, .pass): return VectorFinding(.pass, "not decoded: \(decoded.reason ?? "")")
        case (.pass, .skip): return VectorFinding(.pass, "not encoded: \(encoded.reason ?? "")")
        default: return encoded
        }
    }
    private func decoding(_ v: ProtocolVector) throws(CodecTrouble) -> VectorFinding {
        let bytes = v.vector.bytes
        let wanted = v.vector.values["fields"] ?? .map([])
        switch try ask(v, "decode", [.init("bytes", VectorDocument.hexadecimal(bytes))]) {
        case .skipped(let why): return VectorFinding(.skip, why)
        case .refused(let why):
            return VectorFinding(
                .fail, "it does not decode the bytes: \(why)", wanted: "\(wanted)", had: "an error: \(why)", sent: bytes
            )
        case .result(let had):
            let tree = v.type.map { $0.dissect(bytes) }
            let found = FieldDifference.all(wanted, had, known: tree?.fields(in: bytes.span.bytes))
            guard let first = found.first else { return VectorFinding(.pass) }
            var out = VectorFinding(.fail, "decoded, \(first.text)" + more(found), sent: bytes)
            out.differences = found
            out.marked = tree?.node(first.path)?.range
            return out
        }
    }
    private func encoding(_ v: ProtocolVector) throws(CodecTrouble) -> VectorFinding {
        let wanted = v.vector.bytes
        switch try ask(v, "encode", [.init("fields", v.vector.values["fields"] ?? .map([]))]) {
        case .skipped(let why): return VectorFinding(.skip, why)
        case .refused(let why):
            return VectorFinding(
                .fail, "it does not encode the fields: \(why)", wanted: "0x" + wanted.hex, had: "an error: \(why)")
        case .result(let value):
            guard case .text(let text) = value, let had = Hexadecimal.bytes(text) else {
                return VectorFinding(
                    .fail, "its encoding is not a text of hexadecimal digits", wanted: "0x" + wanted.hex,
                    had: "\(value)")
            }
            return EncodingDifference.finding(wanted, had, v.type)
        }
    }
    private func refusal(_ v: ProtocolVector) throws(CodecTrouble) -> VectorFinding {
        if v.vector.refusedBy == "receiver" {
            return VectorFinding(
                .skip, "a receiver refuses it because of earlier messages, which a codec does not have")
        }
        let bytes = v.vector.bytes
        switch try ask(v, "decode", [.init("bytes", VectorDocument.hexadecimal(bytes))]) {
        case .skipped(let why): return VectorFinding(.skip, why)
        case .refused: return VectorFinding(.pass)
        case .result(let had):
            let due = v.value("error").map { "an error: \($0)" } ?? "an error"
            var out = VectorFinding(
                .fail, "it decodes what it must refuse: \(v.defect)", wanted: due, had: "\(had)", sent: bytes)
            if let offset = v.value("error")?["offset"]?.integer.map({ Int(clamping: $0) }), offset < bytes.count {
                out.marked = offset..<offset + 1
            }
            return out
        }
    }
    private func call(_ v: ProtocolVector) throws(CodecTrouble) -> VectorFinding {
        let wanted = v.vector.values["result"] ?? .null
        switch try ask(v, "call", [.init("arguments", v.vector.values["arguments"] ?? .list([]))]) {
        case .skipped(let why): return VectorFinding(.skip, why)
        case .refused(let why):
            guard v.vector.isAccepted else { return VectorFinding(.pass) }
            return VectorFinding(.fail, "it refuses the call: \(why)", wanted: "\(wanted)", had: "an error: \(why)")
        case .result(let had):
            guard v.vector.isAccepted else {
                return VectorFinding(
                    .fail, "it answers a call that it must refuse", wanted: "an error", had: "\(had)")
            }
            let found = FieldDifference.all(wanted, had)
            guard let first = found.first else { return VectorFinding(.pass) }
            var out = VectorFinding(.fail, first.text + more(found), wanted: "\(wanted)", had: "\(had)")
            out.differences = found
            return out
        }
    }
    private func ask(
        _ v: ProtocolVector, _ op: String, _ members: [Value.Entry]
    ) throws(CodecTrouble) -> CodecAnswer {
        if let why = try codec.begin().lack(op, message: v.message, function: v.vector.function) {
            return .skipped(why)
        }
        var question: [Value.Entry] = [.init("op", .text(op))]
        if let message = v.message { question.append(.init("message", .text(message))) }
        if let function = v.vector.function { question.append(.init("function", .text(function))) }
        if let settings = v.value("settings") { question.append(.init("settings", settings)) }
        return try codec.ask(question + members)
    }
    private func more(_ found: [FieldDifference]) -> String {
        found.count > 1 ? ", and \(found.count - 1) more" : ""
    }
}

extension ProtocolVector {
    /// The reason why the bytes must be refused, as text.
    fileprivate var defect: String {
        let error = value("error")
        guard case .text(let reason)? = error?["reason"] ?? error?["counter"] else {
            return "refused by its \(subject)"
        }
        guard case .text(let path)? = error?["path"], !path.isEmpty else { return reason }
        return "\(reason) at `\(path)`"
    }
    /// True if encoding the fields gives the bytes of the vector. Other bytes can have the same meaning, such as fields
    /// in another order; they are only decoded.
    fileprivate var isCanonical: Bool {
        guard let type else { return true }
        let (encoded, errors) = type.encode(vector.values["fields"] ?? .map([]))
        return errors.isEmpty && EncodingDifference.isSame(vector.bytes, encoded)
    }
}

/// Differences between the bytes that a codec encoded and the bytes of a vector.
enum EncodingDifference {
    /// Returns true for equal bytes. JSON objects are also equal if their members have another order. Of members with
    /// the same name, only the last one counts.
    static func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        if a == b { return true }
        guard let first = object(a), let second = object(b) else { return false }
        return sorted(first) == sorted(second)
    }
    /// Compares the bytes and returns the finding. It names the first byte that differs, and the field at that place if
    /// the message is known.
    static func finding(_ wanted: [UInt8], _ had: [UInt8], _ type: (any Message.Type)?) -> VectorFinding {
        if isSame(wanted, had) { return VectorFinding(.pass) }
        var out = VectorFinding(.fail)
        out.received = had
        if let first = object(wanted), let second = object(had) {
            out.differences = FieldDifference.all(sorted(first), sorted(second))
            out.reason = "encoded, " + (out.differences.first?.text ?? "the object is another one")
            return out
        }
        let offset = zip(wanted, had).enumerated().first { $1.0 != $1.1 }?.offset ?? min(wanted.count, had.count)
        let (path, range) = type.map { leaf(at: offset, $0.dissect(wanted)) } ?? ("", offset..<offset + 1)
        let place = path.isEmpty ? "" : " in `\(path)`"
        func part(_ bytes: [UInt8]) -> String {
            let part = bytes[range.clamped(to: bytes.indices)]
            let digits = "0x" + Array(part.prefix(64)).hex + (part.count > 64 ? "..." : "")
            return part.isEmpty ? FieldDifference.absent : digits
        }
        out.marked = range.clamped(to: had.indices)
        if offset == had.count {
            out.reason = "encoded, the bytes end at offset \(offset)\(place), expected \(wanted.count) of them"
        } else if offset == wanted.count {
            out.reason = "encoded, \(had.count - offset) bytes too many at offset \(offset)"
            out.marked = offset..<had.count
        } else {
            let (one, other) = (Value.bytes([had[offset]]), Value.bytes([wanted[offset]]))
            out.reason = "encoded, the byte at offset \(offset)\(place) is \(one), expected \(other)"
        }
        out.differences = [FieldDifference(path: path, wanted: part(wanted), had: part(had))]
        return out
    }
    /// Returns the field at an offset with its byte range; without a field, only the byte at the offset.
    private static func leaf(at offset: Int, _ tree: Dissection) -> (path: String, range: Range<Int>) {
        let all = tree.nodes
        guard let i = all.indices.last(where: { all[$0].shape == .leaf && all[$0].range.contains(offset) }) else {
            return ("", offset..<offset + 1)
        }
        return (tree.path(of: i), all[i].range)
    }
    private static func object(_ bytes: [UInt8]) -> Value? {
        guard case .map(let members)? = JSON.parse(bytes) else { return nil }
        return .map(members)
    }
    private static func sorted(_ value: Value) -> Value {
        switch value {
        case .map(let members):
            let last = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
            return .map(last.sorted { $0.key < $1.key }.map { Value.Entry($0.key, sorted($0.value)) })
        case .list(let items): return .list(items.map(sorted))
        default: return value
        }
    }
}
