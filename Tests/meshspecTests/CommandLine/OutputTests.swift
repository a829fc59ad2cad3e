import Glibc
import Network
import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// Outputs that are full, closed, or without a reader.
@Suite(.waits) struct OutputTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    /// Each command that prints reports a failed write.
    @Test func fullDisk() throws {
        try takePartOfTheSuites()
        try bad("bad")
        #expect(try run("bad.yaml --report json=a.jsonl").status == 1)
        let capture = "'\(Shell.package)/Captures/nano/nano-node-light-v2.pcap'"
        for line in [
            "schema", "run --simulate bad.yaml --dry-run", "run --simulate nano.handshake.v2-query --audit-caps --json",
            "help", "help run",
            "list --json", "explain MS0100", "fmt --check bad.yaml", "report a.jsonl", "diff a.jsonl a.jsonl",
            "diff \(capture) \(capture)", "coverage", "cost rightmesh --superpeers 2 --peers 4 --json",
            "record \(capture) --as dut=127.0.0.1:7075",
            "replay \(capture) --as dut=127.0.0.1:7075 --simulate", "decode \(capture)", "follow \(capture)",
            "flow \(capture)",
            "stats -o json \(capture)", "extcap --extcap-interfaces", "node nano --listen 127.0.0.1:0 --for 50ms",
            "simulate rightmesh --superpeers 2 --peers 4 --minutes 1",
            "simulate rightmesh --superpeers 2 --peers 4 --minutes 1 --json",
        ] {
            let usual = try shell("meshspec \(line)")
            guard !usual.out.isEmpty else {
                print("fullDisk: `\(line)` prints nothing: \(usual.err)")
                continue
            }
            let r = try shell("meshspec \(line) >/dev/full")
            #expect(r.failed(.cannotWrite, "No space left"), "\(line): \(r.status) \(r.err)")
            let closed = try shell("meshspec \(line) >&-")
            #expect(
                closed.failed(.cannotWrite, "Bad file descriptor"),
                "\(line): \(closed.status) \(closed.err)")
        }
    }
    /// Text for the terminal does not appear in a report when standard output is closed.
    @Test(arguments: [">&- 2>&-", "<&- >&- 2>&-", "2>&-"]) func closed(_ how: String) throws {
        try bad("bad")
        let r = try shell("meshspec run --simulate bad.yaml --report tap=r.tap,json=r.jsonl --evidence ev \(how)")
        // Reports are complete. Output for the user that cannot be written is an error, as for each command.
        #expect(r.status == (how == "2>&-" ? 1 : 4))
        #expect(folder.text("r.tap").hasPrefix("TAP version 14\n") && !folder.text("r.tap").contains("rerun: "))
        #expect(folder.text("r.jsonl").hasPrefix("{"))
        for line in folder.text("r.jsonl").split(separator: "\n") {
            #expect(JSON.parse(Array(line.utf8)) != nil, "\(line)")
        }
    }
    /// A node continues if its events have no reader. It ends on request and reports the number of lost events.
    @Test func nobodyReads() throws {
        let r = try shell(
            """
            mkfifo p
            meshspec node nano --listen 127.0.0.1:0 >p & n=$!
            exec 3<p
            read -r first <&3
            at=$(echo "$first" | sed 's/.*"listening":"\\([^"]*\\)".*/\\1/')
            meshspec run --target $at --no-preflight nano.handshake.v2-query -q --no-progress --repeat 1200 >/dev/null 2>&1 || exit 9
            kill -TERM $n; i=0
            while kill -0 $n 2>/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
            kill -0 $n 2>/dev/null && exit 8
            exit 0
            """)
        #expect(r.status == 0, "\(r.status) \(r.err)")
    }
    @Test(arguments: [true, false]) func droppedEvents(isRead: Bool) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for e in ends { close(e) } }
        let events = EventOutput(ends[1])
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<3000 { events.tell("tick", at: .zero, on: nil, [.init("text", .text(text))]) }
        #expect(events.isWaiting)
        // Without a reader before the end, the node still knows that it dropped events.
        if !isRead { events.finish(.zero) }
        // A reader that resumes receives all kept events, then the number of dropped events.
        var read = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 65536)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        for _ in 0..<10_000 {
            events.work()
            let n = Glibc.read(ends[0], &chunk, chunk.count)
            if n > 0 { read += chunk[..<n] } else if !events.isWaiting { break }
        }
        if isRead { events.tell("tock", at: .zero, on: nil, []) }
        for _ in 0..<100 {
            let n = Glibc.read(ends[0], &chunk, chunk.count)
            if n > 0 { read += chunk[..<n] } else { break }
        }
        let lines = read.split(separator: 0x0a).compactMap { JSON.parse(Array($0)) }
        let ticks = lines.count { $0["event"] == "tick" }
        let lost = lines.compactMap { $0["event"] == "dropped" ? $0["count"]?.integer : nil }
        #expect(ticks > 1000 && ticks < 3000 && lost == [UInt64(3000 - ticks)])
        #expect(lines.last?["event"] == (isRead ? "tock" : "dropped"))
        #expect(read.count < (3 << 20))
    }
    /// If the shell limits the memory, the program names the lack of memory. A crash would have no other explanation.
    @Test func lackOfMemory() throws {
        func play(_ megabytes: Int) throws -> Shell.Outcome {
            let list = "repeat: {times: 12, do: [{let: {l: \"$(l + [bytes(\(megabytes)000000, 1)])\"}}]}"
            try scenario("big", ["let: {l: [1]}", list, "assert: $(1 == 1)\n    req: NANO-16"])
            return try shell("ulimit -v 131072; meshspec run --simulate big.yaml --no-progress")
        }
        let enough = try play(1)
        #expect(enough.status == 0 && !enough.err.contains("ulimit"), "\(enough.err)")
        let crashed = try play(15)
        #expect(crashed.status == 4, "\(crashed.err)")
        #expect(crashed.err.contains("memory is limited to 128 MiB (`ulimit -v`): meshspec probably needs more"))
    }
    /// Lines for the user are short. Results have the full values.
    @Test func longValues() throws {
        try scenario(
            "big", ["let: {x: \"$(hex('z' + text(bytes(4000000, 1))))\"}", "assert: $(1 == 1)\n    req: NANO-16"])
        let r = try shell("meshspec run --simulate big.yaml --report json=r.jsonl --color never")
        #expect(r.status == 4 && r.out.utf8.count < 200_000, "\(r.out.utf8.count)")
        #expect(r.out.contains(" bytes left out) ..."), "\(r.out.prefix(2000))")
        #expect(folder.bytes("r.jsonl").count > 8_000_000)
        #expect(Console.shortened("a\nb") == "a\nb")
        let long = String(repeating: "ä", count: 10_000)
        let lines = Console.shortened("x\n" + long + "\ny").split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == "x" && lines[2] == "y" && lines[1].utf8.count < Console.longestLine)
    }
}
