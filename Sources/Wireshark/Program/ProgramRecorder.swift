import Wire

/// A builder of the program of a message from runs of its description.
final class ProgramRecorder {
    private var runs: [(inputs: [String: Int], values: [String: Int], way: Int)] = []
    /// The distinct results of runs: attributes by the key of the step.
    private var ways: [[String: [ProgramStep.Attribute: Int]]] = []
    private var wayPlaces: [[String: [ProgramStep.Attribute: Int]]: Int] = [:]
    private var places: [[String: Int]: Int] = [:]
    /// The pairs of runs that differ in one control.
    private var variations: [(control: String, base: Int, changed: Int)] = []
    /// The number of times that a control was seen to affect a step.
    private var told: [String: [String: Int]] = [:]
    /// The inputs from which controls are varied. `next` is the number of inputs that were varied.
    private var bases: [[String: Int]] = []
    private var next = 0
    private var isExploring = true
    private var seen: Set<String> = []
    private static let mostBases = 48
    /// The attributes of each step.
    private var attributes: [String: Set<ProgramStep.Attribute>] = [:]
    private(set) var controls: [Program.Control] = []
    private var steps: [ProgramStep] = []
    private let body: ([String: Int]) -> ProgramRun

    init(_ body: @escaping ([String: Int]) -> ProgramRun) { self.body = body }

    /// Returns the index of the run with these inputs, and records new steps. A result equal to the result of the base
    /// is not stored twice.
    private func run(_ inputs: [String: Int], like base: Int? = nil) -> Int {
        if let known = places[inputs] { return known }
        let run = body(inputs)
        if !seen.isSuperset(of: run.attributes.keys) {
            seen.formUnion(run.attributes.keys)
            note(run)
            if isExploring { bases.append(inputs) }
        }
        runs.append((inputs, run.values, way(run.attributes, like: base)))
        places[inputs] = runs.count - 1
        return runs.count - 1
    }
    private func way(_ attributes: [String: [ProgramStep.Attribute: Int]], like base: Int?) -> Int {
        if let base, ways[runs[base].way] == attributes { return runs[base].way }
        if let known = wayPlaces[attributes] { return known }
        ways.append(attributes)
        wayPlaces[attributes] = ways.count - 1
        return ways.count - 1
    }
    /// Varies the inputs of each run with a new result, until there are no more new results. Then it varies random
    /// inputs, because several controls may have a joint effect.
    func explore() {
        var random = ProgramRandom()
        _ = run([:])
        follow()
        for base in bases.prefix(16) {
            for _ in 0..<max(2, 12 / bases.count) {
                var inputs: [String: Int] = [:]
                for control in controls { inputs[control.key] = random.pick(control.shortCandidates) }
                vary(base.merging(inputs) { a, _ in a })
                follow()
            }
        }
        isExploring = false
    }
    private func follow() {
        while next < min(bases.count, Self.mostBases) {
            next += 1
            vary(bases[next - 1])
        }
    }
    /// Changes all controls at once, with one candidate each per round. Most controls have no effect, so this takes no
    /// more runs than varying a single control. The effective controls are found by bisection, and tried alone.
    private func vary(_ base: [String: Int]) {
        let first = run(base)
        var group = body(base).controls.map { (control: $0, candidates: $0.shortCandidates) }
        let rounds = group.reduce(0) { max($0, $1.candidates.count) }
        for round in 0..<rounds {
            while true {
                let changes = group.enumerated().map { i, member in
                    (member.control, member.candidates[(round + 7 * i) % member.candidates.count])
                }
                guard let (place, changed, control) = culprit(changes, base, first) else { break }
                tell(control, place, changed)
                group.removeAll { $0.control.key == control.key }
            }
        }
    }
    private func with(_ changes: some Sequence<(Program.Control, Int)>, _ base: [String: Int]) -> [String: Int] {
        var inputs = base
        for (control, n) in changes { inputs[control.key] = n }
        return inputs
    }
    /// Returns a change that alone has an effect. If all changes need others, returns a change that has an effect
    /// together with other changes, which become part of the base.
    private func culprit(
        _ changes: [(Program.Control, Int)], _ base: [String: Int], _ first: Int
    ) -> (base: Int, changed: Int, control: Program.Control)? {
        func isSame(_ place: Int) -> Bool { runs[place].way == runs[first].way }
        guard !isSame(run(with(changes, base), like: first)) else { return nil }
        var (base, changes) = (base, changes[...])
        while changes.count > 1 {
            let left = changes.prefix(changes.count / 2)
            let right = changes.dropFirst(changes.count / 2)
            if !isSame(run(with(left, base), like: first)) {
                changes = left
            } else {
                if isSame(run(with(right, base), like: first)) {
                    base = with(left, base)
                    if bases.count < Self.mostBases { bases.append(with(right, base)) }
                }
                changes = right
            }
        }
        guard let (control, _) = changes.first else { return nil }
        return (run(base, like: first), run(with(changes, base), like: first), control)
    }
    /// Records that a result depends on a control. Tries all candidates of the control, unless its effects are already
    /// known.
    private func tell(_ control: Program.Control, _ base: Int, _ changed: Int) {
        variations.append((control.key, base, changed))
        let (old, new) = (ways[runs[base].way], ways[runs[changed].way])
        var isKnown = true
        for key in Set(old.keys).union(new.keys) where old[key] != new[key] {
            let times = told[control.key, default: [:]][key, default: 0]
            told[control.key, default: [:]][key] = times + 1
            if times < 2 { isKnown = false }
        }
        guard !isKnown else { return }
        for n in control.shortCandidates {
            let other = run(with([(control, n)], runs[base].inputs), like: base)
            if runs[other].way != runs[base].way { variations.append((control.key, base, other)) }
        }
    }
    private func note(_ run: ProgramRun) {
        for c in run.controls where !controls.contains(where: { $0.key == c.key }) { controls.append(c) }
        steps = Self.merged(steps, run.steps)
    }
    /// Returns the merged steps. A new step follows the same step as in its run.
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
    /// Returns the steps with the expressions of their attributes.
    func fitted() -> [ProgramStep] {
        var checks: [String] = []
        return fitted(steps, inside: nil, behind: &checks)
    }
    /// Returns these steps with expressions. `checks` has the keys of the previous steps that may reject the message.
    private func fitted(
        _ steps: [ProgramStep], inside parent: ProgramStep?, behind checks: inout [String]
    ) -> [ProgramStep] {
        steps.map { step in
            var step = step
            for attribute in ProgramStep.Attribute.allCases where attribute == .there || has(step, attribute) {
                var found = fit(step, attribute, inside: parent)
                // The results of a message that was already rejected do not count.
                if case .some(nil) = found { found = fit(step, attribute, inside: parent, unlessRefusedBy: checks) }
                switch found {
                case nil: break
                case .some(nil): step.untold.append(attribute)
                case .some(let e?): step.attributes[attribute] = e
                }
            }
            if step.operation == .require { checks.append(step.key) }
            step.steps = fitted(step.steps, inside: step, behind: &checks)
            return step
        }
    }
    private func has(_ step: ProgramStep, _ attribute: ProgramStep.Attribute) -> Bool {
        if attributes.isEmpty {
            for way in ways {
                for (key, values) in way { attributes[key, default: []].formUnion(values.keys) }
            }
        }
        return attributes[step.key]?.contains(attribute) ?? false
    }
    /// Returns the expression of an attribute; nil if the step does not have the attribute, or always its default
    /// value. The inner optional is nil if no expression was found.
    private func fit(
        _ step: ProgramStep, _ attribute: ProgramStep.Attribute, inside parent: ProgramStep?,
        unlessRefusedBy checks: [String] = []
    ) -> ProgramExpression?? {
        func number(_ way: [String: [ProgramStep.Attribute: Int]]) -> Int? {
            if checks.contains(where: { way[$0]?[.good] == 0 }) { return nil }
            if attribute != .there { return way[step.key]?[attribute] }
            if let parent {
                guard let outer = way[parent.key], outer[.present] != 0 else { return nil }
            }
            return way[step.key] == nil ? 0 : 1
        }
        let byWay = ways.map(number)
        let all = byWay.compactMap { $0 }
        let isYesOrNo = attribute == .there || attribute == .present || attribute == .good
        if isYesOrNo, all.allSatisfy({ $0 == 1 }) { return nil }
        if !isYesOrNo, attribute != .count, attribute != .value, let first = all.first, all.allSatisfy({ $0 == first })
        {
            let usual = attribute == .length ? -1 : 0
            return first == usual ? nil : .some(.constant(first))
        }
        let samples = runs.compactMap { run in byWay[run.way].map { (run.inputs, run.values, $0) } }
        guard !samples.isEmpty else { return nil }
        var deciding: Set<String> = []
        // The base itself may have no number. Then two changes of it are compared.
        var known: [String: [Int: Int]] = [:]
        for v in variations {
            for n in [v.base, v.changed].compactMap({ byWay[runs[$0].way] })
            where known[v.control, default: [:]].updateValue(n, forKey: v.base) ?? n != n {
                deciding.insert(v.control)
            }
        }
        let fit = ProgramFit(
            number: { [self] inputs in number(ways[runs[run(inputs)].way]) }, samples: samples,
            relevant: controls.filter { deciding.contains($0.key) },
            isTruth: isYesOrNo
                || attribute == .count && samples.allSatisfy { $0.2 == 0 || $0.2 == 1 })
        return .some(fit.expression())
    }
}

/// A generator of the same pseudo-random numbers in each run.
private struct ProgramRandom {
    private var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    mutating func pick(_ all: [Int]) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return all.isEmpty ? 0 : all[Int(state >> 33) % all.count]
    }
}

extension Message {
    /// Returns the description as a list of steps. This takes some thousand runs of it.
    static func program() -> Program {
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
