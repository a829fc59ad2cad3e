import Node
import Wire

/// An observer that checks that answers of ascending bootstrap fit their requests. It expects well-formed messages.
struct PullObserver: Sendable {
    /// The least number of requests of one side that are kept. When there are twice as many, the older half is dropped.
    static let limit = 1024

    private var us = Requests()
    private var them = Requests()
    /// True if messages were missed.
    private var hasMissed = false

    /// The state of a request.
    fileprivate struct Asked: Sendable {
        var type: PullType
        /// The account or block to begin with.
        var start: Key32
        var startType: TargetType
        /// The requested number of blocks or frontiers.
        var count: Int
        var isAnswered = false
        /// True if several requests have this id, so that an answer may be for any of them.
        var isRepeated = false

        /// Reads a valid request, which has at least the length that its type requires.
        init(_ bytes: RawSpan) {
            type = .load(bytes, 8, .big)
            (start, startType, count) = (Key32(), .account, 0)
            switch type {
            case .blocks where bytes.byteCount >= 51:
                start = .load(bytes, 17, .big)
                count = Int(UInt8.load(bytes, 49, .big))
                startType = .load(bytes, 50, .big)
            case .accountInfo where bytes.byteCount >= 50:
                start = .load(bytes, 17, .big)
                startType = .load(bytes, 49, .big)
            case .frontiers where bytes.byteCount >= 51:
                start = .load(bytes, 17, .big)
                count = Int(UInt16.load(bytes, 49, .big))
            default: break
            }
        }
    }

    mutating func miss() {
        (us, them) = (Requests(), Requests())
        hasMissed = true
    }
    mutating func observe(
        _ parsed: ParsedMessage, _ bytes: RawSpan, from sender: Opener, into findings: inout [Finding]
    ) {
        switch parsed.header.type {
        case .ascPullReq:
            if sender == .us { us.add(bytes) } else { them.add(bytes) }
        case .ascPullAck:
            let found = sender == .us ? them.answer(bytes, hasMissed) : us.answer(bytes, hasMissed)
            guard var finding = found else { return }
            if hasMissed {
                finding.severity = .warning
                finding.text += ", unless it answers a request that is missing from the capture"
            }
            findings.append(finding)
        default: break
        }
    }
}

/// The requests of one side.
private struct Requests: Sendable {
    private var recent: [UInt64: PullObserver.Asked] = [:]
    private var older: [UInt64: PullObserver.Asked] = [:]
    /// True if an unanswered request was dropped, so that an answer without a request may belong to it.
    private var hasForgottenUnanswered = false

    mutating func add(_ bytes: RawSpan) {
        guard bytes.byteCount >= 17 else { return }
        let id = UInt64.load(bytes, 9, .big)
        var new = PullObserver.Asked(bytes)
        new.isRepeated = recent[id] != nil || older[id] != nil
        recent[id] = new
        guard recent.count >= PullObserver.limit else { return }
        if older.values.contains(where: { !$0.isAnswered }) { hasForgottenUnanswered = true }
        (older, recent) = (recent, [:])
    }
    /// Marks a request as answered. Returns its previous state.
    private mutating func take(_ id: UInt64) -> PullObserver.Asked? {
        if let request = recent[id] {
            recent[id]?.isAnswered = true
            return request
        }
        let request = older[id]
        older[id]?.isAnswered = true
        return request
    }

    /// Returns the finding about an answer; nil if it is correct.
    mutating func answer(_ bytes: RawSpan, _ hasMissed: Bool) -> Finding? {
        guard bytes.byteCount >= 17 else { return nil }
        let id = UInt64.load(bytes, 9, .big)
        guard let request = take(id) else {
            // After a gap, the answer may be for an unseen request.
            return hasMissed || hasForgottenUnanswered
                ? nil
                : Finding(.violation, .nano79, path: "id", "an answer without a request: no request has the ID \(id)")
        }
        guard !request.isRepeated else { return nil }
        if request.isAnswered { return Finding(.violation, .nano91, path: "id", "a second answer to request \(id)") }
        let type = PullType.load(bytes, 8, .big)
        guard type == request.type else {
            return Finding(
                .violation, Self.requirement(of: request.type), path: "pull_type",
                "\(Self.name(type)) in answer to request \(id), which asks for \(Self.name(request.type))")
        }
        return switch type {
        case .blocks: blocks(bytes, request)
        case .accountInfo: account(bytes, request)
        case .frontiers: frontiers(bytes, request)
        default: nil
        }
    }
    private static func requirement(of type: PullType) -> NanoRule {
        switch type {
        case .blocks: .nano82
        case .frontiers: .nano86
        default: .nano79
        }
    }
    private static func name(_ type: PullType) -> String {
        PullType.names.first { $0.number == UInt64(type.rawValue) }?.name ?? "type \(type.rawValue)"
    }
    private func account(_ bytes: RawSpan, _ request: PullObserver.Asked) -> Finding? {
        guard request.startType == .account, bytes.byteCount >= 49, Key32.load(bytes, 17, .big) != request.start else {
            return nil
        }
        return Finding(.violation, .nano80, path: "account_info.account", "not the account that was asked for")
    }
    private func blocks(_ bytes: RawSpan, _ request: PullObserver.Asked) -> Finding? {
        let path = "blocks.entries"
        guard (1...PullLimits.blocks).contains(request.count) else {
            return Finding(.violation, .nano85, path: "blocks", "an answer to a request for \(request.count) blocks")
        }
        var (at, count) = (17, 0)
        while at < bytes.byteCount {
            let type = BlockType.load(bytes, at, .big)
            guard type.isBlock else { break }
            at += 1 + type.count
            count += 1
        }
        if count > request.count {
            return Finding(.violation, .nano82, path: path, "\(count) blocks: \(request.count) were asked for")
        }
        guard count > 0 else { return nil }
        let size = 1 + BlockType.load(bytes, 17, .big).count
        guard let first = try? BulkBlock(copying: bytes.extracting(17..<17 + size)) else { return nil }
        if request.startType == .block {
            guard let hash = first.block.content?.hash, hash != request.start else { return nil }
            return Finding(.violation, .nano83, path: path, "the first is not the block that was asked for")
        }
        guard request.startType == .account, !first.block.opens(request.start) else { return nil }
        return Finding(.violation, .nano82, path: path, "the first does not open the account that was asked for")
    }
    private func frontiers(_ bytes: RawSpan, _ request: PullObserver.Asked) -> Finding? {
        let path = "frontiers.entries"
        guard (1...PullLimits.frontiers).contains(request.count) else {
            return Finding(
                .violation, .nano87, path: "frontiers", "an answer to a request for \(request.count) frontiers")
        }
        var (at, count) = (17, 0)
        var last: Key32?
        while at + 64 <= bytes.byteCount {
            let account = Key32.load(bytes, at, .big)
            if account == Key32(), Key32.load(bytes, at + 32, .big) == Key32() { break }
            if let last, !last.precedes(account) {
                return Finding(.violation, .nano86, path: path, "not in the order of accounts at entry \(count)")
            }
            if last == nil, account.precedes(request.start) {
                return Finding(.violation, .nano86, path: path, "the first is before the account to begin with")
            }
            last = account
            at += 64
            count += 1
        }
        guard count > request.count else { return nil }
        return Finding(.violation, .nano86, path: path, "\(count) frontiers: \(request.count) were asked for")
    }
}

extension Block {
    /// Returns true if this is the first block of an account.
    fileprivate func opens(_ account: Key32) -> Bool {
        switch self {
        case .open(let block): block.account == account
        case .state(let block): block.account == account && block.previous == Key32()
        default: false
        }
    }
}
