internal import Capture
internal import Text
internal import Wire

/// The TCP statistics as text for people and for programs.
extension TCPStatistics {
    /// The maximum number of connections that are listed for people.
    static let shown = 5

    /// The rows of the table's head; empty if no connection was seen.
    var rows: [(String, String)] {
        guard connections > 0 else { return [] }
        let total = total
        let rare = [
            (total.retransmissions, "sent again"), (total.outOfOrder, "out of order"),
            (total.duplicateAcknowledgements, "duplicate ACKs"), (total.unseenAcknowledgements, "ACKs of the unseen"),
            (total.zeroWindows, "zero windows"), (total.keepAlives, "keep-alives"),
        ]
        var text = "\(total.segments) segments" + rare.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
        if total.losses > 0 { text += ", \(total.lostBytes) bytes lost in \(total.losses) places" }
        return [("tcp", text)]
    }
    /// Appends a row for each direction of the listed connections. If there are more connections, the ones with most
    /// trouble are listed. `all`: all connections with separate counts are listed.
    func table(_ style: Style, _ names: AddressNames, all: Bool = false, to out: inout [UInt8]) {
        let some = list.prefix(all ? .max : Self.shown)
        guard !some.isEmpty else { return }
        var rows: [(String, TCPCounts)] = []
        for c in some {
            let (client, server) = (names.text(c.client), names.text(c.server))
            rows += [("\(client) > \(server)", c.fromClient), ("\(server) > \(client)", c.fromServer)]
        }
        let width = rows.map { $0.0.count }.max() ?? 0
        let head = ["segments", "bytes", "again", "unordered", "lost bytes", "unseen", "zero win", "dup acks"]
        out += "\n\(style.padded("tcp", width, .strong))".utf8
        for title in head { out += " \(Style.padLeft(title, max(9, title.count)))".utf8 }
        out += "   round trip min/mean/max\n".utf8
        for (name, c) in rows {
            let numbers = [
                c.segments, c.bytes, c.retransmissions, c.outOfOrder, c.lostBytes, c.unseenAcknowledgements,
                c.zeroWindows, c.duplicateAcknowledgements,
            ]
            out += Style.pad(name, width).utf8
            for (title, n) in zip(head, numbers) { out += " \(Style.padLeft("\(n)", max(9, title.count)))".utf8 }
            if let mean = c.roundTrips.mean {
                let parts = [c.roundTrips.least, mean, c.roundTrips.most].map { StatsDetails.seconds($0 / 1000) }
                out += "   \(parts.joined(separator: "/")) s".utf8
            }
            out.append(UInt8(ascii: "\n"))
        }
        let more = connections - some.count
        if more > 0 { out += "and \(more) more connections\n".utf8 }
    }
    /// An object with `connections`, `handshake` (seconds), the counts of both sides of all connections, and
    /// `conversations`.
    func value(all isWhole: Bool = false) -> Value {
        let all = Value.members(["connections": .number(connections), "handshake": Self.seconds(handshakes)])
        let list = list.prefix(isWhole ? .max : StatsDetails.listedPeers).map { c in
            Value.members([
                "client": .text("\(c.client)"), "server": .text("\(c.server)"), "start": .text("\(c.first)"),
                "seconds": .text(StatsDetails.exact(Int(c.last.passed(since: c.first) / 1000))),
                "handshake": c.handshake.map { .text(StatsDetails.exact($0 / 1000)) },
                "from_client": .map(Self.members(c.fromClient)), "from_server": .map(Self.members(c.fromServer)),
            ])
        }
        return .map(all + Self.members(total) + [.init("conversations", .list(list.map { .map($0) }))])
    }
    private static func members(_ c: TCPCounts) -> [Value.Entry] {
        TCPCounts.counts.map { .init($0.name, .number(c[keyPath: $0.path])) } + [
            .init("round_trip", seconds(c.roundTrips)), .init("window", spread(c.windows) { .number($0) }),
        ]
    }
    private static func seconds(_ s: Samples) -> Value { spread(s) { .text(StatsDetails.exact($0 / 1000)) } }
    private static func spread(_ s: Samples, _ value: (Int) -> Value) -> Value {
        guard let mean = s.mean else { return .map([]) }
        return ["count": .number(s.count), "min": value(s.least), "mean": value(mean), "max": value(s.most)]
    }
}
