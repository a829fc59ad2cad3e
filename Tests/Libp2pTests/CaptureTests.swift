import Glibc
import Testing
import Wire

@testable import Libp2p
@testable import Node

/// Captures of others may not be in the repository. `Tests/Interop/libp2p/decode` cuts them into segments and names the
/// file here: for each segment the number of the connection (32 bits, lowest byte first), 0 from the client or 1, 32 bits
/// that are not used, the number of bytes (32 bits), and the bytes.
private let segmentsPath = getenv("MESHSPEC_LIBP2P_SEGMENTS").map { String(cString: $0) }

/// Takes the connections of a capture apart, layer by layer, as captures and scenarios do.
private final class Tree {
    private let stack: LayerStack
    private let secrets: Secrets
    private var layer: any Layer
    private let name: String
    private var kept: [Opener: [UInt8]] = [.us: [], .them: []]
    private var channels: [ChannelID: (tree: Tree, isSwapped: Bool)] = [:]
    private var successor: Tree?
    /// RPCs are read here.
    private var isLeaf: Bool { name == "gossipsub" }
    private let tally: Tally

    final class Tally {
        var units: [String: Int] = [:]
        var counts: [String: Int] = [:]
        var refused: [String] = []
    }
    init(_ name: String, _ stack: LayerStack, _ secrets: Secrets, _ tally: Tally) {
        (self.name, self.stack, self.secrets, self.tally) = (name, stack, secrets, tally)
        layer = stack[name]?.layer(nil, secrets) ?? LeafLayer<RPC>()
    }
    func take(_ bytes: [UInt8], from side: Opener) {
        if let successor { return successor.take(bytes, from: side) }
        kept[side, default: []] += bytes
        while successor == nil, go(side) || go(side.opposite) {}
    }
    private func go(_ side: Opener) -> Bool {
        guard successor == nil, let bytes = kept[side], !bytes.isEmpty else { return false }
        var output = LayerOutput()
        switch layer.next(bytes.span.bytes, from: side, into: &output) {
        case .needMore, .waits: return false
        case .refused(let error):
            tally.refused.append("\(name): \(error)")
            kept[side] = []
            return false
        case .unit(let type, let length):
            kept[side] = Array(bytes[length...])
            tally.units[type.name.description, default: 0] += 1
            let unit = bytes.span.bytes.extracting(0..<length)
            if isLeaf { count(unit) }
            for item in output.items {
                switch item {
                case .begins(let channel, let opener, let speaks):
                    guard let name = speaks.flatMap(stack.resolve) else { continue }
                    channels[channel] = (Tree(name, stack, secrets, tally), opener == .them)
                case .lent(let channel, _), .made(let channel, _, _):
                    guard let above = channels[channel] else { continue }
                    let part = output.withBytes(of: item, in: unit) { $0.withUnsafeBytes { [UInt8]($0) } }
                    above.tree.take(part, from: above.isSwapped ? side.opposite : side)
                case .becomes(let speaks):
                    guard let name = stack.resolve(speaks) else { continue }
                    let next = Tree(name, stack, secrets, tally)
                    successor = next
                    for side in [Opener.us, .them] { next.take(kept[side] ?? [], from: side) }
                default: continue
                }
            }
            return true
        }
    }
    private func count(_ unit: RawSpan) {
        guard let rpc = try? RPC(copying: unit).rpc else { return tally.refused.append("an RPC") }
        func add(_ name: String, _ count: Int) { tally.counts[name, default: 0] += count }
        add("rpcs", 1)
        add("sub", rpc.subscriptions.filter { $0.subscribe == true }.count)
        add("unsub", rpc.subscriptions.filter { $0.subscribe != true }.count)
        add("publish", rpc.publish.count)
        add("signed", rpc.publish.filter { $0.isSigned == true }.count)
        add("graft", rpc.control?.graft.count ?? 0)
        add("prune", rpc.control?.prune.count ?? 0)
        add("ihave", rpc.control?.ihave.count ?? 0)
        add("iwant", rpc.control?.iwant.count ?? 0)
        add("idontwant", rpc.control?.idontwant.count ?? 0)
    }
}

/// Prints what is in a capture; the script compares. `MESHSPEC_LIBP2P_KEYS`: a key log in JSON.
@Test(.enabled(if: segmentsPath != nil))
func capturedConnections() throws {
    let segments = try #require(contents(segmentsPath ?? ""))
    let secrets = Secrets()
    if let keys = getenv("MESHSPEC_LIBP2P_KEYS").flatMap({ contents(String(cString: $0)) }) {
        for line in keys.split(separator: 10) { #expect(NoiseSecret.add(json: line, to: secrets)) }
    }
    for pieces in [Int.max, 1] {
        let tally = Tree.Tally()
        let stack = LayerStack.libp2p { Definition.isPubsub($0) ? "gossipsub" : nil }
        var connections: [UInt32: Tree] = [:]
        var rest = segments[...]
        while rest.count >= 13 {
            func number(_ at: Int) -> UInt32 {
                (0..<4).reduce(0) { $0 | UInt32(rest[rest.startIndex + at + $1]) << (8 * UInt32($1)) }
            }
            let (flow, side, count) = (number(0), rest[rest.startIndex + 4], Int(number(9)))
            let bytes = Array(rest.dropFirst(13).prefix(count))
            rest = rest.dropFirst(13 + count)
            let tree = connections[flow] ?? Tree(LayerName.security, stack, secrets, tally)
            connections[flow] = tree
            var at = 0
            while at < bytes.count {
                let stop = pieces >= bytes.count - at ? bytes.count : at + pieces
                tree.take(Array(bytes[at..<stop]), from: side == 0 ? .us : .them)
                at = stop
            }
        }
        #expect(tally.refused == [])
        let all = tally.counts.merging(tally.units) { a, _ in a }
        let line = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        print("LIBP2P \(pieces == 1 ? "bytewise" : "whole") connections=\(connections.count) \(line)")
    }
}
private func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let n = fread(&chunk, 1, chunk.count, file), n > 0 { out += chunk[..<n] }
    return out
}
