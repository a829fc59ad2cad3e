import Capture
import Node
import Wire

extension Command {
    static let device = Option(.interface, short: "-i", value: "DEVICE", "device to capture from; `any` for all")
    static let captureFilter = Option(
        .filter, short: "-f", value: "FILTER", "capture only packets that match, as for tcpdump: tcp port 7075")
    static let snap = Option(
        .snap, short: "-s", value: "BYTES", "capture at most BYTES of each packet (default 262144)")
    static let buffer = Option(.buffer, short: "-B", value: "MIB", "size of the kernel's buffer (default 16)")
    static let promiscuous = Option(.promiscuous, short: "-p", "capture packets for other hosts too")
    static let user = Option(
        .user, value: "NAME", "switch to this user when the device is open; files are written as this user")

    /// Parses the options of a live capture; nil without a device.
    static func liveOptions(_ invocation: Invocation) throws(CommandError) -> LiveOptions? {
        guard let device = invocation[.interface] else { return nil }
        var live = LiveOptions(device)
        live.filter = invocation[.filter] ?? ""
        live.isPromiscuous = invocation.has(.promiscuous)
        if let bytes = try invocation.number(.snap, 64...262_144) { live.snapLength = bytes }
        if let size = try invocation.number(.buffer, 1...1024) { live.bufferSize = size << 20 }
        return live
    }

    static let capture = Command(
        name: "capture", summary: "decode the traffic of a device live", operands: "",
        options: [
            device, captureFilter,
            Option(
                .output, short: "-o", value: "FORM",
                "line, tree, json, hex, pcapng, fields=A,B, fields-csv=A,B or none"),
            match,
            Option(.write, short: "-w", value: "FILE", "write the packets to a file"),
            Option(.ringSize, value: "MB", "start a new file after MB megabytes: FILE_00001, FILE_00002"),
            Option(.ringTime, value: "TIME", "start a new file after TIME"),
            Option(.ringFiles, value: "N", "keep only the newest N of these files"),
            snap, buffer, promiscuous,
            Option(.immediate, "process packets at once, not up to 20 ms later; only for low traffic"),
            Option(.count, short: "-c", value: "N", "end after N packets"),
            Option(.duration, value: "TIME", "end after TIME, such as 30s or 5m"),
            user, verify, monitor, checksums, rules, keyLog, .json, .color, .spec,
        ],
        examples: [
            ("meshspec capture -i lo -f 'tcp port 7075'", "print messages live"),
            ("meshspec capture -i lo --monitor", "violations and warnings live, and a verdict on Ctrl-C"),
            ("meshspec capture -i eth0 -o none -w a.pcap --ring-size 100 --ring-files 10", "keep the last gigabyte"),
        ],
        notes:
            "`capture` ends on Ctrl-C. When the device is open, it gives up root and becomes the user of --user, the user of\n"
            + "sudo, the owner of the folder of --write, or `nobody`. It opens files as this user, without following\n"
            + "symbolic links. Exit status: 0 no packet was lost, 1 packets were lost or the device went down, 2 usage,\n"
            + "4 the device cannot be opened.\n"
            + monitorNotes
    ) { invocation in
        guard let live = try liveOptions(invocation) else {
            let known = LiveCapture.devices
            throw CommandError(
                .missingArgument, "which device?",
                remedy: known.isEmpty ? "give -i DEVICE" : "give -i with \(NearestName.choice(known))")
        }
        var options = CaptureOptions(live: live)
        options.live.isImmediate = invocation.has(.immediate)
        options.decode = try records(invocation, ["-"], ["line", "tree", "json", "hex", "pcapng", "none"])
        if var decode = options.decode {
            try addMonitor(invocation, &decode)
            options.decode = decode
        }
        options.path = invocation[.write]
        options.ring.bytes = try invocation.number(.ringSize, 1...1_000_000).map { $0 * 1_000_000 }
        options.ring.seconds = try invocation.seconds(.ringTime, 1...86_400)
        options.ring.files = try invocation.number(.ringFiles, 1...100_000)
        for name in [.ringSize, .ringTime, .ringFiles] as [OptionName] where invocation.has(name) {
            guard options.path != nil else { throw CommandError.dependent(name, on: .write) }
        }
        if options.ring.files != nil, options.ring.bytes == nil, options.ring.seconds == nil {
            throw CommandError.dependent(.ringFiles, on: "--ring-size or --ring-time")
        }
        options.count = try invocation.number(.count, 1...Int.max)
        options.seconds = try invocation.seconds(.duration, 1...31_536_000)
        options.user = invocation[.user]
        var output = Output(1)
        var diagnostics = Output(2, of: "capture")
        return meshspec.capture(options, output: &output, diagnostics: &diagnostics)
    }
}
