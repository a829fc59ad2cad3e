import Node
import Report

extension Command {
    static let wireshark = Command(
        name: "wireshark", summary: "print a dissector for Wireshark and tshark", operands: "PROTOCOL",
        options: [],
        examples: [
            ("meshspec wireshark nano > ~/.local/lib/wireshark/plugins/nano.lua", "for Wireshark from then on"),
            ("tshark -X lua_script:nano.lua -r capture.pcap -Y nano.publish", "for one reading, with a filter"),
        ],
        notes: """
            It is Lua for Wireshark 3.6 and later, made of the descriptions of the messages that `decode` reads by: the
            same fields, under the same names behind that of the message, such as nano.keepalive.peers.port.
            What is malformed has an expert info. Give tshark -o tcp.reassemble_out_of_order:TRUE where segments may come
            out of order.
            """
    ) { invocation in
        let definition = try invocation.definition()
        do {
            return try Console.print(
                Array(WiresharkDissector.text(definition, version: "meshspec \(Version.current)").utf8))
        } catch let failure as WiresharkDissector.Failure { throw CommandError(failure.description) }
    }
}
