import Testing

@testable import PeerPigeon

struct ReadinessTests {
    /// HUB-81: the number of channels, of hubs including this one, and the minimum.
    @Test(arguments: [
        (0, 1, 2, false), (1, 1, 2, true), (1, 2, 2, false), (2, 2, 2, true), (2, 5, 2, true), (0, 0, 2, true),
        (1, 0, 1, true), (0, 3, 1, false), (0, 1, 1, false), (1, 3, 3, false), (2, 2, 3, true), (3, 9, 3, true),
    ]) func asInCode(_ channels: Int, _ hubs: Int, _ minimum: Int, _ isReady: Bool) {
        #expect(Readiness.isReady(channels: channels, hubs: hubs, minimum: minimum) == isReady)
    }
    /// HUB-82: the number of channels, of other hubs, and the minimum.
    @Test(arguments: [
        (0, 1, 2, false), (1, 1, 2, true), (1, 2, 2, false), (2, 2, 2, true), (1, 3, 2, false), (2, 9, 2, true),
        (0, 0, 2, nil),
    ]) func asInDocument(_ channels: Int, _ others: Int, _ minimum: Int, _ isReady: Bool?) {
        #expect(Readiness.isReady(channels: channels, others: others, minimum: minimum) == isReady)
    }
}
