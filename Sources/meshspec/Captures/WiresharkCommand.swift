import Node
import Report
import Wireshark

extension Command {
    static let wireshark = Command(
        name: "wireshark", summary: "print a dissector for Wireshark and tshark", operands: "PROTOCOL",
        options: [],
        examples: [
            ("meshspec wireshark nano > ~/.local/lib/wireshark/plugins/nano.lua", "for Wireshark from then on"),
            ("meshspec wireshark nano > nano.lua", "for one reading: tshark -X lua_script:nano.lua -r FILE"),
        ],
        notes: """
            It is Lua for Wireshark 3.6 and later, made of the descriptions of the messages that `decode` reads by: the
            same fields, under the same names behind that of the message, such as nano.keepalive.peers.port.
            What is malformed has an expert info. Give tshark -o tcp.reassemble_out_of_order:TRUE where segments may come
            out of order.
            """
    ) { invocation in
        let possible = Registry.definitions.filter { WiresharkDissector.names.contains($0.name) }
        let definition = try invocation.definition(of: possible)
        guard possible.contains(where: { $0.name == definition.name }) else {
            let names = possible.map(\.name).joined(separator: ", ")
            throw UsageError("there is no dissector of `\(definition.name)`, but of \(names)")
        }
        do {
            return try Console.print(
                Array(WiresharkDissector.text(definition, version: "meshspec \(Version.current)").utf8))
        } catch let failure as DissectorFailure { throw CommandError(failure.description) }
    }
}
