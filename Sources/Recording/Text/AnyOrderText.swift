internal import Node
internal import Wire

/// The use of `alt` for messages of the node that the protocol allows in another order than in the capture.
extension ScenarioWriter {
    /// The maximum numbers of messages examined together, of messages in one `alt`, and of steps that an `alt` may
    /// take.
    private static let burst = 64
    private static let most = 6
    private static let steps = 400
    /// The maximum number of YAML nodes of an `alt`. Larger messages are expected in the order of the capture.
    private static let nodes = 100_000

    /// Returns the end of the messages that the node sent from here on before any other event; nil if the protocol
    /// promises their order.
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
    /// Returns the messages of each link, divided where all following messages always arrive later. Steps require no
    /// order between links.
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
            // The index of the last message that may arrive before one of those so far.
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
            if step.members.first?.key == "alt" { comments.append("in any allowed order") }
            add(step, comments)
            comments = []
        }
        for i in part { heard(traffic.events[i]) }
    }
    /// Returns steps that accept the messages in every allowed order.
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
            // Equal messages share a branch.
            guard seen.insert(YAMLText.map(branch).inFlow).inserted else { continue }
            let rest = rest(k).map { YAMLText.map($0) }
            if !rest.isEmpty { branch.insert(("do", .list(rest)), at: 1) }
            branches.append(branch)
        }
        // All messages are equal.
        if branches.count == 1 { return [left[first].made.step.members] + rest(first) }
        return [[("alt", .list(branches.map { .map($0) }))]]
    }
    /// Returns the indices of the messages that may arrive next.
    private static func next(_ orders: [MessageOrder]) -> [Int] {
        orders.indices.filter { k in !orders[..<k].contains { $0.isFixed(to: orders[k]) } }
    }
    /// Returns the maximum number of steps for all orders of the messages.
    private static func count(_ orders: [MessageOrder]) -> Int {
        next(orders).reduce(0) { sum, k in
            var rest = orders
            rest.remove(at: k)
            return sum + 1 + count(rest)
        }
    }
}
