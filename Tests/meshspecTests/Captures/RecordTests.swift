import TestThreads
import Testing

@testable import meshspec

/// `record` and `replay` on the command line.
@Suite(.waits) struct RecordTests {
    static let v2 = "Captures/nano/nano-node-light-v2.pcap"
    static let bug = "Captures/nano/nano-node-light-responder-bug.pcap"

    @Test(
        arguments: [
            ("record \(v2) --as dut=10.0.0.1", .noScenario, 5, "127.0.0.1:7075, 127.0.0.1:40358"),
            ("record \(v2) --as dut=127.0.0.1", .noScenario, 2, "127.0.0.1:40358 or 127.0.0.1:7075?"),
            ("record \(v2)", .missingArgument, 2, "--as"),
            ("record Captures/webrtc/aiortc-sketch.pcap --as dut=127.0.0.1:57800", .noScenario, 2, "webrtc"),
            ("record --as dut=127.0.0.1:7075", .missingArgument, 2, "file"),
            ("record \(v2) --as 127.0.0.1:7075", .badValue, 2, "--as"),
            ("record \(v2) --as dut=nobody", .badValue, 2, "dut=nobody"),
            ("record \(v2) --as dut=127.0.0.1:7075 --flow 2", .noScenario, 5, "selected"),
            ("record \(v2) --as dut=127.0.0.1:7075 --flow x", .badValue, 2, "--flow"),
            ("record \(v2) --as dut=127.0.0.1:7075 --max-wait soon", .badValue, 2, "--max-wait"),
            ("record \(v2) --as dut=127.0.0.1:7075 --id a/b", .badValue, 2, "--id"),
            ("record \(v2) --as dut=127.0.0.1:7075 -Y 'n =='", .badExpression, 2, "-Y"),
            ("record \(v2) --as dut=127.0.0.1:7075 -o /proc/nowhere/x.yaml", .cannotWrite, 4, "/proc/nowhere/x.yaml"),
            ("record missing.pcap --as dut=127.0.0.1:7075", .noSuchFile, 4, "missing.pcap"),
            ("record README.md --as dut=127.0.0.1:7075", .notACapture, 4, "README.md"),
            ("replay \(v2) --as dut=10.0.0.1 --simulate", .noScenario, 5, "address"),
            ("replay \(v2) --as dut=127.0.0.1:7075 --bug nothing", .unknownName, 2, "`nothing`"),
            ("replay \(v2) --as dut=127.0.0.1:40358 --target 127.0.0.1:1", .nothingSelected, 5, "--listen"),
            ("replay \(v2) --as dut=127.0.0.1:7075 --profile v1 --simulate", .badValue, 2, "--profile"),
            ("replay \(v2)", .missingArgument, 2, "--as"),
        ] as [(String, ErrorCode, Int32, String)])
    func refused(_ command: String, _ code: ErrorCode, _ status: Int32, _ word: String) throws {
        let out = try Shell.run("meshspec " + command)
        #expect(out.failed(code, word, status: status), "\(out.err)\(out.out)")
    }
    @Test func replaysToNobody() throws {
        let out = try Shell.run("meshspec replay \(Self.v2) --as dut=127.0.0.1:7075 --target 127.0.0.1:1")
        #expect(out.status == 4 && out.out.contains("cannot continue with"), "\(out.err)\(out.out)")
    }
    /// The file sets the profile that the scenario needs if it differs from the default profile.
    @Test func profileOfTheNode() throws {
        let folder = try Folder()
        let query = [0x52, 0x41, 0x12, 0x12, 0x12, 0x0a, 1, 0] + [UInt8](repeating: 7, count: 32)
        let capture = try folder.write("v1.pcap", MadeCapture([query]).pcap)
        let made = try Shell.run("meshspec record \(capture) --as dut=10.0.0.2 -o \(folder.path)/case.yaml")
        #expect(made.status == 0, "\(made.err)")
        let text = folder.text("case.yaml")
        #expect(text.contains("profile: legacy") && text.contains("profiles: [legacy"), "\(text)")
        // The capture contains only a query of ours, so there is nothing to judge.
        #expect(text.contains("skip: the capture has no message of the node"), "\(text)")
        let out = try Shell.run("meshspec run \(folder.path)/case.yaml --simulate")
        #expect(
            out.status == 5 && out.out.contains("skip: the capture has no message of the node"), "\(out.err)\(out.out)")
    }
    /// The file from a capture passes all its steps, over sockets too.
    @Test func written() throws {
        let folder = try Folder()
        let file = folder.path + "/case.yaml"
        let made = try Shell.run(
            "meshspec record \(Self.v2) --as dut=127.0.0.1:7075 --max-wait 20ms --id nano.recorded.mine -o \(file)")
        #expect(made.status == 0, "\(made.err)")
        #expect(made.err.contains("against the reference node: meshspec run \(file) --simulate"))
        #expect(folder.text("case.yaml").contains("params: {network: live}"))
        #expect(folder.text("case.yaml").contains("\nid: nano.recorded.mine\n"))
        for (command, status) in [
            ("check \(file)", 0), ("fmt --check \(file)", 0), ("run \(file) -P network=dev", 0),
            ("run \(file)", 0), ("run \(file) --simulate", 0),
            ("run \(file) --bug bad-signature", 1), ("run \(file) --simulate --chop", 0),
            ("run \(file) --simulate --bug wrong-genesis --report sarif=\(folder.path)/x.sarif", 1),
        ] as [(String, Int32)] {
            let out = try Shell.run("meshspec \(command)")
            #expect(out.status == status, "\(command): \(out.err)\(out.out)")
            if status == 0 { #expect(!out.err.contains("warning"), "\(out.err)") }
        }
        #expect(folder.text("x.sarif").contains(#""ruleId":"nano.recorded.mine""#))
        let piped = try Shell.run("cat \(Self.v2) | meshspec record - --as dut=127.0.0.1:7075 | head -1")
        #expect(piped.out.hasPrefix("# Recorded from standard input: 100 packets"), "\(piped.out)")
    }
    /// A capture may have pauses of several days: `record` shortens them, like `replay`.
    @Test func recordShortensLongPauses() throws {
        let folder = try Folder()
        var bytes = try Files.read(Self.v2)
        // The 30th packet and all later ones have a time that is eleven days later.
        var (at, packets) = (24, 0)
        func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        while at + 16 <= bytes.count {
            let (seconds, length) = (word(at) + 11 * 86_400, word(at + 8))
            if packets >= 30 { for i in 0..<4 { bytes[at + i] = UInt8(truncatingIfNeeded: seconds >> (8 * i)) } }
            (at, packets) = (at + 16 + length, packets + 1)
        }
        let capture = try folder.write("pause.pcap", bytes)
        let made = try Shell.run("meshspec record \(capture) --as dut=127.0.0.1:7075 -o \(folder.path)/case.yaml")
        #expect(made.status == 0, "\(made.err)")
        let text = folder.text("case.yaml")
        #expect(made.err.contains("1 pause cut short, by 10d 23h in all"), "\(made.err)")
        #expect(text.contains("- wait: 60m\n") && text.contains("1 pause cut short, by "), "\(text)")
        // The user can ask for longer pauses.
        let whole = try Shell.run(
            "meshspec record \(capture) --as dut=127.0.0.1:7075 --max-wait 120m -o \(folder.path)/long.yaml")
        #expect(whole.status == 0 && !whole.err.contains("cut short"), "\(whole.err)")
        #expect(folder.text("long.yaml").contains("- wait: 120m\n"))
    }
    /// If the reference node acts differently from the captured node, the file says so and the run expects it.
    @Test func differs() throws {
        let folder = try Folder()
        let file = folder.path + "/case.yaml"
        let made = try Shell.run("meshspec record \(Self.bug) --as dut=127.0.0.1:7076 -o \(file)")
        #expect(
            made.status == 0 && made.err.contains("the reference node behaves differently: #2 nano.node"), "\(made.err)"
        )
        #expect(folder.text("case.yaml").contains("  differs:\n"))
        let out = try Shell.run("meshspec run \(file) --simulate --seed 77")
        let told = "differs from the node of the capture: #2 nano"
        #expect(out.status == 0 && out.out.contains(told), "\(out.err)\(out.out)")
        let other = try Shell.run("meshspec run \(file) --simulate --bug no-answer")
        #expect(other.status == 1 && other.out.contains("`differs` of this file: #2 nano"), "\(other.err)\(other.out)")
    }
    /// A capture of this size gives a file larger than hand-written files may be.
    @Test func large() throws {
        let folder = try Folder()
        let file = folder.path + "/case.yaml"
        let capture = "Captures/rightmesh/rightmesh-three-superpeers.pcap"
        let made = try Shell.run("meshspec record \(capture) --as dut=127.0.1.2 -o \(file)")
        #expect(made.status == 0, "\(made.err)")
        let out = try Shell.run("meshspec check \(file)")
        #expect(out.status == 0, "\(out.err)\(out.out)")
    }
    /// `record` reports the data that the file lacks.
    @Test func losses() throws {
        let out = try Shell.run("meshspec record \(Self.bug) --as dut=127.0.0.1:7076 --flow 1")
        #expect(out.status == 0)
        #expect(out.err.contains("not here: #4 frame 6, 160 bytes from the node that are not a message"), "\(out.err)")
        #expect(out.out.contains("# not here: #4 frame 6, 160 bytes"))
    }
    @Test func replayed() throws {
        let good = try Shell.run("meshspec replay \(Self.v2) --as dut=127.0.0.1:7075 --simulate --seed 1")
        #expect(good.status == 0, "\(good.err)\(good.out)")
        #expect(
            good.out
                == "nano-node-light-v2.pcap against reference node (v28, ledger small, network live): 18 messages, "
                + "no divergence\n")
        let sockets = try Shell.run("meshspec replay \(Self.bug) --as dut=127.0.0.1:39168")
        #expect(sockets.status == 0, "\(sockets.err)\(sockets.out)")
        // The same fault as in the capture is not a divergence. Without the fault there is one.
        let command = "meshspec replay \(Self.bug) --as dut=127.0.0.1:7076 --flow 1 --simulate"
        #expect(try Shell.run("\(command) --bug undeclared-response").status == 0)
        #expect(try Shell.run(command).status == 1)
    }
    /// `replay` shortens years of silence and reports it.
    @Test func silence() throws {
        let folder = try Folder()
        let keepalive = try MonitorTests.encoded("nano.keepalive")
        let made = MadeCapture([[UInt8]](repeating: keepalive, count: 40))
        var file = made.pcap
        var at = 24
        for (i, packet) in made.packets.enumerated() {
            // Four hours separate each packet from the next.
            file.replaceSubrange(at..<at + 4, with: MadeCapture.le(1_000_000 + i * 14_400))
            at += 16 + packet.count
        }
        let path = try folder.write("a.pcap", file)
        let command = "meshspec replay \(path) --as dut=10.0.0.2:7075 --simulate"
        // `replay` keeps 24 hours of the 39 pauses.
        let told = "meshspec replay: 39 pauses cut short, by 5d 12h in all: --max-wait TIME sets the longest pause"
        #expect(try Shell.run(command).err.contains(told))
        #expect(try !Shell.run("\(command) --max-wait 1s").err.contains("cut short"))
    }
    @Test func divergence() throws {
        let out = try Shell.run(
            "meshspec replay \(Self.v2) --as dut=127.0.0.1:7075 --simulate --seed 1 --bug wrong-genesis "
                + "| diff - Tests/RecordingTests/Golden/divergence.txt")
        #expect(out.status == 0 && out.out.isEmpty, "\(out.out)\(out.err)")
        let late = try Shell.run(
            "meshspec replay \(Self.v2) --as dut=127.0.0.1:7075 --simulate --seed 1 --bug no-answer",
            variables: "LC_ALL=C")
        #expect(late.status == 1)
        #expect(
            late.out.hasPrefix("FAIL diverges from nano-node-light-v2.pcap at #2 (frame 6, +0.001720 s)"), "\(late.out)"
        )
        #expect(late.out.contains("in the capture: nano.node_id_handshake, 200 bytes"))
        #expect(late.out.utf8.allSatisfy { $0 < 0x80 })
    }
}
