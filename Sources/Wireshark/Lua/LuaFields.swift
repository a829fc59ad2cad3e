import Wire

/// The fields of messages as Wireshark registers them, with the tables of names that they use.
struct LuaFields {
    private(set) var declarations: [String] = []
    private(set) var tables: [String] = []
    private var tableNames: [[CodeName]: String] = [:]
    private var declared: Set<String> = []

    /// Adds the fields of a message. `isHexadecimal` returns whether the field at a path is shown in hexadecimal.
    mutating func add(_ program: Program, isHexadecimal: (String) -> Bool) {
        declare(program.name, "none", titled: program.name)
        add(program.steps, of: program.name, under: "", isHexadecimal)
    }
    /// Adds the fields of a message whose type is in the tables.
    mutating func add(_ message: String, _ tables: MessageTables) {
        declare(message, "none", titled: message)
        for (path, field) in tables.paths(of: message) {
            let title = String(path.split(separator: ".").last ?? "")
            if let kind = field.kind {
                declare("\(message).\(path)", kind, titled: title, isHexadecimal: false)
            } else {
                declare("\(message).\(path)", "none", titled: title)
            }
        }
    }
    /// Adds the members of JSON values as text fields. `members` has their names, by the name of the field with the value.
    mutating func add(_ members: [String: Set<String>], of message: String, _ tables: MessageTables) {
        for (path, field) in tables.paths(of: message) where field.kind == .json {
            for member in (members[field.name] ?? []).sorted() {
                declare("\(message).\(path).\(member)", .text, titled: member, isHexadecimal: false)
            }
        }
    }
    private mutating func add(
        _ steps: [ProgramStep], of message: String, under prefix: String, _ isHexadecimal: (String) -> Bool
    ) {
        for step in steps {
            let path = prefix + step.name
            let name = "\(message).\(path)"
            switch step.operation {
            case .fixed(let kind, _, _), .values(let kind, _), .bytes(let kind), .implied(let kind),
                .sequence(let kind?, _, _, _):
                declare(name, kind, titled: step.name, isHexadecimal: isHexadecimal(path))
            case .bits(let kind, let range, let total):
                let mask = (1 << range.count - 1) << (total - range.upperBound)
                declare(name, kind, titled: step.name, isHexadecimal: isHexadecimal(path), bits: total, mask: mask)
            case .tag(let kind?, _, _, _), .member(let kind?, _, _):
                declare(name, kind, titled: step.name, isHexadecimal: isHexadecimal(path))
            case .messages, .sequence, .message, .tag, .member:
                declare(name, "none", titled: step.name)
                add(step.steps, of: message, under: path + ".", isHexadecimal)
            case .require, .unknown: break
            }
        }
    }
    private mutating func declare(_ name: String, _ type: String, titled title: String, _ more: String = "") {
        guard declared.insert(name).inserted else { return }
        let quoted = LuaText.quoted(name)
        declarations.append("fields[\(quoted)] = ProtoField.\(type)(\(quoted), \(LuaText.quoted(title))\(more))")
    }
    private mutating func declare(
        _ name: String, _ kind: Kind, titled title: String, isHexadecimal: Bool, bits total: Int? = nil,
        mask: Int? = nil
    ) {
        let base = isHexadecimal ? "base.HEX" : "base.DEC"
        let masked = mask.map { ", 0x" + String($0, radix: 16) } ?? ""
        switch kind {
        case .uint(let bits):
            let more = ", \(base)" + (mask == nil ? "" : ", nil" + masked)
            declare(name, "uint\(Self.width(total ?? bits))", titled: title, more)
        case .code(let bits, let names):
            declare(
                name, "uint\(Self.width(total ?? bits))", titled: title, ", \(base), \(table(names, title))\(masked)")
        case .int: declare(name, "int64", titled: title)
        case .float: declare(name, "double", titled: title)
        case .bool: declare(name, "bool", titled: title)
        case .bytes: declare(name, "bytes", titled: title)
        case .text, .json: declare(name, "string", titled: title)
        }
    }
    private static func width(_ bits: Int) -> Int { [8, 16, 24, 32].first { $0 >= bits } ?? 64 }
    /// Returns the name of the table with these names, which is added if it is new.
    mutating func table(_ names: [CodeName], _ title: String) -> String {
        guard !names.isEmpty else { return "nil" }
        if let known = tableNames[names] { return known }
        var name = "names.\(title)"
        while tableNames.values.contains(name) { name += "_" }
        tableNames[names] = name
        let rows = names.map { "[\($0.number)] = \(LuaText.quoted($0.name))" }.joined(separator: ", ")
        tables.append("\(name) = { \(rows) }")
        return name
    }
}
