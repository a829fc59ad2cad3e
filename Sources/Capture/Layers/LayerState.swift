/// The origin of the bytes that a layer's unit carries.
struct UnitOrigin {
    /// The number of the unit's record. `frames` are the frames of the unit.
    var record: Int
    var frames: FrameNumbers
    var time: Timestamp
}

/// The state that one direction of a conversation keeps for the layers below and above it.
final class LayerState {
    /// The bytes of a message that a layer below has not completed yet, and their origins.
    var bytes: [UInt8] = []
    var places: [RecordOrigin] = []
    /// The frames of the current message, if a layer below knows them.
    var frames: FrameNumbers?
    /// The record of the last unit, if the conversation is a layer.
    var unit: UnitOrigin?
}
