import Node
import Wire

/// The part of a dissector that finds messages in a stream. It computes the length of each message from the fields at
/// its beginning.
struct StreamDissector {
    let text: String

    init(_ definition: Definition, _ programs: [Program]) throws(DissectorFailure) {
        var none = definition.reading.framing(nil)
        guard case .needMore(let header) = none.next(RawSpan()) else {
            throw DissectorFailure(description: "messages of \(definition.name) have no header of a fixed size")
        }
        // These messages have a header of their own, and its constants distinguish them.
        let headed = zip(definition.messages, programs).filter { _, program in
            program.beginning(header).contains { $0.step.expected != nil }
        }
        let kinds = headed.first?.1.beginning(header).filter { field in
            field.step.expected != nil
                && Set(headed.map { $0.1.beginning(header).first { $0.step.key == field.step.key }?.step.expected })
                    .count == headed.count
        }
        guard let kind = kinds?.first else {
            throw DissectorFailure(description: "no header field gives the type of a message of \(definition.name)")
        }
        var out = "\n-- " + String(repeating: "-", count: 117)
        out += "\n-- The length of each message, by the fields of its header.\n\n"
        out += "local header_size, type_offset, type_size = \(header), \(kind.offset), \(kind.size)\n"
        out += "local by_type = {}\n"
        for (type, program) in headed {
            guard
                case .uint(let number)? = program.beginning(header).first(where: { $0.step.key == kind.step.key })?.step
                    .expected,
                let frame = program.frame(
                    from: type.blank, header: header, length: { Self.length($0, definition, type) })
            else { continue }
            out += "\nby_type[\(number)] = { name = \(LuaText.quoted(program.name)), length = function(tvb, at)\n"
            out += Self.body(frame)
            out += "end }\n"
        }
        out += try Self.items(definition.messages.filter { type in !headed.contains { $0.0 == type } })
        out +=
            "\nlocal ports = { \(definition.configuration.ports.map { String($0.number) }.joined(separator: ", ")) }\n"
        out += Self.beginning(headed.map(\.1), header)
        out += "\n-- Functions that return the sequence that answers or follows a message, by its name.\n"
        out += "local answers, followers = {}, {}\n"
        guard definition.name == "nano" else {
            throw DissectorFailure(description: "it is not known what follows the messages of \(definition.name)")
        }
        out += String(decoding: PackageResources.dissector_nano_lua, as: UTF8.self)
        out += String(decoding: PackageResources.dissector_stream_lua, as: UTF8.self)
        text = out
    }
    private static func length(_ bytes: [UInt8], _ definition: Definition, _ type: any Message.Type) -> Int? {
        var framing = definition.reading.framing(nil)
        switch framing.next(bytes.span.bytes) {
        case .message(let found, let length): return found == type ? length : nil
        case .needMore(let more): return bytes.count + more
        case .refused: return nil
        }
    }
    private static func body(_ frame: ProgramFrame) -> String {
        var out = ""
        var names: [String: String] = [:]
        let used = Set(frame.length.controls + (frame.accepted?.controls ?? []))
        for control in frame.controls where used.contains(control.key) {
            guard case .number(let bits) = control.source, let place = frame.offsets[control.key] else { continue }
            names[control.key] = control.name
            let order = frame.little.contains(control.key) ? "le_uint" : "uint"
            out += "    local \(control.name) = tvb(at + \(place), \(bits / 8)):\(order)()\n"
        }
        let expression = LuaExpression(names: names)
        if let accepted = frame.accepted, accepted != .constant(1) {
            out += "    if not (\(expression.truth(accepted))) then return nil end\n"
        }
        return out + "    return \(expression.number(frame.length))\n"
    }
    /// Returns the table of the lengths of messages without a header. If the first byte determines the length, the length
    /// is a table as well.
    private static func items(_ messages: [any Message.Type]) throws(DissectorFailure) -> String {
        var out = "\nlocal items = {}  -- the lengths of messages without a header; some depend on their first byte\n"
        for type in messages {
            let sizes = (UInt8.min...UInt8.max).map { type.size(beginningWith: $0) }
            if let size = sizes[0], sizes.allSatisfy({ $0 == size }) {
                out += "items[\(LuaText.quoted(type.name.description))] = \(size)\n"
                continue
            }
            let rows = sizes.enumerated().compactMap { byte, size in size.map { "[\(byte)] = \($0)" } }
            guard !rows.isEmpty else { throw DissectorFailure(description: "\(type.name) has no length") }
            out += "items[\(LuaText.quoted(type.name.description))] = { \(rows.joined(separator: ", ")) }\n"
        }
        return out
    }
    /// Returns the test for the beginning of a message, based on the constants and code points of its header.
    private static func beginning(_ programs: [Program], _ header: Int) -> String {
        var (tables, tests, first): (String, [String], String) = ("", [], "")
        for field in programs.first?.beginning(header) ?? [] {
            guard case .fixed(.code(_, let names), let encoding, let size) = field.step.operation, !names.isEmpty,
                field.step.expected == nil
            else { continue }
            let number = "tvb(at + \(field.offset), \(size)):\(encoding == .little ? "le_uint" : "uint")()"
            if field.offset == 0, encoding == .big {
                let shift = UInt64(8 * (size - 1))
                first = Set(names.map { $0.number >> shift }).sorted().map { "[\($0)] = true" }.joined(separator: ", ")
            }
            let numbers = names.map { "[\($0.number)] = true" }.joined(separator: ", ")
            tables += "local known_\(field.step.name) = { \(numbers) }\n"
            tests.append("known_\(field.step.name)[\(number)]")
        }
        let test = tests.isEmpty ? "true" : tests.joined(separator: "\n        and ")
        return "\n\(tables)-- Returns whether a header has valid values.\n"
            + "local function begins(tvb, at)\n    return \(test)\nend\n"
            + "local first_bytes = { \(first) }  -- the first bytes of headers\n"
    }
}

extension Message {
    /// The bytes of a message with default values in all fields.
    fileprivate static var blank: [UInt8] { Self().encoded() }
    /// Returns the length of a message of this first byte and zeros; nil if no message begins so.
    fileprivate static func size(beginningWith first: UInt8) -> Int? {
        var bytes = [first]
        while true {
            switch prefix(of: bytes.span.bytes) {
            case .message(_, let consumed): return consumed
            case .needMore(let more): bytes += [UInt8](repeating: 0, count: more)
            case .refused: return nil
            }
        }
    }
}
