import Wire

/// The Lua function of one message: its program as calls of a cursor.
struct LuaMessage {
    private let program: Program
    private let used: Set<String>
    private var names: [String: String] = [:]
    /// The look-ahead controls by the step that precedes them.
    private var looks: [String: [Program.Control]] = [:]
    private(set) var lines: [String] = []
    private var depth = 1

    init(_ program: Program) {
        self.program = program
        var used: Set<String> = []
        func collect(_ steps: [ProgramStep]) {
            for step in steps {
                for e in step.attributes.values { used.formUnion(e.controls) }
                collect(step.steps)
            }
        }
        collect(program.steps)
        self.used = used
        let all = program.controls.values.filter { used.contains($0.key) }.sorted { $0.key < $1.key }
        var taken: Set<String> = Self.reserved
        for control in all {
            var name = control.name
            while !taken.insert(name).inserted { name += "_" }
            names[control.key] = name
            switch control.source {
            case .peek, .remaining: looks[control.step, default: []].append(control)
            case .number, .isNonzero: break
            }
        }
        add("function(c)")
        if !names.isEmpty { add("    local \(names.values.sorted().joined(separator: ", "))") }
        look("")
        steps(program.steps)
        add("end")
    }
    private static let reserved = LuaText.keywords.union([
        "type", "next", "bits", "fields", "c", "error", "messages", "protocol", "value", "nonzero", "repeated",
    ])
    private var expression: LuaExpression { LuaExpression(names: names) }

    private mutating func add(_ line: String) { lines.append(line) }
    private mutating func put(_ line: String) { lines.append(String(repeating: "    ", count: depth) + line) }
    /// Writes the look-ahead after a step.
    private mutating func look(_ key: String, isRepeated: Bool = false) {
        for control in looks[key] ?? [] {
            guard let name = names[control.key] else { continue }
            switch control.source {
            case .peek(let count, let ahead): put("\(name) = c:peek(\(count)\(ahead == 0 ? "" : ", \(ahead)"))")
            default: put("\(name) = c:remaining()")
            }
        }
    }
    private mutating func steps(_ all: [ProgramStep]) {
        var i = 0
        while i < all.count {
            // Consecutive steps with the same condition share one `if`.
            guard let there = all[i].attributes[.there] else {
                step(all[i])
                i += 1
                continue
            }
            put("if \(expression.truth(there)) then")
            depth += 1
            while i < all.count, all[i].attributes[.there] == there {
                step(all[i])
                i += 1
            }
            depth -= 1
            put("end")
        }
    }
    private mutating func step(_ step: ProgramStep) {
        if let present = step.attributes[.present] {
            put("if \(expression.truth(present)) then")
            depth += 1
            operation(step)
            depth -= 1
            put("end")
        } else {
            operation(step)
        }
        look(step.key)
    }
    private func count(_ step: ProgramStep, _ attribute: ProgramStep.Attribute) -> String {
        step.attributes[attribute].map { expression.number($0) } ?? "0"
    }
    private mutating func operation(_ step: ProgramStep) {
        let name = LuaText.quoted(step.name)
        let variable = names[step.key].map { $0 + " = " } ?? ""
        switch step.operation {
        case .fixed(let kind, let encoding, let size):
            let call: String
            if case .bytes = kind {
                call = "c:bytes(\(name), \(size))"
            } else if encoding == .varint {
                call = "c:varint(\(name)\(size > 4 ? ", true" : ""))"
            } else {
                call = "c:number\(encoding == .little && size > 1 ? "_le" : "")(\(name), \(size))"
            }
            guard let expected = step.expected else {
                if case .bytes = kind, !variable.isEmpty { return put("\(variable)nonzero(\(call))") }
                return put(variable + call)
            }
            if case .bytes(let bytes) = expected {
                put("c:require(\(name), \(call):bytes():tohex():lower() == \"\(LuaText.hex(bytes))\")")
            } else {
                put("c:require(\(name), \(call) == \(expected))")
            }
        case .bits(_, let range, let total):
            put("\(variable)c:bits(\(name), \(range.lowerBound), \(range.count), \(total))")
        case .bytes(.text): put("c:string(\(name), \(count(step, .count)))")
        case .bytes: put("c:bytes(\(name), \(count(step, .count)))")
        case .values(_, let size): put("c:values(\(name), \(size), \(count(step, .count)))")
        case .messages: messages(step, name)
        case .sequence(let kind, let size, let end, let most):
            sequence(step, name, kind, size, before: end, atMost: most)
        case .message:
            let length = step.attributes[.length].map { expression.number($0) }
            group(step, name, length: length)
        case .implied(let kind):
            guard let value = step.attributes[.value] else { return }
            let number = kind == .bool ? expression.truth(value) : expression.number(value)
            put("c:implied(\(name), \(number))")
        case .require:
            if let good = step.attributes[.good] { put("c:require(\(name), \(expression.truth(good)))") }
        case .tag, .member, .unknown: break
        }
    }
    private mutating func sequence(
        _ step: ProgramStep, _ name: String, _ kind: Kind?, _ size: Int, before end: [UInt8]?, atMost most: Int
    ) {
        guard let end else {
            put("while c:remaining() > 0 do")
            depth += 1
            if kind != nil { put("c:values(\(name), \(size), 1)") } else { element(step, name, length: nil) }
            depth -= 1
            return put("end")
        }
        put("do")
        depth += 1
        if kind != nil {
            put("local repeated = c:count_before(\(name), \(size), \"\(LuaText.hex(end))\")")
            put("c:values(\(name), \(size), repeated)")
        } else {
            put("local repeated = 0")
            put("while c:before(\(name), \"\(LuaText.hex(end))\") do")
            depth += 1
            put("repeated = repeated + 1")
            element(step, name, length: nil)
            depth -= 1
            put("end")
        }
        put("c:require(\(name), repeated <= \(most))")
        depth -= 1
        put("end")
    }
    private mutating func messages(_ step: ProgramStep, _ name: String) {
        let stride = step.attributes[.stride].map { expression.number($0) }
        // The bytes ahead determine whether another element follows.
        let peeks = (step.attributes[.count]?.controls ?? []).compactMap { program.controls[$0] }.filter {
            if case .peek = $0.source { true } else { false }
        }
        if let count = step.attributes[.count], !peeks.isEmpty {
            put("while \(expression.truth(count)) do")
            depth += 1
            element(step, name, length: nil)
            for control in peeks { look(control.step) }
        } else {
            let times = "c:times(\(name), \(count(step, .count))\(stride.map { ", \($0)" } ?? ""))"
            put("for _ = 1, \(times) do")
            depth += 1
            element(step, name, length: stride, skips: stride != nil)
        }
        depth -= 1
        put("end")
    }
    private mutating func element(_ step: ProgramStep, _ name: String, length: String?, skips: Bool = false) {
        group(step, name, length: length, skips: skips, by: "element")
    }
    private mutating func group(
        _ step: ProgramStep, _ name: String, length: String?, skips: Bool = false, by call: String = "open"
    ) {
        put("c:\(call)(\(name)\(length.map { ", \($0)" } ?? ""))")
        look(step.key + ".")
        if step.form == .protobuf, let message = step.message {
            put("c:protobuf(\(LuaText.quoted(message)))")
        } else {
            steps(step.steps)
        }
        put("c:close(\(skips ? "true" : ""))")
    }
}
