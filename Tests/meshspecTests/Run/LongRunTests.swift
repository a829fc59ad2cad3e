import Glibc
import Network
import Node
import Scenario
import TestThreads
import Testing

@testable import meshspec

/// A run that takes long says so at its start, and a silent node does not make it longer without an end.
@Suite(.waits) struct LongRunTests {
    /// Returns the sum of the least times of the cases that a selection of the Nano suite has.
    func least(_ selection: String, profile: String = "v28") throws -> Duration {
        let (suite, scenarios) = try AuditTests.nano.get()
        let definition = try #require(suite.library.definition("nano"))
        let settings = try definition.settings(profile: profile, [:])
        let options = RunOptions(subject: .builtIn(bug: nil), settings: settings, seed: 7)
        let cases = scenarios.filter { $0.id == selection }.flatMap(\.cases)
        #expect(!cases.isEmpty)
        return cases.reduce(.zero) { $0 + $1.leastTime(options, definition) }
    }
    /// The waits of the steps count, also in fragments, repetitions, and with times of the protocol.
    @Test func waitsOfSteps() throws {
        // 300 ms in realtime.yaml, and three times 3 s and a half.
        #expect(try least("nano.telemetry.after-cooldown", profile: "v24") == .milliseconds(300 + 3 * 3500))
        #expect(try least("nano.handshake.v2-query") == .zero)
        // Four waits of 7 s. A window that begins at a mark does not count.
        #expect(try least("nano.publish.remembered") >= .seconds(4 * 7))
    }
    /// The whole suite with one case at a time takes minutes.
    @Test func toldAtTheStart() throws {
        let folder = try Folder()
        let network = try SocketNetwork()
        let (_, at) = try network.listen(.loopback(0))
        let run = "meshspec run --protocol nano --target \(at) --no-preflight --budget 1ms --spec \(AuditTests.spec)"
        let r = try Shell.run("cd '\(folder.path)' && \(run) -j 2")
        let line = r.lines.first { $0.hasPrefix("expected time: at least ") } ?? ""
        #expect(line.hasSuffix(" with -j 2 (the waits of the cases)"), "\(r.out)")
        let short = try Shell.run("cd '\(folder.path)' && \(run) -k tag:smoke")
        #expect(!short.out.contains("expected time"), "\(short.out)")
    }
    /// `--dry-run` measures the cases on the reference node. What a run has measured here counts more.
    @Test func toldWithoutARun() throws {
        let folder = try Folder()
        let id = "nano.bootstrap.segment-again"
        let dry = "cd '\(folder.path)' && meshspec run --spec \(AuditTests.spec) \(id) --dry-run"
        let first = try Shell.run(dry + " -j 1").err
        // Six rounds of a second, and what comes before them.
        #expect(first.contains("\nexpected time: about 6"), "\(first)")
        #expect(first.contains("s with -j 1 (as the reference nodes do)"), "\(first)")
        #expect(mkdir(folder.path + "/.meshspec", 0o700) == 0)
        _ = try folder.write(
            ".meshspec/last-run.jsonl",
            #"{"run":1,"protocol":"nano","target":"","at":""}"# + "\n"
                + #"{"id":"\#(id)","verdict":"pass","microseconds":5000000}"#)
        let again = try Shell.run(dry + " -j 2 --repeat 4").err
        #expect(again.contains("\nexpected time: about 10s with -j 2 (as the last run did)"), "\(again)")
    }
    /// A node that accepts connections and does not answer is gone after the time for that, and not after a round of
    /// questions for each part of it.
    @Test func silenceHasAnEnd() throws {
        let network = try SocketNetwork()
        let (_, at) = try network.listen(.loopback(0))
        let invocation = try Invocation(.run, ["--protocol", "nano", "--target", "\(at)", "--spec", AuditTests.spec])
        let definition = try #require(Registry.definitions.first { $0.name == "nano" })
        let target = try ChosenTarget(
            invocation, cases: try Cases.load(invocation), definition: definition, interrupts: Interrupts())
        target.isAnswering = true
        target.longestSilence = .seconds(2)
        let clock = MonotonicClock()
        let begun = clock.now
        let why = target.absence()
        #expect(why?.contains("does not answer in nano") == true, "\(why ?? "nil")")
        #expect(clock.now - begun < .seconds(5))
    }
    /// A parameter that only the reference node has is no property of another node.
    @Test func targetHasNoPresetsOfTheReferenceNode() throws {
        let node = try NodeTests.Running("", of: "nano")
        let r = try Shell.run("meshspec run --protocol nano --target \(node.address) --json nano.handshake.v2-query")
        let start = try #require(r.lines.first)
        #expect(start.contains("\"target\":\"\(node.address) (v28, network dev)\""), "\(start)")
    }
}
