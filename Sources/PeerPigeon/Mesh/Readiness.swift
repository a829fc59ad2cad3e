/// When hubs have enough channels among each other to leave WebSocket.
enum Readiness {
    /// As hubs of version 1.1.3 reckon. `hubs` are all that connected to this one, itself among them; a hub that only
    /// dials others knows of itself alone.
    static func isReady(channels: Int, hubs: Int, minimum: Int) -> Bool {
        channels >= minimum || hubs < minimum && channels >= hubs
    }
    /// As their document says: the least number, or all others there are. Whether a hub that is alone is ready is not
    /// said: nil.
    static func isReady(channels: Int, others: Int, minimum: Int) -> Bool? {
        guard others > 0 || channels >= minimum else { return nil }
        return channels >= minimum || channels >= others
    }
}
