import TestThreads
import Testing

/// `meshspec cost` and `meshspec simulate` on the command line.
@Suite(.waits) struct MeshCommandTests {
    @Test func cost() throws {
        let r = try Shell.run("meshspec cost rightmesh --peers 100 --superpeers 2")
        #expect(r.status == 0 && r.err.isEmpty)
        for mode in ["transit", "full-mesh"] { #expect(r.out.contains("100 peers, 2 superpeers, \(mode)\n")) }
        // The message table is present. The formula and the measurement give the same number of bytes.
        #expect(r.lines.contains { $0.hasPrefix("10,000 ") && $0.contains(" 31 ") && $0.hasSuffix("24.22") })
        let words = r.lines.map { $0.split(separator: " ") }
        #expect(words.filter { $0 == ["bytes", "5,504", "5,504"] }.count == 2, "\(r.out)")
    }
    @Test func costForPrograms() throws {
        let r = try Shell.run(
            "meshspec cost rightmesh --peers 30,60 --superpeers 3 --mode transit --json && "
                + "meshspec cost rightmesh --peers 10000 --superpeers 50 --mode full-mesh --formula --json")
        #expect(r.status == 0)
        let intervals = r.lines.filter { $0.contains("\"event\":\"interval\"") }
        #expect(intervals.count == 3)
        #expect(intervals.prefix(2).allSatisfy { $0.contains("\"equal\":true") && $0.contains("\"mode\":\"transit\"") })
        #expect(intervals.last?.contains("\"bytes\":34731200") == true)
        #expect(intervals.last?.contains("measured") == false)
        let messages = r.lines.filter { $0.contains("\"event\":\"message\"") }
        #expect(messages.count == 22 && messages.allSatisfy { $0.contains("\"equal\":true") })
    }
    @Test func simulate() throws {
        let folder = try Folder()
        let line =
            "meshspec simulate rightmesh --peers 20,40 --superpeers 3,4 --minutes 1 --loss 0.05 --seed 7"
        let r = try Shell.run("\(line) --json --svg '\(folder.path)/mesh.svg'")
        #expect(r.status == 0 && r.err.isEmpty && r.lines.count == 5)
        for line in r.lines.prefix(4) {
            #expect(line.contains("\"event\":\"mesh\"") && line.contains("\"false_expiries\":0"))
        }
        #expect(r.lines.last?.contains("\"event\":\"fit\"") == true)
        // One seed gives one history.
        #expect(try Shell.run("\(line) --json").out == r.out)
        let svg = folder.text("mesh.svg")
        #expect(svg.hasPrefix("<svg ") && svg.contains("40 peers, 4 superpeers: all after"))
        let text = try Shell.run(line)
        #expect(
            text.status == 0 && text.out.contains("all superpeers know all")
                && text.out.contains("fit of MeshIDs in an interval: N^"))
    }
    @Test func simulateRouters() throws {
        let line = "meshspec simulate gossipsub --peers 20,30 --for 5s --rate 4 --dials 5 --seed 3"
        let r = try Shell.run("\(line) --json")
        #expect(r.status == 0 && r.err.isEmpty && r.lines.count == 2)
        #expect(
            r.lines.allSatisfy {
                $0.contains("\"event\":\"gossip_mesh\"") && $0.contains("\"published\":20")
                    && $0.contains("\"violation_count\":0")
            })
        #expect(try Shell.run("\(line) --json").out == r.out)
        let text = try Shell.run(line)
        #expect(text.status == 0 && text.out.contains("380 of 380, ratio 1.000000"))
        // The status reports a broken rule.
        let bad = try Shell.run("\(line) --bug never-forwards")
        #expect(bad.status == 1 && bad.out.contains("came late to peer"))
    }
    /// The status reports a mesh that does not connect.
    @Test func nothingArrives() throws {
        let r = try Shell.run("meshspec simulate rightmesh --peers 2 --superpeers 2 --minutes 1 --loss 1")
        #expect(r.status == 1 && r.out.contains("never"))
    }
    @Test(arguments: [
        "cost", "cost nonsense", "cost nano", "cost rightmesh nano", "cost rightmesh --peers 5,x",
        "cost rightmesh --peers -1", "cost rightmesh --superpeers 0", "cost rightmesh --mode half-mesh",
        "cost rightmesh --peers 65536 --superpeers 10", "cost rightmesh --profile nonsense",
        "cost rightmesh -P hello_ack=never", "simulate rightmesh --loss 2", "simulate rightmesh --loss x",
        "simulate rightmesh --loss nan", "simulate rightmesh --delay 5ms-1ms", "simulate rightmesh --delay 5",
        "simulate rightmesh --minutes 0", "simulate rightmesh --seed x", "simulate rightmesh --delay 1ms-2ms-3ms",
        "simulate rightmesh --dials 3", "simulate gossipsub --peers 1", "simulate gossipsub --hubs 3",
        "simulate gossipsub --bug nonsense", "simulate gossipsub --loss 2",
    ]) func usage(line: String) throws {
        let r = try Shell.run("meshspec \(line)")
        #expect(r.status == 2 && r.out.isEmpty && r.err.hasPrefix("meshspec "), "\(line): \(r)")
    }
    @Test func unwritable() throws {
        let r = try Shell.run(
            "meshspec simulate rightmesh --peers 2 --superpeers 2 --minutes 1 --svg /nonexistent/folder/x.svg")
        #expect(r.status == 4 && r.err.contains("/nonexistent/folder/x.svg"))
    }
}
