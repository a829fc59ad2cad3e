import Glibc
import Nano
import Network
import Node

extension Benchmark {
    /// Handshakes from this process with a node in another process. Each side makes one signature and verifies one.
    static let handshakes = Benchmark(
        name: "nano handshakes", limit: "rate of one sign + one verify", goal: "at least 0.5", needs: [.meshspec]
    ) {
        do throws(NetworkError) { return try measureHandshakes() } catch {
            Shell.complain("\(error)")
            return nil
        }
    }
    static func measureHandshakes() throws(NetworkError) -> Row? {
        let definition = Definition.nano
        guard let settings = try? definition.settings(), let algorithm = definition.playing.algorithms.first else {
            return nil
        }
        let seed = [UInt8](repeating: 7, count: algorithm.seedCount)
        let message = [UInt8](repeating: 1, count: 96)
        guard let key = algorithm.publicKey(seed), let signature = algorithm.sign(seed, message) else { return nil }
        let sign = best(500) { algorithm.sign(seed, message)?.count ?? 0 }
        let verify = best(200) { algorithm.verify(key, message, signature) ? 1 : 0 }

        let port = try SocketNetwork().listen(.loopback(0)).bound
        let server = try Subprocess("exec '\(Tool.program)' node nano --listen \(port)", folder: ".")
        let driver = Driver(try SocketNetwork())
        driver.tellsReports = true
        guard waitUntilItListens(driver, port) else { throw NetworkError("reach", "\(port)", "the node did not start") }
        var started = 0
        func begin() {
            started += 1
            driver.add(
                definition.reference.node(
                    NodeOptions(settings, random: Random(seed: UInt64(started), "bench"), peers: [port])))
        }
        let total = 4000
        for _ in 0..<16 { begin() }
        var done = 0
        let start = driver.now
        while done < total {
            guard let networkEvent = driver.next(until: driver.now + .seconds(10)) else {
                throw NetworkError("measure", "handshakes", "nothing happened for 10 s after \(done)")
            }
            guard case .reported(let node, let event) = networkEvent else { continue }
            if event.name == "handshake_done" {
                done += 1
                driver.remove(node)
                begin()
            } else if event.name == "handshake_failed" || event.name == "closed" {
                throw NetworkError("measure", "handshakes", "one failed after \(done)")
            }
        }
        let seconds = (driver.now - start) / .seconds(1)
        server.stop()
        return Row(figure: Double(total) / seconds, limit: 1e9 / (sign + verify), unit: "per s")
    }
    static func waitUntilItListens(_ driver: Driver, _ at: Endpoint) -> Bool {
        for _ in 0..<200 {
            let link = driver.dial(at)
            if case .opened? = driver.next(until: driver.now + .seconds(1)) {
                driver.close(link)
                return true
            }
            _ = driver.next(until: driver.now + .milliseconds(20))
        }
        return false
    }

    /// The time from the start of a process that prints the version to its end.
    static let start = Benchmark(name: "start-up", limit: "/bin/true", goal: "below 10 ms", needs: [.meshspec]) {
        func once(_ command: String) -> Double? {
            var best = Double.infinity
            for _ in 0..<20 {
                let begin = now
                guard let p = try? Subprocess("exec " + command, folder: ".") else { return nil }
                while p.exitStatus == nil { usleep(50) }
                if p.exitStatus != 0 { return nil }
                best = min(best, now - begin)
            }
            return best / 1e6
        }
        guard let mine = once("'\(Tool.program)' --version"), let least = once("/bin/true") else { return nil }
        return Row(figure: mine, limit: least, unit: "ms")
    }
}
