import Node
import Wire

/// The part of a dissector with the tables of types, and the code that reads messages by them.
struct TableDissector {
    let text: String

    /// The protocols that use tables.
    static let names = ["dxos", "gossipsub", "peerpigeon"]
    /// Returns the code for one protocol only.
    private static func own(_ definition: Definition) -> String {
        switch definition.name {
        case "dxos": text(PackageResources.dissector_dxos_lua)
        case "peerpigeon": text(PackageResources.dissector_peerpigeon_lua)
        default: ""
        }
    }
    /// Returns whether the protocol is above streams that both sides can open. These are the layers of libp2p, which
    /// the dissector shows as well.
    private static func isLayered(_ definition: Definition) -> Bool {
        definition.reading.layers?.layers.contains { $0.opensChannels } ?? false
    }
    /// Returns the table of the openings: the field with bytes, by a text beside it.
    private static func openings(_ definition: Definition, _ tables: MessageTables) throws(DissectorFailure) -> String {
        var out = ""
        for (place, fields) in definition.reading.openings.sorted(by: { $0.key < $1.key }) {
            let isKnown = { field in tables.types.values.contains { $0.contains { $0.name == field } } }
            if let field = fields.values.first(where: { !isKnown($0) }) {
                throw DissectorFailure(description: "\(place): no message has a field \(field)")
            }
            out += "openings[\(LuaText.quoted(place))] = " + table(fields)
        }
        return out.isEmpty
            ? "" : "\nlocal openings = {}  -- the field that contains bytes, by a text in the same message\n" + out
    }
    /// Returns a Lua table that maps texts to texts.
    private static func table(_ texts: [String: String]) -> String {
        let rows = texts.sorted { $0.key < $1.key }.map {
            "    [\(LuaText.quoted($0.key))] = \(LuaText.quoted($0.value)),\n"
        }
        return "{\n" + rows.joined() + "}\n"
    }
    /// Returns the Lua function of a message whose fields have neither numbers nor names. For a message after a varint
    /// length, the length and the type are sufficient.
    private static func binary(
        _ type: any Message.Type, _ tables: MessageTables
    ) throws(DissectorFailure) -> String {
        let fields = tables.types[type.name.description] ?? []
        if fields.count == 2, fields[0].name == "length", let content = fields.last, !content.type.isEmpty {
            let (name, inner) = (LuaText.quoted(content.name), LuaText.quoted(content.type))
            return "function(c) c:prefixed(\(name), \(inner)) end"
        }
        let program = type.program()
        // A wrong dissector would be worse than no dissector.
        if let (path, attribute) = program.untold {
            throw DissectorFailure(
                description: "\(program.name): cannot find what `\(attribute)` of \(path) depends on")
        }
        return LuaMessage(program).lines.joined(separator: "\n")
    }
    /// Returns the maximum number of bytes after the length of a message: the limit of its layer, or, if it has no
    /// layer, the limit of the message itself.
    private static func longest<M: Message>(_ type: M.Type, _ layers: LayerStack) -> Int {
        let layer = layers.layers.first { $0.messages.first.map { $0 == type } ?? false }
        let blank = M().encoded()
        guard let place = M.dissect(blank).node("length")?.range else { return 0 }
        func isLegal(_ length: Int) -> Bool {
            var (rest, bytes) = (length, Array(blank[..<place.lowerBound]))
            // The length is a varint, which has one byte in the blank message, or a field of fixed size.
            if place.count == 1 {
                while rest >= 0x80 {
                    bytes.append(UInt8(rest & 0x7f | 0x80))
                    rest >>= 7
                }
                bytes.append(UInt8(rest))
            } else {
                bytes += (0..<place.count).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
            }
            guard let layer else {
                if case .refused = M.prefix(of: bytes.span.bytes) { return false } else { return true }
            }
            var framing = LayerReader(layer).framing(.us)
            if case .refused = framing.next(bytes.span.bytes) { return false } else { return true }
        }
        var (good, bad) = (0, 1 << 31)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if isLegal(middle) { good = middle } else { bad = middle }
        }
        return good
    }
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    init(_ definition: Definition, _ fields: inout LuaFields) throws(DissectorFailure) {
        let isLayered = Self.isLayered(definition)
        let messages = isLayered ? definition.allMessages : definition.messages
        let form = definition.messages.first?.form
        let below = isLayered ? PackageResources.dissector_libp2p_lua : PackageResources.dissector_websocket_lua
        let own = Self.own(definition) + Self.text(below)
        let tables = MessageTables(messages)
        if let type = tables.ambiguous.first(where: { !own.contains("choices[\(LuaText.quoted($0))]") }) {
            throw DissectorFailure(
                description: "\(type): several fields have one number, and nothing shows which one is present; "
                    + "no dissector is written, because it would show such messages wrongly")
        }
        var out = Self.text(
            form == .json ? PackageResources.dissector_json_lua : PackageResources.dissector_protobuf_lua)
        out += "\n-- " + String(repeating: "-", count: 117) + "\n-- Types of messages.\n\n" + tables.lua
        out +=
            isLayered
            ? "\nlocal limits = {}  -- the maximum value of the length of a message\n"
            : "\nlocal members = {}  -- the name of a message, by the number and wire type of its member, or by the text of its type\n"
        for type in messages {
            let name = type.name.description
            fields.add(name, tables)
            guard type.form != .binary else {
                out += "messages[\(LuaText.quoted(name))] = " + (try Self.binary(type, tables)) + "\n"
                let hasLimit =
                    tables.types[name]?.contains { $0.name == "length" && $0.kind == .uint(bits: 32) } ?? false
                if let layers = definition.reading.layers, hasLimit {
                    out += "limits[\(LuaText.quoted(name))] = \(Self.longest(type, layers))\n"
                }
                continue
            }
            let walk = type.form == .json ? "json" : "protobuf"
            out += "messages[\(LuaText.quoted(name))] = function(c) c:\(walk)(\(LuaText.quoted(name))) end\n"
            if let expected = tables.types[name]?.first?.expected {
                out += "members[\(LuaText.quoted(expected))] = \(LuaText.quoted(name))\n"
            }
        }
        // Tests a field of each number and wire type separately.
        for number in UInt8(1)...15 where form == .protobuf && !isLayered {
            for wireType in [UInt8(0), 2] {
                let key = number << 3 | wireType
                var framing = definition.reading.framing(nil)
                guard case .message(let type, _) = framing.next([key, 0].span.bytes), type.describe().count > 1 else {
                    continue
                }
                out += "members[\(key)] = \(LuaText.quoted(type.name.description))\n"
            }
        }
        out += try WiresharkDissector.summaries(messages, &fields, tables)
        out += try Self.openings(definition, tables)
        if let layers = definition.reading.layers, isLayered {
            out += "\n-- The protocol that follows an agreed id, by the id, and by its prefix.\n"
            out += "local by_id = \(Self.table(layers.ids))local by_prefix = \(Self.table(layers.prefixes))"
        }
        text = out + (isLayered ? "" : "local message_in, begins\n") + own
    }
}
