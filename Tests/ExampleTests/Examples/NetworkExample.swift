import Network
import Node

/// A node that listens and one that connects to it, for a second of the network's time: `SimulatedNetwork`, where that
/// takes no time, or `SocketNetwork`. Gives what they report.
func meet(_ definition: Definition, on network: any Network) throws -> [String] {
    let driver = Driver(network)
    driver.tellsReports = true
    let settings = try definition.settings()
    let (listener, address) = try driver.listen(.loopback(0))
    driver.add(definition.node(NodeOptions(settings, random: Random(seed: 1))), listeners: [listener])
    driver.add(definition.node(NodeOptions(settings, random: Random(seed: 2), peers: [address])))
    var reports: [String] = []
    let end = driver.now + .seconds(1)
    while let happened = driver.next(until: end) {
        if case .reported(_, let event) = happened { reports.append(event.name) }
    }
    return reports
}
