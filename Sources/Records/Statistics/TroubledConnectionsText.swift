internal import Capture
internal import Node
internal import Text
internal import Wire

/// The connections that failed, and the ones in an unknown protocol, as text for people and for programs.
extension TroubledConnections {
    /// The maximum number of rows for people, and for programs.
    static let shown = 10
    static let listed = 100

    /// Appends a table of the failures, if there are any. `all`: it has all rows.
    func failureTable(_ style: Style, _ names: AddressNames, all: Bool, to out: inout [UInt8]) {
        guard !failures.isEmpty else { return }
        let rows = failures.sorted
        let shown = rows.prefix(all ? .max : Self.shown)
        let lines = shown.map { key, row in
            [key.text, key.end.text, "\(row.count)", names.text(key.server), row.first.text(names)]
        }
        let rest = Self.rest(rows.dropFirst(shown.count).map(\.row), failures.others)
        Self.table(
            ["failed", "end", "count", "server", "first"], lines,
            rest.map { ["\($0.keys) more", "", "\($0.count)", "", ""] }, numbers: [2], style, to: &out)
    }
    /// Appends a table of the connections in unknown protocols, if there are any.
    func unknownTable(_ style: Style, _ names: AddressNames, all: Bool, to out: inout [UInt8]) {
        guard !unknown.isEmpty else { return }
        let rows = unknown.sorted
        let shown = rows.prefix(all ? .max : Self.shown)
        let lines = shown.map { key, row in
            let bytes = key.first.bytes
            let text = String(decoding: bytes.map { (0x20..<0x7f).contains($0) ? $0 : 0x2e }, as: UTF8.self)
            return [
                "\(key.port)", bytes.isEmpty ? "-" : bytes.hex, text,
                bytes.isEmpty ? "" : key.first.isFromClient ? "opener" : "other", "\(row.count)", "\(row.bytes)",
                row.first.text(names),
            ]
        }
        let rest = Self.rest(rows.dropFirst(shown.count).map(\.row), unknown.others)
        Self.table(
            ["unknown port", "first bytes", "text", "by", "flows", "bytes", "first"], lines,
            rest.map { ["\($0.keys) more", "", "", "", "\($0.count)", "\($0.bytes)", ""] }, numbers: [4, 5], style,
            to: &out)
    }
    /// Returns the sum of the rows that are not shown; nil if all rows are shown.
    private static func rest<Key>(
        _ rows: [ConnectionCounts<Key>.Row], _ others: (keys: Int, count: Int, bytes: Int)
    ) -> (keys: Int, count: Int, bytes: Int)? {
        let all = rows.reduce(others) { ($0.keys &+ 1, $0.count &+ $1.count, $0.bytes &+ $1.bytes) }
        return all.keys > 0 ? all : nil
    }
    private static func table(
        _ head: [String], _ lines: [[String]], _ rest: [String]?, numbers: Set<Int>, _ style: Style,
        to out: inout [UInt8]
    ) {
        let all = [head] + lines + (rest.map { [$0] } ?? [])
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        out.append(UInt8(ascii: "\n"))
        for (n, line) in all.enumerated() {
            var cells = line.indices.map { i in
                numbers.contains(i) ? Style.padLeft(line[i], widths[i]) : Style.pad(line[i], widths[i])
            }
            if n == 0 { cells[0] = style.padded(line[0], widths[0], .strong) }
            var text = cells.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            out += "\(text)\n".utf8
        }
    }

    /// The failures as a list of objects: `kind`, `handshake` (of unfinished ones), `end`, `server`, `count`, `first`.
    func failureList(all: Bool) -> Value {
        .list(
            failures.sorted.prefix(all ? .max : Self.listed).map { key, row in
                .object([
                    "kind": .text(key.kind.rawValue), "handshake": .text(unlessEmpty: key.handshake),
                    "end": .text(key.end.rawValue), "server": .text("\(key.server)"), "count": .number(row.count),
                    "first": row.first.value,
                ])
            })
    }
    /// The unknown protocols as a list of objects: `port`, `bytes` (the first ones), `from_client`, `flows`, `payload`,
    /// `first`.
    func unknownList(all: Bool) -> Value {
        .list(
            unknown.sorted.prefix(all ? .max : Self.listed).map { key, row in
                .object([
                    "port": .number(key.port), "bytes": .text(key.first.bytes.hex),
                    "from_client": .bool(key.first.isFromClient), "flows": .number(row.count),
                    "payload": .number(row.bytes), "first": row.first.value,
                ])
            })
    }
    /// The numbers of keys that these lists leave out.
    func omitted(all: Bool) -> (failures: Int, unknown: Int) {
        func rest(_ listed: Int, _ others: Int) -> Int { (all ? 0 : max(0, listed - Self.listed)) &+ others }
        return (
            rest(failures.sorted.count, failures.others.keys), rest(unknown.sorted.count, unknown.others.keys)
        )
    }
}

extension ConnectionCounts.First {
    fileprivate func text(_ names: AddressNames) -> String {
        (flow > 0 ? "flow \(flow), frame \(frame), " : "") + names.text(client)
    }
    fileprivate var value: Value {
        .object([
            "time": .text("\(time)"), "client": .text("\(client)"), "server": .text("\(server)"),
            "flow": flow > 0 ? .number(flow) : nil, "frame": flow > 0 ? .number(frame) : nil,
        ])
    }
}

extension FailureKey {
    fileprivate var text: String {
        switch kind {
        case .noAnswer: "no answer"
        case .refused: "refused"
        case .halfOpen: "half open"
        case .resetBeforeData: "reset before data"
        case .reset: "reset after data"
        case .unfinished: "\(Escape.line(handshake)) unfinished"
        }
    }
}

extension ConnectionFailure.End {
    fileprivate var text: String {
        switch self {
        case .closed: "closed"
        case .resetByClient: "reset by opener"
        case .resetByServer: "reset by other"
        case .silent: "silent"
        }
    }
}
