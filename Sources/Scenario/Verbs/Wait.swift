internal import Network
internal import Node

/// `wait`: lets time pass.
struct WaitVerb: NamedVerb {
    static let key = Key("wait", .time, "lets time pass")
    var time: Template

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        loader.time(step.value, "wait").map { Self(time: $0) }
    }
    var text: String { "wait \(time.shown)" }

    func leastTime(_ scope: inout Scope) -> Duration { (try? time.duration(scope)) ?? .zero }
    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let end = run.driver.now + (try time.duration(run.scope))
        run.wait(until: end, endsByTime: true) { [unowned run] in
            if run.driver.now < end { return end }
            run.held(step)
            return nil
        }
    }
}
