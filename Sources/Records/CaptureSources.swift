internal import Capture
internal import Text
internal import Wire

/// The descriptions that captures contain: the devices of the packets, comments on the devices and on the capture.
enum CaptureSources {
    /// Returns rows for people, each a name and a text; empty if the captures contain no description.
    static func rows(_ captures: [CaptureInformation]) -> [(String, String)] {
        var out: [(String, String)] = []
        for capture in captures {
            for comment in capture.comments { out.append(("comment", Escape.line(comment))) }
            for device in capture.interfaces where says(device) {
                var text = "\(Escape.line(device.name ?? "without a name")), \(device.link)"
                if device.snapLength > 0 { text += ", \(device.snapLength) bytes per packet" }
                if let n = device.dropped { text += ", \(n) packets dropped" }
                out.append(("device", ([text] + device.comments.map { Escape.line($0) }).joined(separator: "; ")))
            }
            let omitted = capture.omitted
            if omitted > 0 { out.append(("omitted", "\(omitted) more names, devices and comments")) }
        }
        return out
    }
    /// Returns the members of a JSON object; empty if the captures contain no description.
    static func members(_ captures: [CaptureInformation]) -> [Value.Entry] {
        let comments = captures.flatMap(\.comments)
        let devices = captures.flatMap(\.interfaces).filter(says).map { device in
            Value.object([
                "name": device.name.map { .text($0) }, "link": .text("\(device.link)"),
                "snap": device.snapLength > 0 ? .number(device.snapLength) : nil,
                "dropped": device.dropped.map { .number($0) },
                "comments": device.comments.isEmpty ? nil : .texts(device.comments),
            ])
        }
        return Value.members([
            "comments": comments.isEmpty ? nil : .texts(comments), "devices": devices.isEmpty ? nil : .list(devices),
        ])
    }
    private static func says(_ device: CaptureInterface) -> Bool {
        device.name != nil || device.dropped != nil || !device.comments.isEmpty
    }
}
