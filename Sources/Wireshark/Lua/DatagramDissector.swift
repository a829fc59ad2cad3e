import Node
import Wire

/// The part of a dissector that identifies datagrams, and reassembles fragmented messages.
struct DatagramDissector {
    let text: String

    init(_ definition: Definition, _ programs: [Program]) throws(DissectorFailure) {
        guard let parts = definition.reading.datagrams?.parts, let part = parts.first,
            let fragment = programs.first(where: { $0.name == part.name.description })
        else { throw DissectorFailure(description: "messages of \(definition.name) have no fragments") }
        let fields = fragment.beginning(.max)
        var out = "\n-- " + String(repeating: "-", count: 117)
        out += "\n-- The header of each datagram.\n\n"
        out += "local place = {\n"
        for field in fields {
            out += "    \(field.step.name) = { offset = \(field.offset), size = \(field.size) },\n"
        }
        out += "}\nlocal header_size = \(fields.last.map { $0.offset + $0.size } ?? 0)\n"
        out += "local fragment = \(LuaText.quoted(fragment.name))\nlocal by_type = {\n"
        // The type is a constant in whole messages, but not in fragments.
        let open = Set(fields.filter { $0.step.expected == nil }.map(\.step.key))
        for program in programs {
            for field in program.beginning(.max) where open.contains(field.step.key) {
                if case .uint(let number)? = field.step.expected {
                    out += "    [\(number)] = \(LuaText.quoted(program.name)),\n"
                }
            }
        }
        out +=
            "}\n\n-- Returns whether a datagram begins like every datagram of the protocol.\nlocal function begins(tvb)\n    return "
        out += fields.compactMap { field in
            switch field.step.expected {
            case .bytes(let bytes):
                "tvb(\(field.offset), \(field.size)):bytes():tohex():lower() == \"\(LuaText.hex(bytes))\""
            case .uint(let number): "tvb(\(field.offset), \(field.size)):uint() == \(number)"
            default: nil
            }
        }.joined(separator: " and ")
        out +=
            "\nend\nlocal ports = { \(definition.configuration.ports.map { String($0.number) }.joined(separator: ", ")) }\n"
        text = out + String(decoding: PackageResources.dissector_datagram_lua, as: UTF8.self)
    }
}
