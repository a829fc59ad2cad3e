internal import Node
internal import Wire

/// `alt`: messages of the node that the protocol lets come in another order than they came in.
extension ScenarioWriter {
    /// Messages that are looked at together; those of one `alt`; and steps that it may take.
    private static let burst = 64
    private static let most = 6
    private static let steps = 400
    /// Nodes of YAML that it may take; larger messages are asked for in the order of the capture.
    private static let nodes = 100_000

    /// Where the messages end that the node said from here on, before anybody else did or said something; nil where their
    /// order is promised.
    func burst(_ start: Int) -> Int? {
        guard rules.order != nil else { return nil }
        var end = start
        while end < traffic.events.count, end - start < Self.burst, case let e = traffic.events[end], !e.isOurs,
            case .message = e.what, !undecodable.contains(e.flow), !ended.contains(e.flow)
        {
            end += 1
        }
        return end - start > 1 ? end : nil
    }
    mutating func write(burst: Range<Int>) {
        for part in parts(burst) {
            let orders = part.map(order)
            if part.count < 2 || part.count > Self.most || Self.count(orders) > Self.steps {
                for i in part { write(i..<(i + 1)) }
            } else {
                write(together: part)
            }
        }
    }
    private func order(_ i: Int) -> MessageOrder {
        guard case .message(let message) = traffic.events[i].what, let order = rules.order else {
            return MessageOrder(.null)
        }
        return order(message.name, message.fields)
    }
    /// The messages of each link, cut where all that follows comes later whatever happens. Between links, steps ask for no
    /// order.
    private func parts(_ burst: Range<Int>) -> [[Int]] {
        var byLink: [ChannelKey: [Int]] = [:]
        for i in burst {
            let e = traffic.events[i]
            byLink[ChannelKey(flow: e.flow, path: own(e) ?? ""), default: []].append(i)
        }
        var out: [[Int]] = []
        for link in byLink.values {
            let orders = link.map(order)
            var part: [Int] = []
            // The last message that may come before one of those so far.
            var reach = 0
            for k in link.indices {
                part.append(link[k])
                reach = max(reach, link.indices.last { $0 > k && !orders[$0].isFixed(to: orders[k]) } ?? 0)
                guard reach <= k else { continue }
                out.append(part)
                part = []
            }
        }
        return out.sorted { $0[0] < $1[0] }
    }
    private mutating func write(together part: [Int]) {
        together = []
        var all: [(made: Expectation, order: MessageOrder)] = []
        for i in part {
            guard case .message(let message) = traffic.events[i].what else { continue }
            let fields = message.fields
            if let made = expectation(i, message, fields) { all.append((made, order(i))) }
            remember(message, fields, traffic.events[i])
        }
        together = nil
        var comments = all.flatMap(\.made.comments)
        let largest = all.map(\.made.step.nodes).max() ?? 0
        let isLarge = largest * Self.count(all.map(\.order)) > Self.nodes
        for members in isLarge ? all.map(\.made.step.members) : Self.any(all) {
            let step = StepText(members, event: part[0])
            if step.members.first?.key == "alt" { comments.append("in any order that may be") }
            add(step, comments)
            comments = []
        }
        for i in part { heard(traffic.events[i]) }
    }
    /// Steps that take messages in each order that may be.
    private static func any(
        _ left: [(made: Expectation, order: MessageOrder)]
    ) -> [[(key: String, value: YAMLText)]] {
        let next = next(left.map(\.order))
        guard let first = next.first else { return [] }
        func rest(_ taken: Int) -> [[(key: String, value: YAMLText)]] {
            var rest = left
            rest.remove(at: taken)
            return any(rest)
        }
        if next.count == 1 { return [left[first].made.step.members] + rest(first) }
        var seen: Set<String> = []
        var branches: [[(key: String, value: YAMLText)]] = []
        for k in next {
            var branch = left[k].made.step.members
            // Equal messages are one branch.
            guard seen.insert(YAMLText.map(branch).inFlow).inserted else { continue }
            let rest = rest(k).map { YAMLText.map($0) }
            if !rest.isEmpty { branch.insert(("do", .list(rest)), at: 1) }
            branches.append(branch)
        }
        // All are equal.
        if branches.count == 1 { return [left[first].made.step.members] + rest(first) }
        return [[("alt", .list(branches.map { .map($0) }))]]
    }
    /// The places of those that may come next.
    private static func next(_ orders: [MessageOrder]) -> [Int] {
        orders.indices.filter { k in !orders[..<k].contains { $0.isFixed(to: orders[k]) } }
    }
    /// Steps that they take in all orders, at most.
    private static func count(_ orders: [MessageOrder]) -> Int {
        next(orders).reduce(0) { sum, k in
            var rest = orders
            rest.remove(at: k)
            return sum + 1 + count(rest)
        }
    }
}
