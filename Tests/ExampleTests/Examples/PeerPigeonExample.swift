import PeerPigeon
import Wire

/// A message to a hub from a value tree, such as JSON is read to; nil where a field has no place or no such type.
func announce(_ fields: Value) -> String? {
    let (message, errors) = Announce.build(fields)
    return errors.isEmpty ? String(decoding: message.encoded(), as: UTF8.self) : nil
}
/// Who announces itself. Throws where the text is no such message.
func announcedPeer(_ text: String) throws(WireError) -> Value? {
    try Announce(copying: Array(text.utf8)).value()["data"]?["peerId"]
}
