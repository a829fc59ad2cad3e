import PeerPigeon
import Wire

/// Returns a message to a hub from a value tree, such as parsed JSON. Returns nil if a field is unknown or has the
/// wrong type.
func announce(_ fields: Value) -> String? {
    let (message, errors) = Announce.build(fields)
    return errors.isEmpty ? String(decoding: message.encoded(), as: UTF8.self) : nil
}
/// Returns the id of the peer that announces itself. Throws if the text is not an announcement.
func announcedPeer(_ text: String) throws(WireError) -> Value? {
    try Announce(copying: Array(text.utf8)).value()["data"]?["peerId"]
}
