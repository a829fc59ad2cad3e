import Capture
import Node
import TestThreads
import Testing

@testable import meshspec

/// The commands show the comments and names of a capture.
@Suite(.waits) struct CommentTests {
    let folder: Folder
    let path: String
    init() throws {
        folder = try Folder()
        var writer = PcapngWriter(application: "t", comments: ["from the \u{1b}[31mlab"])
        writer.addInterface(.raw, name: "eth7")
        writer.add(names: [
            (Endpoint(v4: 0x0a00_0001, port: 0), "alice\u{1b}[31m"), (Endpoint(v4: 0x0a00_0001, port: 0), "b"),
        ])
        let keepalive = try MonitorTests.encoded("nano.keepalive")
        let made = MadeCapture([keepalive, keepalive, Array(keepalive.prefix(5)), Array(keepalive.dropFirst(5))])
        let comments = [[], ["look \u{1b}[31m\nhere"], [], ["first half"], ["second half", "and more"]]
        for (packet, said) in zip(made.packets, comments) {
            writer.add(packet: packet, at: Timestamp(nanoseconds: 1_000_000_000), comments: said)
        }
        path = try folder.write("a.pcapng", writer.bytes)
    }
    func lines(_ command: String) throws -> [String] {
        let out = try Shell.run("meshspec \(command) '\(path)'")
        #expect(out.status == 0, "\(out.err)")
        #expect(!out.out.contains("\u{1b}"))
        return out.lines
    }
    @Test func packets() throws {
        let line = try lines("decode")
        #expect(line.count == 3)
        #expect(line[0].hasSuffix(#" # look \x1b[31m.."#), "\(line[0])")
        #expect(!line[1].contains(" # "))
        #expect(line[2].hasSuffix(" # first half # second half # and more"))
        for form in ["tree", "hex"] {
            let lines = try lines("decode -o \(form) -Y 'n == 1'")
            #expect(lines.suffix(2) == [#"  # look \x1b[31m"#, "  # here"], "\(lines)")
        }
        let json = try lines("decode -o json")
        #expect(json[0].hasSuffix(#"],"comments":["look \u001b[31m\nhere"]}"#), "\(json[0])")
        #expect(!json[1].contains("comments"))
        #expect(json[2].hasSuffix(#","comments":["first half","second half","and more"]}"#))
    }
    @Test func names() throws {
        let name = #"alice\x1b[31m:40000"#
        #expect(try lines("decode")[0].contains(" 10.0.0.1:40000 > 10.0.0.2:7075 "))
        #expect(try lines("decode -N")[0].contains(" \(name) > 10.0.0.2:7075 "))
        for command in [
            "decode -N -o tree", "decode -N -o hex", "follow -N", "follow -N -p 10.0.0.1", "flow -N", "stats -N",
        ] {
            #expect(try lines(command).contains { $0.contains(name) }, "\(command)")
        }
        // The output for programs has addresses.
        #expect(try lines("decode -N -o json")[0].contains(#""src":"10.0.0.1:40000""#))
        let pipe = try Shell.run("cat '\(path)' | meshspec decode -N -")
        #expect(pipe.failed(.wrongFile, "not a pipe"), "\(pipe.err)")
    }
    @Test func devicesAndSections() throws {
        let table = try lines("stats")
        #expect(table.contains(#"comment    from the \x1b[31mlab"#), "\(table)")
        #expect(table.contains { $0.hasPrefix("device     eth7, RAW") }, "\(table)")
        let json = try lines("stats -o json")[0]
        #expect(
            json.hasSuffix(#","comments":["from the \u001b[31mlab"],"devices":[{"name":"eth7","link":"RAW (12)"}]}"#),
            "\(json)")
        #expect(!(try Shell.run("meshspec stats -o json \(ViewTests.v2)").out.contains("devices")))
    }
}
