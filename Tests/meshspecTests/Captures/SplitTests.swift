import Testing

@testable import meshspec

/// Parts of a capture, and their merged results.
struct SplitTests {
    /// Writes copies of a capture between other hosts, several in one folder.
    static func copies(_ count: Int, in folder: Folder) throws {
        let bytes = try Files.read(DecodeTests.capture)
        for i in 1...count {
            var copy = bytes
            var at = 24
            while at + 4 <= copy.count {
                if copy[at...].starts(with: [127, 0, 0, 1]) {
                    copy.replaceSubrange(at..<at + 4, with: [10, 0, UInt8(i), 1])
                    at += 3
                }
                at += 1
            }
            #expect(Files.write(copy, to: "\(folder.path)/copy\(i).pcap") == nil)
        }
    }
    @Test func partsAddUpToTheWhole() throws {
        let folder = try Folder()
        try Self.copies(9, in: folder)
        let f = "'\(folder.path)'"
        let split = try Shell.run("meshspec split -n 4 -o \(f)/parts \(f)/copy*.pcap")
        try #require(split.status == 0 && split.err.isEmpty, "\(split.err)")
        #expect(split.lines.count == 4 && split.lines.allSatisfy { !$0.contains(" 0 packets") }, "\(split.out)")
        for options in ["", "-Y nano.publish"] {
            let whole = try Shell.run("meshspec stats \(options) -o json \(f)/copy*.pcap")
            let sum = try Shell.run(
                """
                for p in \(f)/parts/*.pcapng; do meshspec stats \(options) --partial $p >$p.json || exit 9; done
                meshspec merge -o json \(f)/parts/*.json
                """)
            let comment = ",\"comments\":"
            #expect(whole.status == 0 && sum.status == 0 && sum.err.isEmpty, "\(sum.err)")
            #expect(!whole.out.contains(comment) && sum.out == whole.out)
            // The counts are merged one after the other, from a pipe, and in groups.
            let piped = try Shell.run(
                "cat \(f)/parts/*-00[34]*.json | meshspec merge --partial - | cat - \(f)/parts/*-00[12]*.json | meshspec merge --json -"
            )
            #expect(piped.out == whole.out)
        }
        let table = try Shell.run("meshspec merge \(f)/parts/*.json")
        let due = try Shell.run("meshspec stats -Y nano.publish \(f)/copy*.pcap")
        #expect(table.out == due.out && table.out.contains("nano.publish"))
    }
    /// Packets keep their bytes, times, lengths and comments. Keys and names remain with them.
    @Test func packetsStayAsTheyAre() throws {
        let folder = try Folder()
        let f = "'\(folder.path)'"
        let capture = "Captures/tls/websocket-close.pcapng"
        let split = try Shell.run("meshspec split -n 2 -o \(f) \(capture)")
        #expect(split.status == 0, "\(split.err)")
        let whole = try Shell.run("meshspec decode -o json \(capture)")
        let parts = try Shell.run("for p in \(f)/part-*; do meshspec decode -o json $p 2>\(f)/err; done")
        #expect(!whole.out.isEmpty && parts.out == whole.out)
    }
    @Test func wrongUse() throws {
        let folder = try Folder()
        let f = "'\(folder.path)'"
        let capture = "'\(DecodeTests.capture)'"
        for (line, code, status, word) in [
            ("split -o \(f) \(capture)", .missingArgument, 2, "-n"),
            ("split -n 1 -o \(f) \(capture)", .badValue, 2, "--parts"),
            ("split -n 2 \(capture)", .missingArgument, 2, "-o"),
            ("split -n 2 -o \(f) -", .wrongFile, 2, "not a pipe"),
            ("split -n 2 -o \(f) /nonexistent.pcap", .noSuchFile, 4, "/nonexistent.pcap"),
            ("merge \(capture)", .invalidFile, 4, "stats --partial"),
            ("merge /nonexistent.json", .noSuchFile, 4, "/nonexistent.json"),
            // A count that did not begin leaves such an empty file.
            ("merge /dev/null", .invalidFile, 4, "/dev/null"), ("merge", .missingArgument, 2, "file"),
            ("stats --partial --json \(capture)", .conflict, 2, "--partial"),
        ] as [(String, ErrorCode, Int32, String)] {
            let r = try Shell.run("meshspec \(line)")
            #expect(r.failed(code, word, status: status), "\(line): \(r.err)")
        }
        // `split` keeps the complete part of a damaged capture.
        let cut = try Shell.run(
            "head -c 5000 \(capture) >\(f)/cut.pcap; meshspec split -n 2 -o \(f)/cut \(f)/cut.pcap && exit 9; meshspec decode \(f)/cut/*.pcapng"
        )
        #expect(
            cut.reports(.damagedCapture, "packet 33") && cut.lines.count { $0.contains(" nano.") } == 15,
            "\(cut.err)")
    }
}
