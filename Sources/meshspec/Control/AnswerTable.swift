import Node
import Scenario
import Text
import Wire

/// Formats the answer of a node as a table for people.
enum AnswerTable {
    /// Returns a list of maps as rows, a map as two columns, and any other value unchanged.
    static func text(_ answer: Value, columns: [String]) -> String {
        switch answer {
        case .list(let items): return table(columns, items)
        case .map(let entries) where columns.isEmpty:
            let names = entries.map { Printable.text($0.key) }
            let width = names.map(\.count).max() ?? 0
            return zip(entries, names).map { e, name in
                if case .list(let items) = e.value { return "\(name): \(items.count)" + rows(items) }
                return Style.pad(name, width) + "  " + cell(e.value)
            }.joined(separator: "\n")
        case .map: return table(columns, [answer])
        default: return cell(answer)
        }
    }
    /// Returns the rows of an outcome: the list under the name of the first column. Without this list, it returns the
    /// outcome itself.
    static func rows(_ outcome: Value, _ rule: NodeControl) -> Value {
        guard let first = rule.columns.first, case .list(let items)? = outcome[first] else { return outcome }
        return .list(items.map { .map([.init(first, $0)]) })
    }
    private static func rows(_ items: [Value]) -> String {
        items.map { "\n  " + cell($0) }.joined()
    }
    private static func table(_ columns: [String], _ items: [Value]) -> String {
        var lines = [columns]
        for item in items {
            guard case .map(let entries) = item else {
                lines.append([cell(item)])
                continue
            }
            let further = entries.filter { !columns.contains($0.key) }.map {
                "\(Printable.text($0.key))=\(cell($0.value))"
            }
            lines.append(
                columns.map { cell(item[$0] ?? .null) } + (further.isEmpty ? [] : [further.joined(separator: "  ")]))
        }
        return TextTable.text(lines)
    }
    /// Returns one value as text, escaped for a terminal; `-` for a missing value.
    static func cell(_ value: Value) -> String {
        switch value {
        case .null: "-"
        case .text(let s): Printable.text(s)
        case .list(let items): items.isEmpty ? "-" : items.map(cell).joined(separator: ",")
        case .map(let entries): entries.map { "\(Printable.text($0.key))=\(cell($0.value))" }.joined(separator: " ")
        default: Printable.text("\(value)")
        }
    }
}
