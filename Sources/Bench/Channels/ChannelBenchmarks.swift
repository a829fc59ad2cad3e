import CBench
import Glibc
import Network
import Node
import WebRTC

extension Benchmark {
    /// The time until a data channel is open at both ends, from ICE on, compared with a program in C on the same
    /// libraries.
    static let channelOpening = Benchmark(
        name: "channel opening", limit: "C reference", goal: "at most 2", needs: [.cc]
    ) {
        against("open 50", "ms") {
            var best = Double.infinity
            for _ in 0..<50 {
                let start = now
                guard var couple = ChannelCouple($0, port: 10_000, ChannelCouple.now), couple.open() else { return nil }
                best = min(best, now - start)
            }
            return best / 1e6
        }
    }
    /// The bytes of large and of small messages through one channel. Both ends are in this process.
    static let channelLargeMessages = channelMessages("64 KiB", size: 65_536, megabytes: 50)
    static let channelSmallMessages = channelMessages("100 B", size: 100, megabytes: 10)

    private static func channelMessages(_ name: String, size: Int, megabytes: Int) -> Benchmark {
        Benchmark(
            name: "channel messages, \(name)", limit: "C reference", goal: "at least 0.5", needs: [.cc]
        ) {
            against("send \(size) \(megabytes)", "MB/s", isBestHigh: true) { identity in
                guard var couple = ChannelCouple(identity, port: 10_000, ChannelCouple.now), couple.open() else {
                    return nil
                }
                let message = [UInt8](repeating: 0, count: size)
                let (start, total) = (processorTime, megabytes * 1_000_000)
                var (left, began) = (total, now)
                while couple.received < total {
                    guard !couple.hasEnded, couple.fill(with: message, &left) else { return nil }
                    let moved = couple.pump()
                    if !moved || now - began > 10e6 {
                        if !moved { wait(until: couple.deadline) }
                        couple.wake()
                        began = now
                    }
                }
                return Double(total) / (processorTime - start) * 1e3
            }
        }
    }
    /// The time to open 200 connections at once, with a channel each.
    static let channelPeers = Benchmark(
        name: "channel opening, 200 peers", limit: "C reference", goal: "at most 2", needs: [.cc]
    ) {
        against("many 200", "ms") { identity in
            let start = processorTime
            return couples(200, identity).map { _ in (processorTime - start) / 1e6 }
        }
    }
    /// The heap of each end of 200 connections.
    static let channelMemory = Benchmark(
        name: "channel memory of a peer", limit: "C reference", goal: "at most 1", needs: [.cc]
    ) {
        against("heap 200", "KiB") { identity in
            let before = bench_heap()
            guard let all = couples(200, identity) else { return nil }
            return withExtendedLifetime(all) { Double(bench_heap() - before) / 1024 / Double(2 * all.count) }
        }
    }
    /// The heap of a node with 200 connections over one socket, and of the 200 other ends, which are in this process too.
    static let channelHub = Benchmark(
        name: "channel hub, 200 peers", limit: "wanted", goal: "at most 1 (60 MiB)"
    ) {
        let before = bench_heap()
        guard let identity = SecureIdentity(), let hub = ChannelHub(identity, peers: 200) else { return nil }
        return withExtendedLifetime(hub) {
            Row(figure: Double(bench_heap() - before) / Double(1 << 20), limit: 60, unit: "MiB")
        }
    }

    /// Opens connections; nil if not all open within 30 s.
    private static func couples(_ count: Int, _ identity: SecureIdentity) -> [ChannelCouple]? {
        var all: [ChannelCouple] = []
        for i in 0..<count {
            guard let one = ChannelCouple(identity, port: UInt16(10_000 + 2 * i), ChannelCouple.now) else { return nil }
            all.append(one)
        }
        let start = now
        while now - start < 30e9 {
            var moved = false
            for i in all.indices where all[i].pump() { moved = true }
            if all.allSatisfy(\.isOpen) { return all }
            guard !moved else { continue }
            wait(until: all.compactMap(\.deadline).min())
            for i in all.indices { all[i].wake() }
        }
        return nil
    }
    /// Waits until a time, but at most 10 ms.
    static func wait(until deadline: Instant?) {
        let left = deadline.map { ($0 - ChannelCouple.now).nanoseconds / 1000 } ?? 10_000
        if left > 0 { usleep(UInt32(min(left, 10_000))) }
    }
    /// The processor time of this process in nanoseconds. It leaves out other programs on the machine, and waits.
    private static var processorTime: Double {
        var t = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
        return Double(t.tv_sec) * 1e9 + Double(t.tv_nsec)
    }
    /// Compares the best of five measurements with the best of the reference. They alternate, because the speed of a
    /// machine varies over time.
    private static func against(
        _ mode: String, _ unit: String, isBestHigh: Bool = false, _ measure: (SecureIdentity) -> Double?
    ) -> Row? {
        guard let reference = Tool.buildReference(Tool.channelSource, Tool.channelLibraries),
            let identity = SecureIdentity()
        else { return nil }
        defer { reference.remove() }
        var figures: (mine: [Double], limit: [Double]) = ([], [])
        for _ in 0..<5 {
            guard let limit = Shell.number("exec '\(reference.program)' \(mode)"), let mine = measure(identity) else {
                return nil
            }
            figures.mine.append(mine)
            figures.limit.append(limit)
        }
        let best = isBestHigh ? (figures.mine.max(), figures.limit.max()) : (figures.mine.min(), figures.limit.min())
        guard let mine = best.0, let limit = best.1 else { return nil }
        return Row(figure: mine, limit: limit, unit: unit)
    }
}

extension ChannelCouple {
    /// Runs until the channel is open. Returns false if that takes more than 30 s.
    mutating func open() -> Bool {
        let start = Benchmark.now
        while !isOpen, !hasEnded, Benchmark.now - start < 30e9 {
            if pump() { continue }
            Benchmark.wait(until: deadline)
            wake()
        }
        return isOpen
    }
}
