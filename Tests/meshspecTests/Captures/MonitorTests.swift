import Glibc
import Nano
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `--monitor` and `--verify` judge the traffic of other programs.
@Suite(.waits) struct MonitorTests {
    static let v2 = ViewTests.v2
    static let bug = ViewTests.bug
    let folder: Folder
    init() throws { folder = try Folder() }

    func monitor(_ arguments: String) throws -> Shell.Outcome {
        try Shell.run("meshspec decode --monitor \(arguments)")
    }
    func capture(_ pieces: [[UInt8]], opened: Bool = true) throws -> String {
        try folder.write("made.pcap", MadeCapture(pieces, opened: opened).pcap)
    }
    static func encoded(_ name: String, _ fields: Value = .map([])) throws -> [UInt8] {
        let type = try #require(Definition.nano.message(name))
        let (bytes, errors) = type.encode(fields)
        try #require(errors == [])
        return bytes
    }

    @Test func goodTraffic() throws {
        let out = try monitor(Self.v2)
        #expect(out.status == 0, "\(out.err)")
        #expect(out.out == "")
        #expect(
            out.err.contains("meshspec: 0 violations and 0 warnings in 46 messages of 2 connections\n"), "\(out.err)")
        #expect(out.err.contains("meshspec: pass: no requirement was violated (judged: 100.0 % of "), "\(out.err)")
    }
    @Test func violations() throws {
        let out = try monitor(Self.bug)
        #expect(out.status == 1)
        #expect(out.lines.count == 9 && out.lines.allSatisfy { $0.contains("violation") })
        #expect(out.err.contains("9 violations and "))
        #expect(out.err.contains("\nmeshspec:   violation  form        MUST    4  first #4 "), "\(out.err)")
        #expect(out.err.contains("\nmeshspec:   violation  NANO-16     MUST    2  first #2 "))
        #expect(out.err.contains("\nmeshspec:   violation  NANO-25     MUST    2  first #11 "))
        #expect(out.err.contains("meshspec: fail: a MUST was violated (judged: 100.0 % of "), "\(out.err)")
        #expect(try monitor("-o none \(Self.bug)").out == "")
        #expect(try monitor("-o json \(Self.bug)").lines.allSatisfy { $0.hasPrefix("{") && $0.contains("violation") })
        #expect(try Shell.run("meshspec decode -o none \(Self.bug)").status == 2)
    }
    /// No requirement is about WebRTC, so a pass would say too much.
    @Test func judgesNothingOfWebRTC() throws {
        let name = "Captures/webrtc/aiortc-sketch"
        let out = try monitor("-o none --keylog \(name).keys \(name).pcap")
        #expect(out.status == 5 && out.err.contains("nothing to judge"), "\(out.err)")
        #expect(out.err.contains(" messages of webrtc, for which there are no requirements\n"), "\(out.err)")
    }
    /// A filter selects both the judged and the shown messages.
    @Test func filters() throws {
        let one = try monitor("-Y 'n == 1' \(Self.bug)")
        #expect(one.status == 0 && one.lines.count == 1, "\(one.err)")
        #expect(one.err.contains("in 1 message that match the filter"))
        let none = try monitor("-Y 'n > 1000' \(Self.bug)")
        #expect(none.status == 5 && none.err.contains("nothing to judge"), "\(none.err)")
    }
    /// The monitor also reports a violation in a damaged capture. A damaged capture without a violation is
    /// inconclusive.
    @Test func damaged() throws {
        let fail = try Shell.run("head -c 3800 \(Self.bug) | meshspec decode --monitor -")
        #expect(fail.status == 1 && fail.err.contains("the capture ends inside"), "\(fail.err)")
        let open = try Shell.run("head -c 5000 \(Self.v2) | meshspec decode --monitor -")
        #expect(open.status == 6 && open.err.contains("meshspec: inconclusive: "), "\(open.err)")
        #expect(try Shell.run("head -c 24 \(Self.v2) | meshspec decode --monitor -").status == 5)
        #expect(try monitor("missing.pcap").status == 4)
        #expect(try monitor("--spec /nonexistent \(Self.v2)").status == 4)
        #expect(try monitor("--monitor=1 \(Self.v2)").status == 2)
    }
    /// The verdict does not depend on the reader of the records.
    @Test func readerGoesAway() throws {
        let out = try Shell.run("bash -c 'meshspec decode --monitor \(Self.bug) | true; exit ${PIPESTATUS[0]}'")
        #expect(out.status == 1 && out.err.contains("fail: "), "\(out.err)")
    }
    /// The monitor verifies signatures only on request.
    @Test func contents() throws {
        let path = try capture([try Self.encoded("nano.keepalive"), try Self.encoded("nano.confirm_ack")])
        func violations(_ command: String) throws -> Int {
            let out = try Shell.run("meshspec " + command)
            return (out.out + out.err).split(separator: "\n").count { $0.contains("NANO-67") && $0.hasPrefix("#") }
        }
        #expect(try violations("decode \(path)") == 0)
        #expect(try violations("decode --verify \(path)") == 1)
        #expect(try violations("decode --monitor \(path)") == 1)
        #expect(try violations("follow -p 10.0.0.1 --verify \(path)") == 1)
        #expect(try Shell.run("meshspec stats --verify -o json \(path)").out.contains(#""notes":{"violation":1,"#))
        #expect(try Shell.run("meshspec stats -o json \(path)").out.contains(#""notes":{"violation":0,"#))
        #expect(try monitor(path).status == 1)
    }
    /// The monitor reports what it could not judge.
    @Test func metInTheMiddle() throws {
        let out = try monitor(try capture([try Self.encoded("nano.keepalive")], opened: false))
        #expect(out.status == 0, "\(out.err)")
        #expect(out.err.contains("not judged:\nmeshspec:   1 connection captured from the middle"), "\(out.err)")
        let unknown = try monitor(try capture([Array("GET / HTTP/1.1\r\n\r\n".utf8)]))
        #expect(unknown.status == 0 && unknown.err.contains("warn: no MUST was violated"), "\(unknown.err)")
        #expect(unknown.out.contains("unless another protocol is spoken here"))
    }
    /// After a stream changes to another protocol, its bytes are unknown. The report names the place.
    @Test func protocolSwitch() throws {
        let http = [UInt8](repeating: UInt8(ascii: "x"), count: 60_000)
        let keepalive = try Self.encoded("nano.keepalive")
        let path = try capture([keepalive] + [[UInt8]](repeating: http, count: 8) + [keepalive])
        let out = try Shell.run("meshspec decode \(path)")
        #expect(out.status == 0, "\(out.err)")
        #expect(out.lines.count { $0.contains("7075 nano.keepalive") } == 1)
        #expect(
            out.err.contains("tcp 10.0.0.1:40000 - 10.0.0.2:7075 (flow 1) is no longer nano")
                && out.err.contains("from offset \(keepalive.count) of what 10.0.0.1:40000 sends (frame 3)"),
            "\(out.err)")
        // A rule of the user takes precedence.
        let claimed = try Shell.run("meshspec decode -d tcp.port==7075,nano \(path)")
        #expect(claimed.lines.count { $0.contains("7075 nano.keepalive") } == 2)
        #expect(claimed.err.contains("a rule selects nano"), "\(claimed.err)")
    }
    /// Returns a block of pcapng.
    func block(_ type: Int, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
        let length = MadeCapture.le(padded.count + 12)
        return MadeCapture.le(type) + length + padded + length
    }
    /// If the file reports dropped packets, a capture without violations gives no verdict.
    @Test func droppedWhileCapturing() throws {
        let query = try Self.encoded(
            "nano.node_id_handshake", .map([.init("query", .bytes([UInt8](repeating: 1, count: 32)))]))
        var file = block(0x0a0d_0d0a, MadeCapture.le(0x1a2b_3c4d) + [1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8))
        file += block(1, [101, 0, 0, 0] + MadeCapture.le(0))
        for packet in MadeCapture([query]).packets {
            let size = MadeCapture.le(packet.count)
            file += block(6, MadeCapture.le(0) + MadeCapture.le(0) + MadeCapture.le(0) + size + size + packet)
        }
        func dropped(_ count: Int, _ code: UInt8) -> [UInt8] {
            let option = [code, 0, 8, 0] + MadeCapture.le(count) + MadeCapture.le(0) + MadeCapture.le(0)
            return block(5, MadeCapture.le(0) + MadeCapture.le(0) + MadeCapture.le(0) + option)
        }
        for (rest, status) in [([], 0), (dropped(0, 5), 0), (dropped(3, 5), 6), (dropped(1, 7), 6)] {
            let out = try monitor(try folder.write("dropped.pcapng", file + rest))
            #expect(out.status == status, "\(out.err)")
        }
    }
    /// Invalid times in a capture cause no trap in any command.
    @Test func hugeTimes() throws {
        let pcap = try Files.read("Captures/rightmesh/rightmesh-three-superpeers.pcap")
        var file = block(0x0a0d_0d0a, MadeCapture.le(0x1a2b_3c4d) + [1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8))
        file += block(1, Array(pcap[20..<22]) + [0, 0] + MadeCapture.le(0))
        var at = 24
        for n in 0..<400 where at + 16 <= pcap.count {
            let size = (0..<4).reduce(0) { $0 | Int(pcap[at + 8 + $1]) << (8 * $1) }
            let time = [UInt8](repeating: n % 3 == 0 ? 0 : 0xff, count: 8)
            file += block(
                6,
                MadeCapture.le(0) + time + MadeCapture.le(size) + MadeCapture.le(size) + pcap[at + 16..<at + 16 + size])
            at += 16 + size
        }
        let path = try folder.write("huge.pcapng", file)
        for command in ["decode --monitor", "decode --verify -o json", "stats --verify"] {
            let out = try Shell.run("meshspec \(command) \(path)")
            #expect([0, 1, 6].contains(out.status), "\(command): \(out.err.suffix(500))")
        }
    }
    /// If the other side acknowledged bytes that the capture lacks, the captured part gives no verdict.
    @Test func acknowledgedAndMissing() throws {
        var made = MadeCapture([
            try Self.encoded("nano.node_id_handshake", .map([.init("query", .bytes([UInt8](repeating: 1, count: 32)))]))
        ])
        let whole = try monitor(try folder.write("whole.pcap", made.pcap))
        #expect(whole.status == 0, "\(whole.err)")
        made.acknowledge(5000)
        let out = try monitor(try folder.write("lacking.pcap", made.pcap))
        #expect(out.status == 6 && out.err.contains("bytes of the conversations are missing"), "\(out.err)")
    }
    /// A conversation without a handshake, from its first packet.
    @Test func withoutAHandshake() throws {
        let version = ["version_max", "version_using", "version_min"].map { Value.Entry($0, .uint(21)) }
        var made = MadeCapture([try Self.encoded("nano.keepalive", .map(version))])
        made.accept()
        let out = try monitor(try folder.write("made.pcap", made.pcap))
        #expect(out.status == 1 && out.err.contains("violation  NANO-40"), "\(out.err)")
    }
    /// The monitor judges the loopback traffic of a live node with a seeded fault. No harness is in the path of the
    /// traffic.
    @Test(.enabled(if: CaptureCommandTests.mayCapture)) func live() throws {
        let node = try NodeTests.Running("--bug signature-over-wrong-bytes")
        let port = node.address.split(separator: ":").last ?? ""
        let script = try folder.write(
            "live",
            "meshspec capture -i lo -f 'tcp port \(port)' -d tcp.port==\(port),nano --monitor --duration 20 "
                + ">'\(folder.path)/out' 2>'\(folder.path)/err' & p=$!\n"
                + "while ! grep -q 'capturing from' '\(folder.path)/err'; do sleep 0.05; done\n"
                + "meshspec run --target \(node.address) nano.handshake.v2-signature >/dev/null 2>&1\n"
                // The output is written line by line, so it is visible before the end.
                + "for i in $(seq 100); do grep -q NANO-18 '\(folder.path)/out' && break; sleep 0.05; done\n"
                + "grep -c NANO-18 '\(folder.path)/out'; kill -INT $p; wait $p\n")
        let out = try Shell.run("bash '\(script)'")
        #expect(out.status == 1, "\(folder.text("err"))")
        #expect(Int(out.lines.first ?? "") ?? 0 > 0)
        #expect(folder.text("err").contains("violation  NANO-18     MUST"), "\(folder.text("err"))")
    }
}
