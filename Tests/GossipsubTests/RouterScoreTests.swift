import Node
import Testing

@testable import Gossipsub

@Suite struct RouterScoreTests {
    private func seconds(_ n: Int64) -> Instant { Instant(nanoseconds: n * 1_000_000_000) }
    private var parameters: ScoreParameters {
        var p = ScoreParameters()
        (p.topic.weight, p.topic.timeWeight, p.topic.timeCap) = (2, 0.5, 10)
        (p.topic.firstWeight, p.topic.firstDecay, p.topic.firstCap) = (3, 0.97, 50)
        (p.topic.deliveryWeight, p.topic.deliveryThreshold, p.topic.activation) = (-1, 10, .seconds(5))
        (p.topic.failureWeight, p.topic.invalidWeight) = (-4, -5)
        (p.addressWeight, p.addressThreshold) = (-6, 2)
        (p.behaviourWeight, p.behaviourThreshold) = (-7, 1)
        return p
    }
    private func score(_ stats: PeerStats, sharing: Int = 1, at: Int64 = 0) -> Double {
        stats.score(parameters, sharing: sharing, now: seconds(at))
    }
    private func stats(_ change: (inout PeerStats.Topic) -> Void) -> PeerStats {
        var stats = PeerStats()
        var topic = PeerStats.Topic()
        change(&topic)
        stats.topics = [[1]: topic]
        return stats
    }
    /// Each part of the score alone is as in the document.
    @Test func parts() {
        // P1: whole quanta, capped. P3 does not count yet.
        let young = stats { ($0.grafted, $0.deliveries) = (.zero, 10) }
        #expect(score(young, at: 3) == 2 * 0.5 * 3 && score(young, at: 100) == 2 * 0.5 * 10)
        // P2, capped
        #expect(score(stats { $0.first = 4 }) == 2 * 3 * 4 && score(stats { $0.first = 60 }) == 2 * 3 * 50)
        // P3: it counts, and there are too few deliveries.
        let lazy = stats { ($0.grafted, $0.deliveries) = (.zero, 4) }
        #expect(score(lazy, at: 5) == 2 * 0.5 * 5 && score(lazy, at: 6) == 2 * (0.5 * 6 - 36))
        // P3b and P4
        #expect(score(stats { $0.failures = 9 }) == -2 * 4 * 9 && score(stats { $0.invalid = 3 }) == -2 * 5 * 9)
        // P5, P6 and P7
        var other = PeerStats()
        other.application = -3
        #expect(score(other) == -3 && score(other, sharing: 2) == -3 && score(other, sharing: 5) == -3 - 6 * 9)
        other.behaviour = 1
        #expect(score(other) == -3)
        other.behaviour = 4
        #expect(score(other) == -3 - 7 * 9)
    }
    @Test func topicCap() {
        var p = parameters
        p.topicCap = 10
        var many = stats { $0.first = 40 }
        many.application = 5
        #expect(many.score(p, sharing: 1, now: .zero) == 15)
    }
    /// Counters decay by their factor: 120 * 0.97 is 116.4, although the document says 110.4.
    @Test func decay() {
        var p = parameters
        p.topic.firstCap = 1000
        var one = stats { ($0.first, $0.invalid) = (120, 0.011) }
        one.behaviour = 10
        one.decay(p)
        #expect((one.topics[[1]]?.first ?? 0) - 116.4 < 1e-9 && one.behaviour == 9)
        #expect(one.topics[[1]]?.invalid == 0)
    }
    /// The deliveries that were missing when a peer was pruned stay counted.
    @Test func pruned() {
        var one = stats { ($0.grafted, $0.deliveries) = (.zero, 4) }
        one.pruned([1], parameters.topic, now: seconds(3))
        #expect(one.topics[[1]]?.failures == 0)
        one.topics[[1]]?.grafted = .zero
        one.pruned([1], parameters.topic, now: seconds(9))
        #expect(one.topics[[1]]?.failures == 36 && one.topics[[1]]?.grafted == nil)
    }
    /// Duplicates from other peers of the mesh count within a window, once for each peer.
    @Test func deliveriesOfTheMesh() {
        var scene = RouterScene {
            $0.score = .strict
            $0.score?.topic.deliveryWeight = -1
            $0.score?.topic.deliveryThreshold = 5
        }
        scene.add(1..<4)
        scene.beat()
        func deliveries(_ n: Int) -> Double? {
            scene.router.table.index(RouterScene.peer(n)).flatMap {
                scene.router.table[$0].stats.topics[RouterScene.topic]?.deliveries
            }
        }
        scene.hear(1, .publishing(.by(9, 1)))
        scene.hear(2, .publishing(.by(9, 1)))
        scene.hear(2, .publishing(.by(9, 1)))
        scene.now = scene.now + .milliseconds(11)
        scene.hear(3, .publishing(.by(9, 1)))
        #expect(deliveries(1) == 1 && deliveries(2) == 1 && deliveries(3) == 0)
    }
    /// Many peers at one address get a lower score.
    @Test func addresses() {
        var scene = RouterScene {
            $0.score = .strict
            $0.score?.addressWeight = -1
            $0.score?.addressThreshold = 3
        }
        scene.add(1..<6)
        #expect(scene.score(1) == -4)
        scene.remove(5)
        #expect(scene.score(1) == -1)
    }
    @Test func constraints() {
        #expect(ScoreParameters.strict.isValid)
        let wrong: [(inout ScoreParameters) -> Void] = [
            { $0.gossip = 0 }, { $0.publish = $0.gossip + 1 }, { $0.graylist = $0.publish }, { $0.acceptExchange = -1 },
            { $0.opportunistic = -1 }, { $0.topic.invalidWeight = 1 }, { $0.topic.firstWeight = -1 },
            { $0.behaviourDecay = 1 }, { $0.topic.timeQuantum = .zero },
        ]
        for change in wrong {
            var p = ScoreParameters.strict
            change(&p)
            #expect(!p.isValid)
        }
    }
}
