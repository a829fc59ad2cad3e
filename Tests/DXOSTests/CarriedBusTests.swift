import Node
import Testing

@testable import DXOS

/// The topics of a host whose bus another protocol carries.
struct CarriedBusTests {
    private let swarm = Topic.swarm([0xab])

    /// Each topic begins with the network, and a topic of another network is not heard, even with nearly the same key.
    @Test func networksHaveTheirOwnTopics() {
        var bus = CarriedBus(network: "alpha", meets: true)
        bus.carry(.subscribe(swarm))
        bus.carry(.subscribe(swarm))
        bus.carry(.publish(swarm, [1], about: nil))
        #expect(
            bus.takeCalls() == [
                .meet("dxos-signal/alpha"), .subscribe("alpha/swarm/ab"), .publish("alpha/swarm/ab", [1]),
            ])
        func isHeard(_ name: String) -> Bool { bus.event(.published(name, [2])) != nil }
        #expect(isHeard("alpha/swarm/ab") && bus.event(.joined("alpha/swarm/ab")) != nil)
        let others = [
            "alpha/swarm/ac", "alpha/host/ab", "Alpha/swarm/ab", "alpha2/swarm/ab", "alpha//swarm/ab", "swarm/ab",
            "alpha/alpha/swarm/ab", "", "alpha/",
        ]
        for name in others { #expect(!isHeard(name), "\(name)") }
    }
    /// The same letter in composed and decomposed form is another key.
    @Test func keysAreBytes() {
        var bus = CarriedBus(network: "\u{e9}", meets: true)
        bus.carry(.subscribe(swarm))
        #expect(bus.event(.published("\u{e9}/swarm/ab", [])) != nil)
        #expect(bus.event(.published("e\u{301}/swarm/ab", [])) == nil)
    }
    /// A host that moves leaves all topics of the old network, and meets in the namespace of the new one.
    @Test func movesToAnotherNetwork() {
        var bus = CarriedBus(network: nil, meets: true)
        bus.carry(.subscribe(swarm))
        #expect(bus.takeCalls() == [.meet("dxos-signal/meshspec"), .subscribe("meshspec/swarm/ab")])
        bus.move(to: "beta")
        #expect(
            bus.takeCalls() == [
                .unsubscribe("meshspec/swarm/ab"), .subscribe("beta/swarm/ab"), .meet("dxos-signal/beta"),
            ])
        #expect(bus.event(.joined("meshspec/swarm/ab")) == nil && bus.event(.joined("beta/swarm/ab")) != nil)
    }
    /// Without a DHT and without a key, topics have no network.
    @Test func oneNetwork() {
        var bus = CarriedBus(network: nil, meets: false)
        bus.carry(.subscribe(swarm))
        #expect(bus.takeCalls() == [.subscribe("swarm/ab")])
    }
}
