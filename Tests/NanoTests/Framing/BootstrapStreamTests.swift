import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// Returns the names of the messages in one direction after the other side has sent these requests. A refusal has the
/// path.
private func frames(_ bytes: [UInt8], after requests: [[UInt8]] = [], cut: Int = .max) -> [String] {
    var other = StreamFraming(nil)
    var framing = StreamFraming(nil)
    for request in requests {
        if case .message(let type, _) = other.next(request.span.bytes) { framing.heard(type, request.span.bytes) }
    }
    var out: [String] = []
    var pending: [UInt8] = []
    var at = 0
    while at < bytes.count {
        let end = min(bytes.count, at + min(cut, bytes.count))
        pending += bytes[at..<end]
        at = end
        while !pending.isEmpty {
            let frame = framing.next(pending.span.bytes)
            if case .message(let type, let length) = frame {
                out.append("\(type)")
                #expect(type.check(Array(pending[..<length])) == nil)
                pending.removeFirst(length)
                continue
            }
            if case .refused(let error) = frame { return out + [error.path] }
            break
        }
    }
    return pending.isEmpty ? out : out + ["\(pending.count) more"]
}
private func bytes(_ name: String) -> [UInt8] { Vector.bytes(of: name) }
private let keepalive = Vector.bytes(of: "keepalive_dev_empty")
private let pull = Vector.bytes(of: "bulk_pull_live")

/// Blocks follow `bulk_push` in the same direction, and answer `bulk_pull` in the other direction, up to the end mark.
@Test(arguments: [Int.max, 1, 7, 100])
func blockStreams(cut: Int) {
    let blocks = bytes("bulk_block_send") + bytes("bulk_block_state") + bytes("bulk_block_end")
    let items = [String](repeating: "BulkBlock", count: 3)
    #expect(frames(bytes("bulk_push") + blocks + keepalive, cut: cut) == ["BulkPush"] + items + ["Keepalive"])
    #expect(frames(blocks + keepalive, after: [pull], cut: cut) == items + ["Keepalive"])
    #expect(frames(blocks + blocks, after: [pull, pull], cut: cut) == items + items, "requests one after the other")
    #expect(frames([1, 1], after: [pull, pull], cut: cut) == ["BulkBlock", "BulkBlock"])
    // Without a request, the same bytes are not a message.
    #expect(frames(blocks, cut: cut) == ["network"])
}

/// A node that does not serve the request continues with messages. V28 never serves it, and other profiles do not after
/// a handshake.
@Test(arguments: [Int.max, 1, 7])
func ignoredRequests(cut: Int) {
    for request in [pull, bytes("frontier_req_all"), bytes("bulk_pull_account")] {
        #expect(frames(keepalive + keepalive, after: [request, request], cut: cut) == ["Keepalive", "Keepalive"])
    }
    #expect(frames(bytes("bulk_push") + keepalive, cut: cut) == ["BulkPush", "Keepalive"])
    // The framing no longer waits for the answer to earlier requests.
    #expect(
        frames(keepalive + bytes("frontier_dev_genesis"), after: [bytes("frontier_req_all")]) == [
            "Keepalive", "network",
        ])
}

@Test(arguments: [Int.max, 1, 33])
func frontierStream(cut: Int) {
    let stream = bytes("frontier_dev_genesis") + bytes("frontier_dev_genesis") + bytes("frontier_end")
    let wanted = ["Frontier", "Frontier", "Frontier", "Keepalive"]
    #expect(frames(stream + keepalive, after: [bytes("frontier_req_all")], cut: cut) == wanted)
}

/// The flags of `bulk_pull_account` select the data after the frontier. Unknown flags get no answer.
@Test(arguments: [Int.max, 1, 33])
func accountStream(cut: Int) {
    let frontier = bytes("account_frontier_dev_genesis")
    func stream(_ name: String) -> [UInt8] { frontier + bytes(name + "_1") + bytes(name + "_end") + keepalive }
    func request(_ flags: UInt8) -> [UInt8] { bytes("bulk_pull_account").dropLast() + [flags] }
    for (flags, name, type) in [
        (0 as UInt8, "pending_amount", "PendingAmount"), (1, "pending_address", "PendingAddress"),
        (2, "pending_block", "PendingBlock"),
    ] {
        let wanted = ["AccountFrontier", type, type, "Keepalive"]
        #expect(frames(stream(name), after: [request(flags)], cut: cut) == wanted)
    }
    #expect(frames(frontier, after: [request(3)], cut: cut) == ["network"])
    // An account without data ends at once, but only after its frontier.
    #expect(frames([UInt8](repeating: 0, count: 96), after: [request(0)]) == ["AccountFrontier", "PendingAmount"])
}

/// Other bytes between blocks end the stream. After missing bytes, the framing forgets the expected stream.
@Test func brokenStreams() throws {
    #expect(frames(bytes("bulk_block_send") + [9], after: [pull]) == ["BulkBlock", "type"])
    #expect(
        frames(bytes("bulk_block_send") + keepalive, after: [pull]) == ["BulkBlock", "type"], "no message amid blocks")
    #expect(frames(Array(bytes("bulk_block_send").dropLast()), after: [pull]) == ["152 more"])
    var framing = StreamFraming(nil)
    framing.heard(BulkPull.self, pull.span.bytes)
    #expect(framing.lose(nil, behind: 0) == nil)
    guard case .message(let type, _) = framing.next(keepalive.span.bytes), type == Keepalive.self else {
        Issue.record("still waits for blocks")
        return
    }
    // An endless number of requests takes no memory.
    for _ in 0..<1000 { framing.heard(BulkPull.self, pull.span.bytes) }
    let ends = [UInt8](repeating: 1, count: 1000)
    var count = 0
    while case .message = framing.next(ends.span.bytes) { count += 1 }
    #expect(count == BootstrapStreams.maximum)
}

/// If all items have the same length, the framing finds the next item after missing bytes.
@Test func alignmentBehindAGap() throws {
    func lost(_ count: Int64?, behind kept: Int, _ begins: Bool = true, _ request: String = "frontier_req_all") -> Int?
    {
        var (other, framing) = (StreamFraming(nil), StreamFraming(nil))
        let asked = bytes(request)
        guard case .message(let type, _) = other.next(asked.span.bytes) else { return -1 }
        framing.heard(type, asked.span.bytes)
        let item = [UInt8](repeating: 5, count: 64)
        if begins { _ = framing.next(item.span.bytes) }
        return framing.lose(count, behind: kept)
    }
    #expect(lost(64, behind: 0) == 0 && lost(10, behind: 0) == 54 && lost(10, behind: 60) == 58)
    #expect(lost(54, behind: 10) == 0 && lost(6400 + 1, behind: 63) == 0)
    #expect(lost(nil, behind: 0) == nil)
    #expect(lost(10, behind: 0, false) == 54 && lost(0, behind: 0, false) == 0, "the answer may be what comes")
    #expect(lost(10, behind: 0, false, "bulk_pull_live") == nil, "blocks differ in length")
}
