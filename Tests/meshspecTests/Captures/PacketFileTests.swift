import Testing

@testable import meshspec

/// `decode -w` writes the packets of messages unchanged.
struct PacketFileTests {
    let capture = "'\(DecodeTests.capture)'"

    /// The written file gives the same messages in the same frames, and the same filter works on it.
    @Test func originals() throws {
        let folder = try Folder()
        let out = "'\(folder.path)/out.pcapng'"
        let filter = "-Y nano.node_id_handshake"
        let written = try Shell.run("meshspec decode -w \(out) \(filter) \(capture)")
        #expect(written.status == 0 && written.out.isEmpty && written.err.isEmpty, "\(written.err)")
        let whole = try Shell.run("meshspec decode \(filter) -o fields=src,message,frame.number \(capture)")
        let again = try Shell.run("meshspec decode \(filter) -o fields=src,message,frame.number \(out)")
        #expect(!whole.lines.isEmpty && again.lines == whole.lines, "\(again.err)")
        let last = try #require(whole.lines.last?.split(separator: "\t").last)
        let one = try Shell.run("meshspec decode -o fields=message -Y 'frame.number == \(last)' \(out)")
        #expect(one.lines.count >= 2, "\(one.err)")
        // Frame numbers remain the same when the written file is the input.
        let second = try Shell.run(
            "meshspec decode -w - -Y 'frame.number == \(last)' \(out) >'\(folder.path)/two.pcapng' && meshspec decode -o fields=frame.number '\(folder.path)/two.pcapng'"
        )
        #expect(second.status == 0 && second.lines.last == String(last), "\(second.err)")
    }
    /// The file has the keys of its packets.
    @Test func keys() throws {
        let folder = try Folder()
        let out = "'\(folder.path)/all.pcapng'"
        let all = try Shell.run("meshspec decode --layers -w \(out) Captures/tls/websocket-close.pcapng")
        #expect(all.status == 0, "\(all.err)")
        let keys = try Shell.run("grep -c -a CLIENT_HANDSHAKE_TRAFFIC_SECRET \(out)")
        #expect(keys.status == 0, "\(keys.out)")
        let copy = try Shell.run("meshspec decode --layers -o fields=message,frame.number \(out)")
        #expect(copy.lines.count > 10 && copy.lines.allSatisfy { !$0.hasSuffix("\t1") }, "\(copy.out) \(copy.err)")
    }
    @Test func classic() throws {
        let folder = try Folder()
        let out = "'\(folder.path)/out.pcap'"
        let written = try Shell.run("meshspec decode -w \(out) -Y nano.publish \(capture)")
        #expect(written.status == 0 && written.err.contains("classic pcap, which has no frame numbers"))
        let again = try Shell.run("meshspec decode -o fields=message,frame.number \(out)")
        #expect(again.lines.dropFirst().first == "nano.publish\t1", "\(again.out) \(again.err)")
    }
    @Test func wrongUse() throws {
        for (line, code, word) in [
            ("decode -w out.pcapng -o json \(capture)", .conflict, "--json"),
            ("decode -w out.pcapng --monitor \(capture)", .conflict, "--monitor"),
            ("decode -w out.pcapng -", .wrongFile, "not a pipe"),
            ("decode -w /nonexistent/out.pcapng \(capture)", .cannotWrite, "/nonexistent/out.pcapng"),
            ("decode -w out.pcapng /nonexistent.pcap", .noSuchFile, "/nonexistent.pcap"),
        ] as [(String, ErrorCode, String)] {
            let r = try Shell.run("meshspec \(line)")
            #expect(r.failed(code, word), "\(line): \(r.err)")
        }
    }
}
