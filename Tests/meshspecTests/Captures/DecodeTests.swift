import Glibc
import Testing

@testable import meshspec

/// `decode` and `stats` as commands: the exit status, standard output and standard error.
struct DecodeTests {
    static let folder = Shell.package + "/Captures/nano/"
    static let capture = folder + "nano-node-light-v2.pcap"

    /// Returns the status, standard output and standard error.
    func run(_ path: String, _ form: DecodeOptions.Form = .line) -> (Int32, String, String) {
        var (output, diagnostics) = (Output(nil), Output(nil))
        let status = decode(
            DecodeOptions(path: path, form: form), output: &output,
            diagnostics: &diagnostics)
        return (
            status, String(decoding: output.pending, as: UTF8.self),
            String(decoding: diagnostics.pending, as: UTF8.self)
        )
    }
    func count(_ path: String) -> (Int32, String) {
        var (output, diagnostics) = (Output(nil), Output(nil))
        let status = stats(
            DecodeOptions(path: path), .json, output: &output,
            diagnostics: &diagnostics)
        return (status, String(decoding: output.pending, as: UTF8.self))
    }
    /// Returns the path of an open file with the first bytes of the capture.
    func start(_ count: Int) throws -> String {
        let from = try #require(fopen(Self.capture, "rb"))
        defer { fclose(from) }
        var bytes = [UInt8](repeating: 0, count: count)
        try #require(fread(&bytes, 1, count, from) == count)
        let file = try #require(tmpfile())
        fwrite(bytes, 1, count, file)
        fflush(file)
        return "/proc/self/fd/\(fileno(file))"
    }

    @Test(arguments: [DecodeOptions.Form.line, .tree, .json, .hex]) func good(_ form: DecodeOptions.Form) {
        let (status, output, diagnostics) = run(Self.capture, form)
        #expect(status == 0)
        #expect(diagnostics == "")
        #expect(output.split(separator: "\n").count { $0.contains("nano.") } == 46)
        #expect(count(Self.capture).0 == 0)
    }
    /// Hubs relay the offer and the answer of a data channel. The first STUN request of each of the three sessions names
    /// its hubs.
    @Test func namesHubsOfSessions() {
        let (_, output, _) = run(Shell.package + "/Captures/webrtc/hub-mesh.pcap")
        let hubs = ["a0", "b0", "c0"].map { String(repeating: $0, count: 20) }
        let named = output.split(separator: "\n").filter { $0.contains("the session of peers") }
        #expect(named.count == 3 && named.allSatisfy { $0.contains(" stun.message binding_request") }, "\(named)")
        for (one, other) in [(0, 1), (1, 2), (0, 2)] {
            let (one, other) = (hubs[one], hubs[other])
            #expect(
                named.contains {
                    $0.contains("peers \(one) and \(other),") || $0.contains("peers \(other) and \(one),")
                })
        }
    }
    /// The command shows the complete part, and the status reports that the capture is truncated.
    @Test func truncated() throws {
        let path = try start(5000)
        let (status, output, diagnostics) = run(path)
        #expect(status == 1)
        #expect(output.split(separator: "\n").count == 15)
        #expect(Diagnostics.have(.damagedCapture, "packet 33", in: diagnostics), "\(diagnostics)")
        #expect(diagnostics.split(separator: "\n").count == 1)
        let (again, totals) = count(path)
        #expect(again == 1)
        #expect(totals.hasPrefix(#"{"packets":32,"#))
    }
    @Test func cannotBeRead() throws {
        for path in ["/nonexistent.pcap", "/", "/dev/null", #filePath, try start(10)] {
            let (status, output, diagnostics) = run(path)
            #expect(status == 4, "\(path)")
            #expect(output == "")
            #expect(diagnostics.hasPrefix("meshspec: ") && diagnostics.hasSuffix("]\n"))
            let (again, totals) = count(path)
            #expect(again == 4 && totals == "")
        }
    }
    @Test func nothingFound() throws {
        let (status, output, diagnostics) = run(try start(24))
        #expect(status == 0)
        #expect(output == "")
        #expect(diagnostics.contains("no message of a known protocol in 0 packets"))
    }
    /// `-c` limits the number of shown messages in each output format. Messages of layers count if they are shown.
    @Test func endsAfterSoMany() throws {
        for form in ["line", "json", "hex -t delta", "fields=n"] {
            let r = try Shell.run("meshspec decode -c 3 -o \(form) -Y nano.keepalive \(Self.capture)")
            #expect(
                r.status == 0 && r.err.isEmpty && r.lines.count { !$0.hasPrefix(" ") && !$0.isEmpty } >= 3, "\(form)")
            let all = try Shell.run("meshspec decode -o \(form) -Y nano.keepalive \(Self.capture)")
            #expect(all.out.hasPrefix(r.out) && all.out.utf8.count > r.out.utf8.count, "\(form)")
        }
        #expect(try Shell.run("meshspec decode -c 3 \(Self.capture)").lines.count == 3)
        #expect(try Shell.run("meshspec decode -c 1000 \(Self.capture)").lines.count == 46)
        #expect(try Shell.run("meshspec decode -c 0 \(Self.capture)").status == 2)
        #expect(try Shell.run("meshspec decode -c 3 --monitor \(Self.capture)").status == 2)
    }
    @Test func times() throws {
        func first(_ form: String) throws -> [String] {
            let r = try Shell.run("meshspec decode -c 3 -t \(form) \(Self.capture)")
            return r.lines.map { String($0.split(separator: " ")[1]) }
        }
        let (relative, delta) = (try first("relative"), try first("delta"))
        let seconds = relative.compactMap(Double.init)
        try #require(seconds.count == 3 && seconds[0] < seconds[2])
        #expect(delta[0] == "+0.000000")
        let steps = delta.compactMap(Double.init)
        #expect(steps.count == 3 && abs(steps[1] + steps[2] - (seconds[2] - seconds[0])) < 0.000_01)
        let (absolute, epoch) = (try first("absolute"), try first("epoch"))
        #expect(absolute.allSatisfy { $0.hasPrefix("20") && $0.hasSuffix("Z") && $0.contains("T") })
        let since = epoch.compactMap(Double.init)
        #expect(since.count == 3 && abs(since[2] - since[0] - (seconds[2] - seconds[0])) < 0.000_01)
        // The letters of tshark.
        #expect(try first("r") == relative && first("d") == delta && first("ud") == absolute && first("e") == epoch)
        #expect(try Shell.run("meshspec decode -t delta-time \(Self.capture)").status == 2)
    }
    /// `stats` prints each interval: the sum, and the messages and bytes of each type.
    @Test func intervals() throws {
        let table = try Shell.run("meshspec stats --interval 5s \(Self.capture)")
        let rows = table.lines.map { $0.split(separator: " ").map(String.init) }
        #expect(table.status == 0 && rows.first == ["from", "(s)", "message", "messages", "bytes"])
        let sums = rows.filter { $0[1] == "all" }
        #expect(sums.map { $0[0] } == (0..<7).map { "\($0 * 5).000000" })
        for (column, due) in [(2, 46), (3, 6860)] {
            #expect(sums.reduce(0) { $0 + (Int($1[column]) ?? 0) } == due)
            #expect(rows.filter { $0[1].hasPrefix("nano.") }.reduce(0) { $0 + (Int($1[column]) ?? 0) } == due)
        }
        #expect(rows.filter { $0[1] == "nano.publish" }.map { $0[2] } == ["2"])
        let json = try Shell.run("meshspec stats --interval 5s --json \(Self.capture)")
        #expect(json.lines.count == 7 && json.lines[6].contains(#""seconds":"30.000000""#))
        #expect(json.lines[0].contains(#""types":{"nano.confirm_ack":{"messages":"#))
        let svg = try Shell.run("meshspec stats --interval 500ms -o svg \(Self.capture)")
        #expect(svg.status == 0 && svg.out.hasPrefix("<svg") && svg.out.contains("Messages in 0.5 s"))
        #expect(svg.out.split(separator: "<title>nano.publish</title>").count == 3)
        let some = try Shell.run("meshspec stats --interval 5s -Y nano.publish \(Self.capture)")
        #expect(
            some.lines.filter { $0.contains(" all ") }
                .reduce(0) { $0 + (Int($1.split(separator: " ")[2]) ?? 0) } == 2)
        for (wrong, told) in [
            ("0s", "such as 1s"), ("1s --partial", "cannot be combined with"),
            ("1s -o svgz", "expected table, json or svg"),
        ] {
            let r = try Shell.run("meshspec stats --interval \(wrong) \(Self.capture)")
            #expect(r.status == 2 && r.err.contains(told), "\(r.err)")
        }
        #expect(
            try Shell.run("meshspec stats --interval 100us \(Self.capture)").err.contains("use a longer --interval"))
    }
    /// If the reader closes the pipe, the command ends without an error.
    @Test func readerGoesAway() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        var (output, diagnostics) = (Output(ends[1]), Output(nil))
        let options = DecodeOptions(path: Self.capture, form: .json)
        let status = decode(options, output: &output, diagnostics: &diagnostics)
        close(ends[1])
        #expect(status == 0)
        #expect(output.end == .closed)
        #expect(diagnostics.pending.isEmpty)
    }
    @Test func diskIsFull() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        var (output, diagnostics) = (Output(full), Output(nil))
        let options = DecodeOptions(path: Self.capture)
        let status = decode(options, output: &output, diagnostics: &diagnostics)
        #expect(status == 4)
        #expect(Diagnostics.have(.cannotWrite, in: String(decoding: diagnostics.pending, as: UTF8.self)))
    }
}
