import Glibc
import TestThreads
import Testing

@testable import meshspec

/// Hostile captures and arguments for the built program. The tests check its exit status and its messages, and that
/// neither memory nor the stack overflows.
@Suite(.waits) struct BadInputTests {
    let folder: Folder
    init() throws { folder = try Folder() }

    static let readers = [
        "decode", "decode -o tree", "decode -o json", "decode -o hex", "stats", "stats -o json", "follow", "flow",
    ]
    /// Limits in KiB. The program itself takes about half of the address space. The second limit is the stack.
    static let limits = "ulimit -v 800000; ulimit -s 512; "

    static func little(_ n: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: n >> (8 * $0)) } }
    static func big16(_ n: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n)] }
    static func big32(_ n: UInt32) -> [UInt8] { little(n).reversed() }
    /// Returns a pcap file of raw IP packets.
    static func pcap(_ packets: [[UInt8]], snap: UInt32 = 262_144) -> [UInt8] {
        var out = little(0xa1b2_c3d4) + [2, 0, 4, 0] + little(0) + little(0) + little(snap) + little(101)
        for (i, p) in packets.enumerated() {
            let time = little(UInt32(i / 100_000)) + little(UInt32(i % 100_000))
            out += time + little(UInt32(p.count)) + little(UInt32(p.count)) + p
        }
        return out
    }
    /// Returns a segment of a connection to the port of Nano.
    static func segment(_ sequence: UInt32, _ payload: [UInt8], flags: UInt8 = 0x10) -> [UInt8] {
        [0x45, 0] + big16(40 + payload.count) + [0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
            + big16(40_000) + big16(7075) + big32(sequence) + big32(1) + [0x50, flags, 1, 0, 0, 0, 0, 0] + payload
    }
    static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
        let length = little(UInt32(padded.count + 12))
        return little(type) + length + padded + length
    }
    static func option(_ code: UInt8, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [code, 0, UInt8(bytes.count), 0] + bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
    }
    /// A keepalive without peers.
    static let keepalive: [UInt8] = [0x52, 0x43, 0x15, 0x15, 0x14, 2, 0, 0] + [UInt8](repeating: 0, count: 144)

    /// Runs each command on a file and returns their standard error.
    func read(_ bytes: [UInt8], status: Int32, _ name: String = "x.pcap") throws -> [String] {
        let path = try folder.write(name, bytes)
        return try Self.readers.map { reader in
            let out = try Shell.run("\(Self.limits) meshspec \(reader) '\(path)'")
            #expect(out.status == status, "\(reader): \(out.status) \(out.err.prefix(300))")
            return out.err
        }
    }

    @Test func anyBytes() throws {
        let noise = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
        for (bytes, why) in [
            ([], "empty"), (noise, "x.pcap"), (Array("version: 1\n".utf8), "x.pcap"),
        ] {
            #expect(try read(bytes, status: 4).allSatisfy { Diagnostics.have(.notACapture, why, in: $0) })
        }
        #expect(try read(Array(Self.pcap([]).prefix(20)), status: 4).allSatisfy { !$0.isEmpty })
    }
    @Test func recordOfFourGiB() throws {
        for snap in [262_144, UInt32.max] {
            let lie =
                Self.pcap([Self.segment(1, Self.keepalive)], snap: snap) + Self.little(0) + Self.little(0)
                + Self.little(.max) + Self.little(.max) + [UInt8](repeating: 1, count: 1000)
            let told = try read(lie, status: 1)
            #expect(told.allSatisfy { Diagnostics.have(.damagedCapture, "packet 2: ", in: $0) }, "\(told)")
        }
    }
    @Test func fragmentsThatAreNeverWhole() throws {
        let packets = (0..<65_535).map { i in
            [0x45, 0] + Self.big16(420) + Self.big16(i) + [0x20, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
                + [UInt8](repeating: 7, count: 400)
        }
        let path = try folder.write("fragments.pcap", Self.pcap(packets))
        for reader in ["decode", "stats"] {
            let out = try Shell.run("ulimit -v 400000; meshspec \(reader) '\(path)'")
            #expect(out.status == 1, "\(out.status) \(out.err)")
            #expect(out.err.contains("65535 IP packets with missing fragments"))
        }
    }
    /// The segments overlap around the end of the sequence numbers. The first bytes that arrived count.
    @Test func overlappingLies() throws {
        var lie = Self.keepalive
        lie[20] = 9
        let first: UInt32 = 0xffff_ffc0
        let packets = [
            Self.segment(first &- 1, [], flags: 2), Self.segment(first, Array(Self.keepalive.prefix(100))),
            Self.segment(first &+ 10, Array(lie[10...])), Self.segment(first, lie),
            Self.segment(first &+ 152, Self.keepalive), Self.segment(first &- 5000, lie),
            Self.segment(first &+ 0x7000_0000, Self.keepalive, flags: 1),
        ]
        let told = try read(Self.pcap(packets), status: 1)
        #expect(told.allSatisfy { $0.contains("bytes of the conversations are missing") })
        let json = try Shell.run("meshspec decode -o json '\(folder.path)/x.pcap'").lines
        #expect(json.count { $0.contains(#""message":"nano.keepalive","length":152"#) } == 3, "\(json)")
        #expect(json[0].contains(#""port":0}"#) && !json[0].contains("000000000900"), "\(json)")
        #expect(json.contains { $0.contains("bytes were repeated with different content") })
    }
    @Test func aThousandSections() throws {
        var bytes: [UInt8] = []
        for i in 0..<1000 as Range<UInt32> {
            bytes += Self.block(
                0x0a0d_0d0a, Self.little(0x1a2b_3c4d) + [1, 0, 0, 0] + [UInt8](repeating: 255, count: 8))
            bytes += Self.block(1, [101, 0, 0, 0] + Self.little(0))
            let p = Self.segment(1 + i * 152, Self.keepalive)
            let size = Self.little(UInt32(p.count))
            bytes += Self.block(6, Self.little(0) + Self.little(0) + Self.little(i) + size + size + p)
        }
        #expect(try read(bytes, status: 0).allSatisfy { $0 == "" })
        let out = try Shell.run("meshspec stats -o json '\(folder.path)/x.pcap'").out
        #expect(out.contains(#""messages":{"nano.keepalive":1000}"#) && out.contains(#""packets":1000"#))
    }
    @Test func streamThatFlipsItsProtocol() throws {
        let other = Array(String(repeating: "GET / HTTP/1.1\r\n", count: 80).utf8)
        var packets = [Self.segment(0, [], flags: 2), Self.segment(1, Self.keepalive)]
        for i in 0..<300 { packets.append(Self.segment(UInt32(153 + i * other.count), other)) }
        let told = try read(Self.pcap(packets), status: 0)
        #expect(told[0].contains("tcp 10.0.0.1:40000 - 10.0.0.2:7075 (flow 1) is no longer nano"), "\(told[0])")
        #expect(told[0].contains("from offset 152 of what 10.0.0.1:40000 sends (frame 3)"), "\(told[0])")
        let stats = try Shell.run("meshspec stats -o json '\(folder.path)/x.pcap'").out
        #expect(stats.contains(#""unknown":1"#) && stats.contains(#""explained":152}"#), "\(stats)")
    }
    /// Text from a capture, a path or a filter never moves the cursor or changes the text direction.
    @Test func escapesAndDirections() throws {
        let evil = "\u{1b}[31mred\u{7}\u{9b}2J \u{202e}gnp.exe\u{2066}\u{7f}"
        var bytes = Self.block(
            0x0a0d_0d0a,
            Self.little(0x1a2b_3c4d) + [1, 0, 0, 0] + [UInt8](repeating: 255, count: 8) + Self.option(1, evil)
                + Self.option(4, evil))
        bytes += Self.block(1, [101, 0, 0, 0] + Self.little(0) + Self.option(2, evil) + Self.option(3, evil))
        let name = Array(evil.utf8)
        bytes += Self.block(
            4,
            [1, 0, UInt8(name.count + 5), 0, 10, 0, 0, 1] + name + [0]
                + [UInt8](repeating: 0, count: -(name.count + 5) & 3) + [0, 0, 0, 0])
        for (i, payload) in [Self.keepalive, Array(evil.utf8), Self.keepalive].enumerated() {
            let at = [0, 152, 152 + evil.utf8.count][i]
            let p = Self.segment(UInt32(1 + at), payload)
            let size = Self.little(UInt32(p.count))
            let time = Self.little(0) + Self.little(UInt32(i))
            bytes += Self.block(
                6,
                Self.little(0) + time + size + size + p + [UInt8](repeating: 0, count: -p.count & 3)
                    + Self.option(1, evil))
        }
        let path = try folder.write("\u{1b}[2J\u{202e}.pcapng", bytes)
        let more = ["decode -o fields=time,src,message,notes.text", "flow -o svg", "flow -o mermaid"]
        for reader in Self.readers + more {
            let out = try Shell.run("meshspec \(reader) '\(path)'")
            #expect(out.status == 0 && !out.out.isEmpty, "\(reader): \(out.status) \(out.err)")
            for c in (out.out + out.err).unicodeScalars {
                let isBad =
                    c.value < 0x20 && c != "\n" && c != "\t" || (0x7f..<0xa0).contains(c.value)
                    || [0x202e, 0x2066].contains(c.value)
                #expect(!isBad, "\(reader): U+\(String(c.value, radix: 16))")
            }
        }
        let nobody = try Shell.run("meshspec decode '/nowhere/\(evil)' ; meshspec decode -Y 'n == \(evil)' '\(path)'")
        #expect(
            nobody.err.contains("\\u{1b}[31mred") && !nobody.err.contains("\u{1b}") && !nobody.err.contains("\u{202e}"))
    }
    /// The command gives an answer or an error, and a stack of 512 KiB does not overflow. Threads have the same size of
    /// stack.
    @Test(arguments: [50, 1000, 10_000]) func nestedParentheses(_ depth: Int) throws {
        func nested(_ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + "n == 1" + String(repeating: close, count: depth)
        }
        let capture = "Captures/nano/nano-node-light-v2.pcap"
        for filter in [
            nested("(", ")"), nested("not ", ""), nested("(", ""), nested("", ")"), nested("n == 2 or ", ""),
        ] {
            let file = try folder.write("filter", filter)
            let out = try Shell.run("\(Self.limits) meshspec decode -o json -Y \"$(cat '\(file)')\" \(capture)")
            #expect([0, 2].contains(out.status), "\(filter.prefix(10)): \(out.status)")
            if out.status == 2 {
                #expect(out.err.hasPrefix("meshspec decode: -Y: ") && out.err.contains("^"), "\(out.err)")
            }
            if depth == 50, out.status == 0 { #expect(out.out.contains(#"{"n":1,"#) || !filter.hasPrefix("(")) }
            if depth > 50, filter.hasPrefix("(") { #expect(out.status == 2) }
        }
    }
    @Test func permissionDenied() throws {
        let path = try folder.write("secret.pcap", Self.pcap([Self.segment(1, Self.keepalive)]))
        _ = try Shell.run("chmod 000 '\(path)'; chmod 755 '\(folder.path)'")
        // Root may read everything, so another user runs the test with a program that it may start.
        let before = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
        if geteuid() == 0, access("/usr/bin/setpriv", X_OK) != 0 { return }
        for reader in Self.readers {
            let out = try Shell.run(
                "cp \"$(command -v meshspec)\" '\(folder.path)/program' && chmod 755 '\(folder.path)/program' && "
                    + "\(before)'\(folder.path)/program' \(reader) '\(path)'")
            #expect(out.failed(.cannotRead, "secret.pcap"), "\(out.status) \(out.err)")
            #expect(out.out == "")
        }
    }
}
