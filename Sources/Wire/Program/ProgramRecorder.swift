/// Makes the program of a message out of runs of its description.
final class ProgramRecorder {
    private var runs: [(inputs: [String: Int], run: ProgramRun)] = []
    private var places: [[String: Int]: Int] = [:]
    /// Runs that differ from another one in one control.
    private var variations: [(control: String, base: Int, changed: Int)] = []
    /// How often a control was changed in vain; one on which nothing depends is left alone after a while.
    private var idle: [String: Int] = [:]
    private static let patience = 6
    /// Those of each step.
    private var attributes: [String: Set<ProgramStep.Attribute>] = [:]
    private(set) var controls: [Program.Control] = []
    private var steps: [ProgramStep] = []
    private let body: ([String: Int]) -> ProgramRun

    init(_ body: @escaping ([String: Int]) -> ProgramRun) { self.body = body }

    /// The place of a run among all.
    private func run(_ inputs: [String: Int]) -> Int {
        if let known = places[inputs] { return known }
        runs.append((inputs, body(inputs)))
        places[inputs] = runs.count - 1
        return runs.count - 1
    }
    /// Runs from where something else is done than before, each control alone changed, until nothing new comes; then
    /// from there with all others at random, since several may decide together.
    func explore() {
        var random = ProgramRandom()
        var bases: [[String: Int]] = [[:]]
        var seen: Set<String> = []
        var next = 0
        func follow() { while next < bases.count, next < 48 { next = vary(&bases, from: next, &seen) } }
        follow()
        idle = idle.filter { $0.value < 0 }
        for base in bases.prefix(16) {
            for _ in 0..<max(2, 12 / bases.count) {
                var inputs: [String: Int] = [:]
                for control in controls { inputs[control.key] = random.pick(control.shortCandidates) }
                var more = [base.merging(inputs) { a, _ in a }]
                _ = vary(&more, from: 0, &seen)
                bases += more.dropFirst()
            }
            follow()
        }
    }
    private func vary(_ bases: inout [[String: Int]], from next: Int, _ seen: inout Set<String>) -> Int {
        let base = bases[next]
        let first = run(base)
        note(runs[first].run)
        seen.formUnion(runs[first].run.attributes.keys)
        for control in runs[first].run.controls where idle[control.key, default: 0] < Self.patience {
            var isIdle = true
            for n in control.shortCandidates {
                var inputs = base
                inputs[control.key] = n
                let changed = run(inputs)
                let run = runs[changed].run
                if run.attributes == runs[first].run.attributes { continue }
                isIdle = false
                variations.append((control.key, first, changed))
                guard !seen.isSuperset(of: run.attributes.keys) else { continue }
                seen.formUnion(run.attributes.keys)
                note(run)
                bases.append(inputs)
            }
            if isIdle { idle[control.key, default: 0] += 1 } else { idle[control.key] = -Self.patience }
        }
        return next + 1
    }
    private func note(_ run: ProgramRun) {
        for c in run.controls where !controls.contains(where: { $0.key == c.key }) { controls.append(c) }
        steps = Self.merged(steps, run.steps)
    }
    /// A step that is new stands behind the one that it follows there.
    private static func merged(_ old: [ProgramStep], _ new: [ProgramStep]) -> [ProgramStep] {
        var all = old
        var position = 0
        for step in new {
            if let i = all.firstIndex(where: { $0.key == step.key }) {
                all[i].steps = merged(all[i].steps, step.steps)
                if all[i].message == nil { (all[i].message, all[i].form) = (step.message, step.form) }
                position = i + 1
            } else {
                all.insert(step, at: position)
                position += 1
            }
        }
        return all
    }
    /// The steps with what their attributes depend on.
    func fitted() -> [ProgramStep] { fitted(steps, inside: nil) }

    private func fitted(_ steps: [ProgramStep], inside parent: ProgramStep?) -> [ProgramStep] {
        steps.map { step in
            var step = step
            for attribute in ProgramStep.Attribute.allCases where attribute == .there || has(step, attribute) {
                switch fit(step, attribute, inside: parent) {
                case nil: break
                case .some(nil): step.untold.append(attribute)
                case .some(let e?): step.attributes[attribute] = e
                }
            }
            step.steps = fitted(step.steps, inside: step)
            return step
        }
    }
    private func has(_ step: ProgramStep, _ attribute: ProgramStep.Attribute) -> Bool {
        if attributes.isEmpty {
            for (_, run) in runs {
                for (key, values) in run.attributes { attributes[key, default: []].formUnion(values.keys) }
            }
        }
        return attributes[step.key]?.contains(attribute) ?? false
    }
    /// Nil: the step has no such attribute, or always the usual one.
    private func fit(
        _ step: ProgramStep, _ attribute: ProgramStep.Attribute, inside parent: ProgramStep?
    ) -> ProgramExpression?? {
        func number(_ run: ProgramRun) -> Int? {
            if attribute != .there { return run.attributes[step.key]?[attribute] }
            if let parent {
                guard let outer = run.attributes[parent.key], outer[.present] != 0 else { return nil }
            }
            return run.attributes[step.key] == nil ? 0 : 1
        }
        let numbers = runs.map { number($0.run) }
        let samples = zip(runs, numbers).compactMap { run, n in n.map { (run.inputs, run.run.values, $0) } }
        guard let first = samples.first else { return nil }
        if attribute == .there || attribute == .present || attribute == .good {
            if samples.allSatisfy({ $0.2 == 1 }) { return nil }
        } else if attribute != .count, attribute != .value, samples.allSatisfy({ $0.2 == first.2 }) {
            let usual = attribute == .length ? -1 : 0
            return first.2 == usual ? nil : .some(.constant(first.2))
        }
        var deciding: Set<String> = []
        for v in variations {
            if let was = numbers[v.base], let now = numbers[v.changed], was != now { deciding.insert(v.control) }
        }
        let fit = ProgramFit(
            number: { [self] inputs in number(runs[run(inputs)].run) }, samples: samples,
            relevant: controls.filter { deciding.contains($0.key) },
            isTruth: attribute == .there || attribute == .present || attribute == .good
                || attribute == .count && samples.allSatisfy { $0.2 == 0 || $0.2 == 1 })
        return .some(fit.expression())
    }
}

/// The same numbers each time.
private struct ProgramRandom {
    private var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    mutating func pick(_ all: [Int]) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return all.isEmpty ? 0 : all[Int(state >> 33) % all.count]
    }
}

extension Message {
    /// Its description as a list of steps; takes some thousand runs of it.
    public static func program() -> Program {
        let recorder = ProgramRecorder { inputs in
            var probe = ProgramProbe(inputs)
            var message = Self()
            message.code(&probe)
            return probe.finished
        }
        recorder.explore()
        let steps = recorder.fitted()
        return Program(
            name: name.description, form: form, steps: steps,
            controls: Dictionary(recorder.controls.map { ($0.key, $0) }) { a, _ in a })
    }
}
