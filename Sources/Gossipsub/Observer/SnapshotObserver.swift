import Libp2p
import Node
import Wire

/// An observer of a snapshot stream. The side that opened it requests a market, and the other side answers with parts.
/// The Orders and Fills that a node knows are unknown here.
struct SnapshotObserver: Observer {
    /// The market that was requested.
    private var market: [UInt8]?
    private var hasLast = false
    /// The Orders that the answer has contained so far.
    private var orders: Set<OrderKey> = []
    private var isUnsure = false
    private let verifies: Bool

    /// The number of Orders of an answer that are remembered. Duplicates of further ones are not reported.
    private static let orderLimit = 65_536

    init(_ scrutiny: Scrutiny) { verifies = scrutiny == .content }

    mutating func miss() { (isUnsure, orders) = (true, []) }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard !isUnsure else { return }
        if sender == .us {
            // Bytes after the request are ignored.
            guard type is SnapshotRequest.Type, market == nil else { return }
            guard isGood, let asked = (try? SnapshotRequest(copying: bytes))?.request else { return miss() }
            return market = asked.market?.bytes.own ?? []
        }
        guard type is SnapshotPart.Type else { return }
        guard let market else { return tell(.gs116, "", "there was no request", into: &findings) }
        if hasLast { return tell(.gs116, "", "the last part has already been sent", into: &findings) }
        guard isGood, let part = try? SnapshotPart(copying: bytes) else { return miss() }
        hasLast = part.part.last == true
        if verifies { judge([UInt8](bytes), market, into: &findings) }
    }
    private mutating func judge(_ part: [UInt8], _ market: [UInt8], into findings: inout [Finding]) {
        var content = part[...]
        _ = Varint.take(&content)
        let fields = ProtobufScan.fields(Array(content)) ?? []
        for (i, field) in fields.filter({ $0.number == BookContent.fillField }).enumerated() {
            judge(fill: Array(field.content ?? []), market, at: "part.fills[\(i)]", into: &findings)
        }
        for (i, field) in fields.filter({ $0.number == BookContent.orderField }).enumerated() {
            let path = "part.orders[\(i)]"
            do throws(OrderDefect) {
                let order = try MarketOrder(Array(field.content ?? []), of: market)
                guard orders.count < Self.orderLimit, !orders.insert(order.key).inserted else { continue }
                // The Order may have changed while the parts were made.
                tell(.gs116, path, "an earlier Order has the same author and id", isSure: false, into: &findings)
            } catch {
                switch error {
                case .market: tell(.gs116, "\(path).market", "the request names another market", into: &findings)
                case .unreadable, .form:
                    tell(.gs111, path, "the Order is not in the canonical encoding", into: &findings)
                default:
                    tell(.gs111, "\(path).\(error.rawValue)", "the field breaks the rules for Orders", into: &findings)
                }
            }
        }
    }
    private func judge(fill: [UInt8], _ market: [UInt8], at path: String, into findings: inout [Finding]) {
        do throws(OrderDefect) {
            let read = try MarketFill(fill, of: market)
            if !read.isExecuted {
                tell(.gs157, "\(path).maker_signature", "the maker has not signed the Fill", into: &findings)
            }
        } catch {
            switch error {
            case .unreadable, .form: tell(.gs157, path, "the Fill is not in the canonical encoding", into: &findings)
            default:
                tell(.gs157, "\(path).\(error.rawValue)", "the field breaks the rules for Fills", into: &findings)
            }
        }
    }
    func end(by sender: Opener, into findings: inout [Finding]) {
        guard sender == .them, market != nil, !hasLast, !isUnsure else { return }
        tell(.gs116, "", "the answer ends without a last part", into: &findings)
    }
    private func tell(
        _ rule: GossipsubRule, _ path: String, _ text: String, isSure: Bool = true, into findings: inout [Finding]
    ) {
        findings.append(Finding(isSure ? rule.severity : .warning, of: rule, path: path, text))
    }
}
