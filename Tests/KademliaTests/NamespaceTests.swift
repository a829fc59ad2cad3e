import Libp2p
import Node
import Testing

@testable import Kademlia

/// When a member advertises itself in namespaces, and looks for other members.
struct NamespaceTests {
    private let longest = Duration.seconds(60)

    /// Returns the seconds of the searches until a time.
    private func searches(_ namespaces: inout Namespaces, until last: Int64) -> [Int64] {
        (0...last).filter { !namespaces.dueSearches(at($0), longest: longest).isEmpty }
    }
    /// The pauses double up to the longest one, and begin anew when the first server is known.
    @Test func searchesLessOften() {
        var namespaces = Namespaces()
        namespaces.search("a", at: .zero)
        let first = searches(&namespaces, until: 200)
        #expect(first == [0, 1, 3, 7, 15, 31, 63, 123, 183])
        namespaces.restart(.zero)
        let second = searches(&namespaces, until: 4)
        #expect(second == [0, 1, 3])
        namespaces.leave("a")
        let third = searches(&namespaces, until: 200)
        #expect(third == [] && namespaces.deadline == nil)
    }
    /// An advertisement that no server stored is repeated soon, if that is earlier. Other namespaces keep their times.
    @Test func repeatsFailedAdvertisement() {
        var namespaces = Namespaces()
        namespaces.advertise("a", at: at(9450))
        namespaces.advertise("b", at: at(60))
        namespaces.repeatEarly(Namespaces.key("a"), at: at(120))
        namespaces.repeatEarly(Namespaces.key("b"), at: at(120))
        #expect(namespaces.advertised == ["a": at(120), "b": at(60)])
        #expect(namespaces.dueAdvertisements(at(119)) == ["b"] && namespaces.dueAdvertisements(at(120)) == ["a", "b"])
    }
    /// Providers are dialed only for a search in a namespace, once for each search.
    @Test func dialsAfterSearch() {
        var namespaces = Namespaces()
        var taken = [namespaces.takesProviders(of: [1])]
        namespaces.dial([1])
        taken += [[2], [1], [1]].map { namespaces.takesProviders(of: $0) }
        #expect(taken == [false, false, true, false])
    }
    /// A member of a namespace advertises itself, looks for others at once, and again later.
    @Test func joinAdvertisesAndSearches() {
        var options = Libp2pOptions()
        options.identity = Identity(seed: [1])
        var host = Host(options, Settings(profile: "", values: [:]), Random(seed: 1))
        var dht = DHT(host.identity.peer, DHTOptions(), date: 0, Random(seed: 2))
        var out: [Action] = []
        dht.join("a", host: &host, .zero, &out)
        let key = Namespaces.key("a")
        #expect(dht.server.providers.counts(.zero).map(\.key) == [key] && dht.deadline == .zero)
        func searches(_ news: [DHTNews]) -> Int {
            news.count { if case .providers(key, _, _) = $0 { true } else { false } }
        }
        let atFirst = searches(dht.takeNews())
        dht.wake(host: &host, .zero, &out)
        let once = searches(dht.takeNews())
        dht.wake(host: &host, at(1), &out)
        let again = searches(dht.takeNews())
        dht.leave("a")
        dht.wake(host: &host, at(100), &out)
        #expect([atFirst, once, again, searches(dht.takeNews())] == [0, 1, 1, 0])
    }
}
