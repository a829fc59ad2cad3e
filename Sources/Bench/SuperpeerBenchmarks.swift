import CLinux
import Glibc
import Network
import Node
import RightMesh
import Wire

extension Benchmark {
    /// HELLOs of 80 bytes that a running superpeer answers, compared with an echo server in C. Client and server
    /// alternate on one processor.
    static let helloRate = Benchmark(
        name: "superpeer HELLOs, 80 bytes", limit: "C echo", goal: "at least 0.5", needs: [.meshspec, .cc]
    ) {
        guard let echo = Tool.buildReference(Tool.echoSource) else { return nil }
        defer { echo.remove() }
        guard let port = try? SocketNetwork().listen(.loopback(0), .udp).bound,
            let node = try? Subprocess(
                "exec taskset -c 0 '\(Tool.program)' node rightmesh --listen \(port) --control none >/dev/null",
                folder: ".")
        else { return nil }
        defer { node.stop() }
        var best = (mine: 0.0, most: 0.0)
        // The runs alternate, because the speed of a machine varies over time. There is no answer until the port is
        // open, and the client gives up after ten unanswered requests.
        for _ in 0..<10 where node.exitStatus == nil {
            usleep(100_000)
            guard let mine = Shell.number("exec '\(echo.program)' 80 \(port.port)") else { continue }
            guard let most = Shell.number("exec '\(echo.program)' 80") else { return nil }
            best = (max(best.mine, mine), max(best.most, most))
        }
        return best.mine > 0 ? Row(figure: best.mine, limit: best.most, unit: "per s") : nil
    }
    /// The memory of a superpeer with 100,000 routes beyond one without routes, as the system counts it.
    static let routeMemory = Benchmark(name: "memory of a route", limit: "wanted", goal: "at most 1") {
        linux_trim_heap()
        guard let before = Memory().now, var mesh = BusySuperpeer() else { return nil }
        mesh.hello(ownOnly: true)
        mesh.rest()
        linux_trim_heap()
        guard let after = Memory().now, mesh.routes == BusySuperpeer.peers + BusySuperpeer.superpeers else {
            return nil
        }
        mesh.forgetMessages()
        return Row(figure: Double(after - before) / Double(mesh.routes), limit: 120, unit: "bytes")
    }
    /// The time in which a superpeer with 100,000 routes answers HELLOs of 50 others. Each HELLO and each answer has
    /// the maximum number of records of a message.
    static let fullHellos = Benchmark(
        name: "50 full HELLOs, 100000 routes", limit: "an INTERVAL", goal: "at most 0.5"
    ) {
        linux_keep_heap()
        guard var mesh = BusySuperpeer() else { return nil }
        mesh.hello(ownOnly: true)
        var best = Double.infinity
        for _ in 0..<3 {
            mesh.prepare()
            let start = processorTime
            mesh.deliver()
            best = min(best, processorTime - start)
            // A figure counts only if each HELLO was answered in full.
            guard mesh.answered == BusySuperpeer.superpeers, mesh.bytes > 78_000_000 else { return nil }
        }
        return Row(figure: best / 1e9, limit: 6, unit: "s")
    }
    /// Returns a superpeer with an id, which `others` nodes, numbered from 0, have links to.
    static func superpeer(_ id: [UInt8], linkedTo others: Int, _ now: Instant) -> (any Node)? {
        guard let settings = try? Definition.rightmesh.settings() else { return nil }
        var options = NodeOptions(settings, random: Random(seed: 1, "bench"), listening: .loopback(40_000))
        options.identity = id
        var node = Definition.rightmesh.reference.node(options)
        var out: [Action] = []
        node.start(now: now, &out)
        for i in 0..<others {
            node.opened(LinkID(UInt64(i)), peer: .loopback(UInt16(41_000 + i)), by: .them, now: now, &out)
        }
        return node
    }
    /// The processor time of this process in nanoseconds.
    private static var processorTime: Double {
        var t = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
        return Double(t.tv_sec) * 1e9 + Double(t.tv_nsec)
    }
}

/// A superpeer among 50 others. Each of them has 2,000 peers of its own and reports its complete knowledge.
private struct BusySuperpeer {
    static let superpeers = 50
    static let peers = 100_000
    /// The maximum number of records of a message.
    static let records = 65_536
    private var node: any Node
    private var now = Instant.zero
    private var msgID: UInt32 = 0
    private var letters: [(from: Int, datagrams: [[UInt8]])] = []
    /// The msg_id of the last answer to each superpeer. Each returns it, because a superpeer that does not receives no
    /// full answer.
    private var heard = [[UInt8]](repeating: [0, 0, 0, 0], count: Self.superpeers)
    /// The results of the last delivery.
    private(set) var (answered, bytes) = (0, 0)
    private let own = [UInt8](repeating: 0x77, count: 20)

    init?() {
        guard let node = Benchmark.superpeer(own, linkedTo: Self.superpeers, now) else { return nil }
        self.node = node
    }
    var routes: Int {
        guard case .list(let all)? = node.answer("routes", [], now: now) else { return 0 }
        return all.count
    }
    /// Delivers a HELLO of each superpeer, with its own peers or with the maximum of a message.
    mutating func hello(ownOnly: Bool) {
        for i in 0..<Self.superpeers {
            letters = [(i, hello(of: i, ownOnly: ownOnly))]
            deliver()
        }
        letters = []
    }
    /// Prepares the full HELLOs.
    mutating func prepare() {
        forgetMessages()
        msgID += 1
        for i in 0..<Self.superpeers { letters.append((i, hello(of: i, ownOnly: false))) }
    }
    /// Advances the time until answers, which are kept for repeated requests, are discarded.
    mutating func rest() {
        now = now + .seconds(5)
        var out: [Action] = []
        node.wake(now: now, &out)
    }
    mutating func forgetMessages() { letters = [] }
    /// Delivers the prepared messages, evenly distributed over an INTERVAL.
    mutating func deliver() {
        (answered, bytes) = (0, 0)
        var out: [Action] = []
        for letter in letters {
            for d in letter.datagrams { node.received(d.span.bytes, on: LinkID(UInt64(letter.from)), now: now, &out) }
            var isAnswered = false
            for case .send(let to, let answer) in out where to.number == UInt64(letter.from) {
                isAnswered = true
                heard[letter.from] = Array(answer[48..<52])
                bytes += answer.count
            }
            answered += isAnswered ? 1 : 0
            out.removeAll(keepingCapacity: true)
            now = now + .milliseconds(100)
        }
    }
    private func id(superpeer i: Int) -> [UInt8] { [UInt8](repeating: 1, count: 19) + [UInt8(i)] }
    /// Returns an id that is scattered like a hash.
    private func id(peer i: Int) -> [UInt8] {
        var random = Random(seed: UInt64(i), "peer")
        return random.bytes(20)
    }
    /// Returns the datagrams of a HELLO of a superpeer. Every fiftieth peer is its own.
    private func hello(of i: Int, ownOnly: Bool) -> [[UInt8]] {
        func number(_ n: Int, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: n >> (8 * (size - 1 - $0))) }
        }
        var list: [UInt8] = []
        var count = 0
        func add(_ peer: Int, hop: UInt8) {
            list += id(peer: peer) + [hop, 1, 0, 1]
            count += 1
        }
        for p in stride(from: i, to: Self.peers, by: Self.superpeers) { add(p, hop: 1) }
        if !ownOnly {
            var p = 0
            while count < Self.records {
                if p % Self.superpeers != i { add(p, hop: 2) }
                p += 1
            }
        }
        var m: [UInt8] = [0x52, 0x4d, 1, 1, 0, 4, 1, 0] + id(superpeer: i) + own
        m += number(Int(msgID) + 1, 4) + heard[i] + number(0, 2) + number(1, 2) + number(0, 10) + number(1, 2)
        m += [1, 1, 0, 24] + number(count, 4) + list
        // Without SUPERPEERS, the node does not send HELLOs to them.
        Fragmenter.seal(&m)
        return (try? Fragmenter.split(m.span.bytes)) ?? []
    }
}
