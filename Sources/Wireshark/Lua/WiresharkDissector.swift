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
                    description: "\(program.name): on what `\(attribute)` of \(path) depends was not found; "
                        + "no dissector is written, since it would show such messages wrongly")
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
        switch (definition.transport, definition.layers) {
        case (.tcp, nil): out += try StreamDissector(definition, programs).text
        case (.udp, _): out += try DatagramDissector(definition, programs).text
        default: throw DissectorFailure(description: "no dissector of \(definition.name) can be made")
        }
        return out
    }
    /// Returns the text for messages whose fields have numbers or names. The fields are listed.
    private static func tabled(_ definition: Definition, _ fields: inout LuaFields) throws(DissectorFailure) -> String {
        try TableDissector(definition, &fields).text
    }
    private static let core = String(decoding: PackageResources.dissector_core_lua, as: UTF8.self)

    private static func head(_ d: Definition, _ version: String) -> String {
        """
        -- \(d.title): a dissector for Wireshark and tshark, 3.6 and later.
        -- Made by `meshspec wireshark \(d.name)`, \(version), from its descriptions of the messages; to change it, make it again.
        --
        -- To install it, put this file into the folder of personal Lua plugins, which Help > About Wireshark > Folders names:
        -- ~/.local/lib/wireshark/plugins on Linux and macOS, %APPDATA%\\Wireshark\\plugins on Windows. Then Analyze > Reload Lua
        -- Plugins. Or for one reading: tshark -X lua_script:\(d.name).lua -o tcp.reassemble_out_of_order:TRUE -r FILE
        --
        -- Filters are the fields of `meshspec decode`, behind the name of the message: \(example(d))
        -- `\(d.name).message_name` is the name itself; the protocol is `meshspec_\(d.name)`, since Wireshark may have one of that name.

        local protocol = Proto("meshspec_\(d.name)", \(LuaText.quoted(d.title)))
        local message_field = "\(d.name).message_name"

        """
    }
    private static func example(_ d: Definition) -> String {
        d.messages.first.map { "\($0.name)." + ($0.describe().first?.name ?? "") } ?? ""
    }
}
