import Network
import Node
import TestThreads
import Testing

@testable import Scenario

/// Whether a node that was silent in a case is gone: it is asked when no case runs, and no case begins before it was.
@Suite(.waits) struct NodeAbsenceTests {
    /// Cases against a node that hears `hello` and answers `how`; each time that it is asked whether it is gone,
    /// `answers` has the answer. `more` is a step of all cases but the first; `goesOn` is told who runs. Gives the
    /// results in their order, and the cases that ran each time that it was asked.
    static func run(
        _ how: [Rule], jobs: Int, _ answers: [String?], more: String = "",
        goesOn: @escaping ([String]) -> Bool = { _ in true }
    ) throws -> (results: [CaseResult], beside: [[String]]) {
        // A node that is silent for one text only, and three cases of which the first says it.
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
    /// What the node was asked.
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
        #expect(results.map(\.verdict) == [.fail, .notRun, .notRun])
        #expect(
            results.first?.problem?.reason.hasSuffix("; now the node is gone (it left), by this case or one before it")
                == true)
        #expect(beside.count == 1)
    }
    /// Several cases heard nothing: the first keeps its verdict.
    @Test func goneForSeveral() throws {
        let (results, beside) = try Self.run([], jobs: 3, ["it left"])
        #expect(results.map(\.verdict).sorted { "\($0)" < "\($1)" } == [.fail, .inconc, .inconc])
        #expect(results.first?.verdict == .fail && beside.count == 1)
    }
    /// Who heard something, and failed after the one that heard nothing, may have failed since the node was gone.
    @Test(arguments: ["it left", nil], [("TOY-1", Verdict.fail), ("TOY-2", .warn)])
    func failedAfterwards(_ answer: String?, _ requirement: (id: String, verdict: Verdict)) throws {
        let more = "  - expect: {via: c, msg: toy.say, within: 400ms, fields: {text: b}}\n    req: \(requirement.id)"
        let (results, beside) = try Self.run([.on(.heard("hello"), .say("a"))], jobs: 3, [answer], more: more)
        let verdicts = results.sorted { $0.id < $1.id }.map(\.verdict)
        let others = answer == nil ? requirement.verdict : .inconc
        #expect(verdicts == [.fail, others, others])
        #expect(beside == [[]])
    }
    /// Behind a case that may leave much to do in a node that takes datagrams, the next one waits until it answers.
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
        #expect(absence.settle("it left").isEmpty && absence.reason == "it left")
    }
    /// What waits for the answer when the run is interrupted is told all the same.
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
