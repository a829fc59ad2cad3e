import TestThreads
import Testing

/// Filters, outputs and views on the command line.
@Suite(.waits) struct ViewTests {
    static let v2 = "Captures/nano/nano-node-light-v2.pcap"
    static let bug = "Captures/nano/nano-node-light-responder-bug.pcap"
    static let relay = "Captures/websocket/relay.pcap"

    /// Each message is a comment, regardless of the number of its packets and relays.
    @Test func everyMessageIsAComment() throws {
        let capture = "Captures/rightmesh/rightmesh-three-superpeers.pcap"
        let count = try Shell.run("meshspec decode -o json \(capture) | wc -l").out
        let made = try Shell.run(
            "meshspec decode -o pcapng \(capture) | grep -aoE 'rightmesh\\.[a-z_]+ [0-9]+ bytes' | wc -l")
        #expect(made.out == count && made.err == "", "\(made.err)")
        #expect(Int(count.filter(\.isNumber)) ?? 0 > 700)
    }
    @Test(
        arguments: [
            ("decode -Y nano.keepalive \(v2)", 0, 9), ("decode -Y violation \(bug)", 0, 9),
            ("decode -o fields=n,message -Y 'response or peers' \(v2)", 0, 14),
            ("decode -o fields-csv=n,message \(bug) | tr -d '\\r'", 0, 15), ("decode -Y 'n > 1000' \(v2)", 0, 0),
            ("follow \(v2)", 0, 2), ("follow -p aebc0c99 -Y nano.keepalive \(v2)", 0, 6),
            ("follow -p aebc0c99 -o json \(v2)", 0, 25), ("follow -p 10.0.0.1 \(v2)", 0, 0), ("flow \(bug)", 0, 14),
            ("flow --limit 3 \(bug)", 0, 4), ("flow -Y 'flow == 1' \(bug)", 0, 4), ("diff \(v2) \(v2)", 0, 1),
            ("diff \(v2)#4 \(v2)#11", 1, 5), ("diff --json --ignore peers \(v2)#4 \(v2)#11", 0, 1),
            ("decode \(relay)", 0, 31), ("decode --layers \(relay)", 0, 47), ("flow \(relay)", 0, 31),
            ("flow --layers \(relay)", 0, 47), ("decode -Y 'path == websocket/plain' \(relay)", 0, 13),
            ("stats -Y nano.keepalive -o json \(v2)", 0, 1), ("diff \(v2) \(v2)#4", 2, 0),
            ("diff \(v2) README.md", 2, 0),
            ("diff --ignore pers \(v2) \(v2)", 2, 0), ("follow -p nobody \(v2)", 2, 0), ("follow missing.pcap", 4, 0),
            ("decode -o fields=n,mesage \(v2)", 2, 0), ("decode -o fields \(v2)", 2, 0), ("decode -o lin \(v2)", 2, 0),
            ("diff \(v2)#4 \(v2)#999", 4, 0), ("view \(v2)", 2, 0), ("diff --ignore peers README.md README.md", 2, 0),
        ] as [(String, Int32, Int)])
    func outcome(_ command: String, _ status: Int32, _ lines: Int) throws {
        let out = try Shell.run("meshspec " + command)
        #expect(out.status == status, "\(out.err)")
        #expect(out.lines.count == lines, "\(out.out)")
        #expect(lines > 0 || !out.err.isEmpty)
    }
    @Test func caret() throws {
        let out = try Shell.run("meshspec decode -Y 'n == 1 and nano.keepaliv' \(Self.v2)")
        #expect(out.status == 2)
        #expect(
            out.err.hasPrefix(
                """
                meshspec decode: -Y: nothing is called `nano.keepaliv`, did you mean `nano.keepalive`? [MS1012]
                  n == 1 and nano.keepaliv
                             ^^^^^^^^^^^^^
                """))
        let hostile = try Shell.run("meshspec decode -Y \"$(printf 'a\\033[31m')\" \(Self.v2)")
        #expect(hostile.status == 2 && !hostile.err.contains("\u{1b}"))
    }
    /// The commands work through a pipe, and read their own output.
    @Test func pipes() throws {
        let again = try Shell.run(
            "cat \(Self.v2) | meshspec decode -o pcapng -Y nano.keepalive - | meshspec stats -o json -")
        #expect(again.out.contains(#""messages":{"nano.keepalive":9}"#), "\(again.out)\(again.err)")
        #expect(again.out.hasPrefix(#"{"packets":9,"#))
        let spooled = try Shell.run("cat \(Self.v2) | meshspec follow -p 127.0.0.1:7076 -o json -")
        #expect(spooled.status == 0 && spooled.lines.count == 21)
        let gone = try Shell.run(
            "meshspec decode -o hex \(Self.v2) | head -1", variables: "LC_ALL=C.UTF-8")
        #expect(gone.lines.count == 1 && gone.err.isEmpty)
    }
    @Test func asciiLadder() throws {
        let out = try Shell.run("meshspec flow -Y 'n == 1' \(Self.bug)", variables: "LC_ALL=C")
        #expect(
            out.out == "127.0.0.1:39168 - handshake V2: query 5e87c6f7.. -> 127.0.0.1:7076  +0.004731 s  #1\n")
    }
}
