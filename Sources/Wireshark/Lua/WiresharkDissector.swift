internal import Capture
public import Node
import Wire

/// A generator of Wireshark dissectors in Lua from the descriptions of a protocol's messages.
public enum WiresharkDissector {
    /// The protocols for which a dissector can be made.
    public static let names = ["nano", "rightmesh"] + TableDissector.names
    /// Returns the text of the file. `version` is the version of the program that makes it.
    public static func text(_ definition: Definition, version: String) throws(DissectorFailure) -> String {
        var fields = LuaFields()
        let rest =
            TableDissector.names.contains(definition.name)
            ? try tabled(definition, &fields) : try probed(definition, &fields)
        var out = head(definition, version)
        out += findings
        out += core
        out += "\n-- " + String(repeating: "-", count: 117) + "\n-- Fields, as display filters name them.\n\n"
        out += "local names = {}\n" + fields.tables.map { $0 + "\n" }.joined()
        out += "fields[message_field] = ProtoField.string(message_field, \"message\")\n"
        out += fields.declarations.map { $0 + "\n" }.joined() + "protocol.fields = fields\n"
        return out + rest
    }
    /// Returns the text for messages with consecutive fields. Their descriptions are probed.
    private static func probed(_ definition: Definition, _ fields: inout LuaFields) throws(DissectorFailure) -> String {
        let programs = definition.messages.map { $0.program() }
        // A wrong dissector would be worse than no dissector.
        for program in programs {
            if let (path, attribute) = program.untold {
                throw DissectorFailure(
                    description: "\(program.name): cannot find what `\(attribute)` of \(path) depends on; "
                        + "no dissector is written, because it would show such messages wrongly")
            }
        }
        for (type, program) in zip(definition.messages, programs) {
            fields.add(program) { path in if case .bits? = type.field(path)?.meaning { true } else { false } }
        }
        var out = "\n-- " + String(repeating: "-", count: 117) + "\n-- Messages.\n"
        for program in programs {
            out += "\nmessages[\(LuaText.quoted(program.name))] = "
            out += LuaMessage(program).lines.joined(separator: "\n") + "\n"
        }
        out += try summaries(definition.messages, &fields)
        switch (definition.transport, definition.reading.layers) {
        case (.tcp, nil): out += try StreamDissector(definition, programs).text
        case (.udp, _): out += try DatagramDissector(definition, programs).text
        default: throw DissectorFailure(description: "cannot generate a dissector of \(definition.name)")
        }
        return out
    }
    /// Returns the functions that write summaries, and the summaries of these messages. The members of JSON values that
    /// they read become fields of the messages in the tables.
    static func summaries(
        _ messages: [any Message.Type], _ fields: inout LuaFields, _ tables: MessageTables? = nil
    ) throws(DissectorFailure) -> String {
        var out = String(decoding: PackageResources.dissector_summary_lua, as: UTF8.self)
        var members: [String: Set<String>] = [:]
        for type in messages {
            let summary = try LuaSummary(type, &fields)
            if let text = summary.text { out += "\n" + text + "\n" }
            members.merge(summary.members) { $0.union($1) }
        }
        if let tables {
            for type in messages { fields.add(members, of: type.name.description, tables) }
        }
        return out
    }
    /// Returns the texts of the findings that the dissectors report.
    private static var findings: String {
        let kinds: [(name: String, kind: Note.Kind)] = [
            ("duplicate", .duplicate), ("null", .null), ("out_of_order", .outOfOrder), ("non_minimal", .nonMinimal),
            ("skipped", .skipped), ("unknown", .unknown), ("wrong_type", .wrongType),
        ]
        let rows = [Severity.warning, .info].map { severity in
            let texts = kinds.filter { DissectedRecord.severity($0.kind) == severity }.map { name, kind in
                let finding = DissectedRecord.finding(Note(kind: kind, path: "", range: 0..<0))
                return "        \(name) = \(LuaText.quoted(finding.text)),\n"
            }
            return "    \(severity == .warning ? "warning" : "info") = {\n\(texts.joined())    },\n"
        }
        return "\n-- The texts of findings, by their severity.\nlocal finding_texts = {\n\(rows.joined())}\n"
    }
    /// Returns the text for messages whose fields have numbers or names. The fields are listed.
    private static func tabled(_ definition: Definition, _ fields: inout LuaFields) throws(DissectorFailure) -> String {
        try TableDissector(definition, &fields).text
    }
    private static let core = String(decoding: PackageResources.dissector_core_lua, as: UTF8.self)

    private static func head(_ d: Definition, _ version: String) -> String {
        """
        -- \(d.title): a dissector for Wireshark and tshark, 3.6 and later.
        -- Generated by `meshspec wireshark \(d.name)`, \(version), from its message descriptions. Do not edit; generate it again.
        --
        -- To install it, put this file into the folder of personal Lua plugins, which Help > About Wireshark > Folders shows:
        -- ~/.local/lib/wireshark/plugins on Linux and macOS, %APPDATA%\\Wireshark\\plugins on Windows. Then use Analyze >
        -- Reload Lua Plugins. To use it once: tshark -X lua_script:\(d.name).lua -o tcp.reassemble_out_of_order:TRUE -r FILE
        --
        -- Filters are the fields of `meshspec decode`, after the name of the message: \(example(d))
        -- `\(d.name).message_name` is the name itself. The protocol is `meshspec_\(d.name)`, because Wireshark may already
        -- have a protocol of that name.

        local protocol = Proto("meshspec_\(d.name)", \(LuaText.quoted(d.title)))
        local message_field = "\(d.name).message_name"

        """
    }
    private static func example(_ d: Definition) -> String {
        d.messages.first.map { "\($0.name)." + ($0.describe().first?.name ?? "") } ?? ""
    }
}
