import Node
import Wire

/// The part of a dissector that has the tables of types, and what reads by them.
struct TableDissector {
    let text: String

    /// Of a protocol: how its fields are found, and the parts that are its own.
    private static var parts: [String: (form: Form, own: String)] {
        [
            "dxos": (
                .protobuf,
                Self.text(PackageResources.dissector_dxos_lua) + Self.text(PackageResources.dissector_websocket_lua)
            ),
            "peerpigeon": (
                .json,
                Self.text(PackageResources.dissector_peerpigeon_lua)
                    + Self.text(PackageResources.dissector_websocket_lua)
            ),
        ]
    }
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    init(_ definition: Definition, _ fields: inout LuaFields) throws(WiresharkDissector.Failure) {
        guard let (form, own) = Self.parts[definition.name] else {
            throw WiresharkDissector.Failure(description: "no dissector of \(definition.name) can be made")
        }
        let tables = MessageTables(definition.messages)
        if let type = tables.ambiguous.first(where: { !own.contains("choices[\(LuaText.quoted($0))]") }) {
            throw WiresharkDissector.Failure(
                description: "\(type): which of several fields of one number stands there is not told; "
                    + "no dissector is written, since it would show such messages wrongly")
        }
        var out = Self.text(
            form == .json ? PackageResources.dissector_json_lua : PackageResources.dissector_protobuf_lua)
        out += "\n-- " + String(repeating: "-", count: 117) + "\n-- Types of messages.\n\n" + tables.lua
        out +=
            "\nlocal members = {}  -- what a message is, by the number and wire type of its member, or by the text of its type\n"
        for type in definition.messages {
            let name = type.name.description
            fields.add(name, tables)
            guard type.form != .binary else {
                let program = type.program()
                out += "messages[\(LuaText.quoted(name))] = " + LuaMessage(program).lines.joined(separator: "\n") + "\n"
                continue
            }
            let walk = type.form == .json ? "json" : "protobuf"
            out += "messages[\(LuaText.quoted(name))] = function(c) c:\(walk)(\(LuaText.quoted(name))) end\n"
            if let expected = tables.types[name]?.first?.expected {
                out += "members[\(LuaText.quoted(expected))] = \(LuaText.quoted(name))\n"
            }
        }
        // A field of each number and wire type, by itself.
        for number in UInt8(1)...15 where form == .protobuf {
            for wireType in [UInt8(0), 2] {
                let key = number << 3 | wireType
                var framing = definition.framing(nil)
                guard case .message(let type, _) = framing.next([key, 0].span.bytes), type.describe().count > 1 else {
                    continue
                }
                out += "members[\(key)] = \(LuaText.quoted(type.name.description))\n"
            }
        }
        text = out + "local message_in, begins\n" + own
    }
}
