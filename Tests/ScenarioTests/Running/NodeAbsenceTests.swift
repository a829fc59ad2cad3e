import Network
import Node
import TestThreads
import Testing

@testable import Scenario

/// The runner checks if a node that was silent in a case is gone. It checks when no case runs, and no case begins
/// before the check.
@Suite(.waits) struct NodeAbsenceTests {
    /// Runs three cases against a node with the rules `how`. Each time that the runner checks if the node is gone, the
    /// next of `answers` is the result. `more` is a step of all cases but the first. `goesOn` receives the running
    /// cases. Returns the results in their order, and the cases that ran at each check.
    static func run(
        _ how: [Rule], jobs: Int, _ answers: [String?], more: String = "",
        goesOn: @escaping ([String]) -> Bool = { _ in true }
    ) throws -> (results: [CaseResult], beside: [[String]]) {
        // The node is silent for one text only. The first of three cases sends that text.
        var cases: [Case] = []
        for (i, text) in ["silent", "hello", "hello"].enumerated() {
            var s = try toy(
                """
                  - send: {via: c, msg: toy.say, fields: {text: \(text)}}
                  - expect: {via: c, msg: toy.say, within: 300ms, fields: {text: a}}
                \(i == 0 ? "" : more)
                """)
            s.id = "case\(i)"
            cases.append(Case(scenario: s))
        }
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(ToyNode(rules: how, peers: [], dialsAfter: .zero), listeners: [listener])
        let definition = Definition.toy()
        var node = Remote(address: address, listen: nil)
        let log = Log()
        log.answers = answers
        node.absence = { log.ask() }
        let options = RunOptions(
            subject: .remote(node), settings: try definition.settings(), seed: 1, slack: .seconds(60))
        var out: [CaseResult] = []
        let runner = Runner(definition, toyRequirements, options)
        runner.run(
            Schedule(cases), nil, driver, jobs: jobs,
            progress: {
                log.running = $0.map(\.id)
                return goesOn(log.running)
            }
        ) { out.append($0) }
        return (out, log.beside)
    }
    /// The checks of the node, and their answers.
    final class Log {
        var running: [String] = []
        var answers: [String?] = []
        var beside: [[String]] = []
        func ask() -> String? {
            beside.append(running)
            return answers.isEmpty ? nil : answers.removeFirst()
        }
    }

    @Test(arguments: [1, 2, 3]) func thereAllTheSame(jobs: Int) throws {
        let (results, beside) = try Self.run([.on(.heard("hello"), .say("a"))], jobs: jobs, [nil])
        #expect(
            results.sorted { $0.id < $1.id }.map(\.told) == [
                "fail TOY-1 3: no toy.say like this within 300ms", "pass", "pass",
            ])
        #expect(beside.count == 1 && beside.allSatisfy(\.isEmpty), "\(beside)")
    }
    @Test func gone() throws {
        let (results, beside) = try Self.run([.on(.heard("hello"), .say("a"))], jobs: 1, ["it left"])
        #expect(results.map(\.verdict) == [.error, .notRun, .notRun])
        #expect(
            results.first?.problem?.reason.hasSuffix("; now the node is gone (it left), by this case or one before it")
                == true)
        #expect(results.first?.problem?.facts.map(\.text) == ["toy.say of 8 bytes on c: 0x010673696c656e74"])
        #expect(beside.count == 1)
    }
    /// If several cases received nothing, the first is an error.
    @Test func goneForSeveral() throws {
        let (results, beside) = try Self.run([], jobs: 3, ["it left"])
        #expect(results.map(\.verdict).sorted { "\($0)" < "\($1)" } == [.error, .inconc, .inconc])
        #expect(results.first?.verdict == .error && beside.count == 1)
    }
    /// A case that received something and failed after the silent case may have failed because the node was gone.
    @Test(arguments: ["it left", nil], [("TOY-1", Verdict.fail), ("TOY-2", .warn)])
    func failedAfterwards(_ answer: String?, _ requirement: (id: String, verdict: Verdict)) throws {
        let more = "  - expect: {via: c, msg: toy.say, within: 400ms, fields: {text: b}}\n    req: \(requirement.id)"
        let (results, beside) = try Self.run([.on(.heard("hello"), .say("a"))], jobs: 3, [answer], more: more)
        let verdicts = results.sorted { $0.id < $1.id }.map(\.verdict)
        let others = answer == nil ? requirement.verdict : .inconc
        #expect(verdicts == [answer == nil ? .fail : .error, others, others])
        #expect(beside == [[]])
    }
    /// A case may leave a node that takes datagrams with much work to do. The next case then waits until the node
    /// answers.
    @Test func exhausted() throws {
        var absence = NodeAbsence()
        absence.follow(try toy("  - wait: 1ms"), .udp)
        #expect(!absence.isOpen)
        let alone = try toy("  - wait: 1ms", more: "alone: true")
        absence.follow(alone, .tcp)
        #expect(!absence.isOpen)
        absence.follow(alone, .udp)
        #expect(absence.isOpen && !absence.holdsResults && absence.scenario?.id == alone.id)
        #expect(absence.settle(nil).isEmpty && !absence.isOpen && absence.reason == nil)
        absence.follow(alone, .udp)
        #expect(absence.settle(NodeEnd(how: "it left", isSure: false)).isEmpty && absence.reason == "it left")
    }

    // A node that ends while cases run.

    /// Runs the cases `case0` to `case2`. The node ends at the end of each case in `ending`, and is then restarted.
    /// Returns the results in their order, and the number of restarts.
    static func dying(
        _ ending: [String], jobs: Int, tags: [String: String] = [:], revives: Bool = true, covers: String = "TOY-1"
    ) throws -> (results: [CaseResult], starts: Int) {
        var cases: [Case] = []
        for i in 0..<3 {
            let more = tags["case\(i)"].map { "tags: [\($0)]" } ?? ""
            var s = try toy(
                """
                  - send: {via: c, msg: toy.say, fields: {text: hello}}
                  - expect: {via: c, msg: toy.say, within: 300ms, fields: {text: a}}
                  - \(ending.contains("case\(i)") ? "dut: {do: fall}" : "wait: 200ms")
                """, more: more)
            s.id = "case\(i)"
            s.covers = [covers]
            cases.append(Case(scenario: s))
        }
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(
            ToyNode(rules: [.on(.heard("hello"), .say("a"))], peers: [], dialsAfter: .zero), listeners: [listener])
        let definition = Definition.toy()
        var (starts, isDown) = (0, false)
        var node = Remote(
            address: address, listen: nil, controls: ["fall"],
            control: { _, _ in
                isDown = true
                return nil
            })
        node.ending = { _ in isDown ? "it fell" : nil }
        if revives {
            node.revive = {
                (starts, isDown) = (starts + 1, false)
                return nil
            }
        }
        let options = RunOptions(
            subject: .remote(node), settings: try definition.settings(), seed: 1, slack: .seconds(60))
        var out: [CaseResult] = []
        Runner(definition, toyRequirements, options).run(
            Schedule(cases), nil, driver, jobs: jobs, progress: { _ in true }
        ) { out.append($0) }
        return (out, starts)
    }
    @Test func restartsNodeThatEndsInACase() throws {
        let (results, starts) = try Self.dying(["case1"], jobs: 1)
        #expect(results.map(\.id) == ["case0", "case1", "case2"] && starts == 1)
        #expect(results.map(\.verdict) == [.pass, .error, .pass])
        #expect(results[1].problem?.reason == "now the node is gone (it fell), by this case")
        #expect(results[1].problem?.facts.map(\.name) == ["last input"])
    }
    /// The runner checks after the last case if the node has ended. A node that no case has reached cannot have ended.
    @Test(arguments: [(true, false), (false, false), (false, true)])
    func checksForEndOfNodeAfterTheLastCase(opens: Bool, hasAnswered: Bool) throws {
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(ToyNode(rules: [], peers: [], dialsAfter: .zero), listeners: [listener])
        let definition = Definition.toy()
        var node = Remote(address: address, listen: nil)
        node.hasAnswered = { hasAnswered }
        var asked: [Bool] = []
        node.ending = {
            asked.append($0)
            return nil
        }
        let options = RunOptions(subject: .remote(node), settings: try definition.settings(), seed: 1)
        Runner(definition, toyRequirements, options).run(
            Schedule(try toy("  - assert: $(1 == 1)", opens: opens).cases), nil, driver, jobs: 1,
            progress: { _ in true }
        ) { _ in }
        #expect(asked == [false, opens || hasAnswered])
    }
    @Test func runsNoFurtherCaseWithoutRestart() throws {
        let (results, starts) = try Self.dying(["case1"], jobs: 1, revives: false)
        #expect(results.map(\.verdict) == [.pass, .error, .notRun] && starts == 0)
    }
    /// Cases that ran in parallel when the node ended run again one by one. Only the one that ends it is an error.
    @Test func repeatsParallelCasesAloneWhenNodeEnds() throws {
        let (results, starts) = try Self.dying(["case2"], jobs: 3)
        let verdicts = results.sorted { $0.id < $1.id }.map(\.verdict)
        #expect(verdicts == [.pass, .pass, .error] && starts == 2)
        #expect(results.allSatisfy { $0.retries == 0 })
    }
    /// Scenarios with the tag `destructive` run last. If the node ends, it breaks their requirement.
    @Test(arguments: [("TOY-1", Verdict.fail), ("TOY-2", .error)])
    func destructiveScenarioRunsLast(_ covers: String, _ verdict: Verdict) throws {
        let (results, starts) = try Self.dying(["case0"], jobs: 3, tags: ["case0": "destructive"], covers: covers)
        #expect(results.last?.id == "case0" && results.last?.verdict == verdict && results.last?.requirement == covers)
        #expect(results.dropLast().allSatisfy { $0.verdict == .pass } && starts == 1)
    }
    /// A health check that reports a problem turns a pass into an error.
    @Test func failedHealthCheckTurnsPassIntoError() throws {
        let s = try toy("  - wait: 1ms")
        let driver = Driver(try SocketNetwork())
        let (listener, address) = try driver.listen(.loopback(0))
        driver.add(ToyNode(rules: [], peers: [], dialsAfter: .zero), listeners: [listener])
        let definition = Definition.toy()
        var node = Remote(address: address, listen: nil)
        var answers: [String?] = ["2 panics", nil]
        node.health = { answers.removeFirst() }
        let options = RunOptions(subject: .remote(node), settings: try definition.settings(), seed: 1)
        var out: [CaseResult] = []
        Runner(definition, toyRequirements, options).run(
            Schedule(s.cases, rounds: 2), nil, driver, jobs: 1, progress: { _ in true }
        ) { out.append($0) }
        #expect(out.map(\.verdict) == [.error, .pass])
        #expect(out[0].problem?.reason == "now the node's health check fails (2 panics), by this case")
    }
    /// If the run is interrupted, a result that waits for the check is reported anyway.
    @Test func interrupted() throws {
        var began = false
        let more = "  - wait: 1m"
        let (results, beside) = try Self.run([.on(.heard("hello"), .say("a"))], jobs: 2, [], more: more) { running in
            began = began || running.contains("case0")
            return !began || running.contains("case0")
        }
        #expect(results.sorted { $0.id < $1.id }.map(\.verdict) == [.fail, .notRun, .notRun] && beside.isEmpty)
    }
}
