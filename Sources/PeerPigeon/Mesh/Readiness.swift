/// The rule that decides if hubs have enough channels to leave WebSocket.
enum Readiness {
    /// Applies the rule of hubs of version 1.1.3. `hubs` counts the hubs that connected to this one, including itself.
    /// A hub that only connects to others counts itself alone.
    static func isReady(channels: Int, hubs: Int, minimum: Int) -> Bool {
        channels >= minimum || hubs < minimum && channels >= hubs
    }
    /// Applies the rule of the design document: the minimum number, or channels to all other hubs. The document does
    /// not define if a hub that is alone is ready: nil.
    static func isReady(channels: Int, others: Int, minimum: Int) -> Bool? {
        guard others > 0 || channels >= minimum else { return nil }
        return channels >= minimum || channels >= others
    }
}
