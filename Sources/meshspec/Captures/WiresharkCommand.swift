import Node
import Wire
import Wireshark

extension Command {
    static let wireshark = Command(
        name: "wireshark", summary: "print a dissector for Wireshark and tshark", operands: "PROTOCOL",
        options: [],
        examples: [
            ("meshspec wireshark nano > ~/.local/lib/wireshark/plugins/nano.lua", "install it for Wireshark"),
            ("meshspec wireshark nano > nano.lua", "use it once: tshark -X lua_script:nano.lua -r FILE"),
        ],
        notes: """
            The dissector is Lua for Wireshark 3.6 and later. It is generated from the message descriptions of `decode`
            and has the same fields, named after the message and the field, such as nano.keepalive.peers.port. A
            malformed message has an expert info. Give tshark -o tcp.reassemble_out_of_order:TRUE if segments may arrive
            out of order.
            """
    ) { invocation in
        let possible = Registry.all.filter { WiresharkDissector.names.contains($0.name) }
        let name = try invocation.definition(of: possible).name
        guard let definition = possible.first(where: { $0.name == name }) else {
            let names = NearestName.choice(possible.map(\.name))
            throw CommandError(.unknownProtocol, "there is no dissector of `\(name)`", remedy: "use \(names)")
        }
        return try Console.print(
            Array(WiresharkDissector.text(definition, version: "meshspec \(Version.current)").utf8))
    }
}
